/** Only this module makes it: whatever else goes into a page is escaped on its way. */
class SafeMarkup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Markup that can be shown as it is. */
export type Markup = SafeMarkup;

/** What a template takes: markup as it is, and everything else as text. */
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
 * What can't be seen, or changes the direction or the order of what stands around it: controls but for the line feed and the
 * tab, marks of direction and other format characters, half surrogate pairs, and code points that are nobody's.
 */
const UNSEEN =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Most text is of these alone, and needs no closer look. */
const PLAIN = /^[\n\t -~]*$/;

/**
 * Text as markup that shows it, in an element and in a quoted attribute alike. What can't be seen is shown by its number:
 * `[U+202E]`.
 */
export function escapeText(text: string): string {
  const seen = PLAIN.test(text) ? text : text.replace(UNSEEN, (character) => {
    return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
  });
  return seen.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}

/** A template of markup, in which every value is text unless it is markup already. Attributes must be in quotes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0] ?? "";
  for (let index = 0; index < values.length; index++) text += render(values[index]) + (parts[index + 1] ?? "");
  return new SafeMarkup(text);
}

/**
 * The page's own style or script, which are constants: their content is no markup, so that nothing in it is escaped. Throws
 * where it would end its element early.
 */
export function verbatim(element: "style" | "script", content: string): Markup {
  if (/<[/!]/.test(content)) throw new Error(`The page's ${element} would end early`);
  return new SafeMarkup(`<${element}>${content}</${element}>`);
}

function render(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof SafeMarkup) return content.toString();
  if (typeof content === "string") return escapeText(content);
  // What is neither text nor a number nor markup is a list: that is all the type leaves.
  return typeof content === "number" ? String(content) : (content as readonly Content[]).map(render).join("");
}
