import { unicodePattern } from "../unicode.ts";

/** Only this module makes instances. Whatever else goes into a page is escaped. */
class SafeMarkup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Markup that is shown as it is. */
export type Markup = SafeMarkup;

/** What a template takes. Markup is shown as it is, everything else as text. */
export type Content = Markup | string | number | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
  "`": "&#96;",
};

/**
 * Characters that are invisible, or that change the direction or the order of the text around them: controls except
 * line feed and tab, directional marks and other format characters, lone surrogates, and code points that are no
 * characters.
 */
const UNSEEN = unicodePattern(
  String.raw`(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}` +
    String.raw`\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]`,
  "gu",
);

/** Most texts hold only these characters, and need no closer look. */
const PLAIN = /^[\n\t -~]*$/;

/** Escapes text for elements and quoted attributes. Invisible characters are shown by their numbers: `[U+202E]`. */
export function escapeText(text: string): string {
  const seen = PLAIN.test(text) ? text : text.replace(UNSEEN(), (character) => {
    return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
  });
  return seen.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}

/** A template of markup. Each value is escaped as text unless it is markup already. Attributes must be quoted. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0] ?? "";
  for (let index = 0; index < values.length; index++) text += render(values[index]) + (parts[index + 1] ?? "");
  return new SafeMarkup(text);
}

/** The page's own style or script, both constants, unescaped. Throws where the content would end its element early. */
export function verbatim(element: "style" | "script", content: string): Markup {
  if (/<[/!]/.test(content)) throw new Error(`The page's ${element} would end early`);
  return new SafeMarkup(`<${element}>${content}</${element}>`);
}

function render(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof SafeMarkup) return content.toString();
  if (typeof content === "string") return escapeText(content);
  // The type leaves only a list, which `typeof` can't tell from markup.
  return typeof content === "number" ? String(content) : (content as readonly Content[]).map(render).join("");
}
