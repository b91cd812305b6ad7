import { LANGUAGE, REGION, SCRIPT } from "../vocabularies/languages.ts";
import { textSchema, type TypeObject } from "./definition.ts";

/** A BCP 47 tag of registered subtags. */
export const languageType: TypeObject<"language"> = {
  label: "language",
  meaning: "a BCP 47 tag of language, script and region",
  parse: parseLanguage,
  schema: (_type, schemas) => schemas.define("language", () => textSchema(languagePattern())),
};

/** A language tag in its usual upper and lower case (`zh-Hant-TW`), or undefined where the value isn't one. */
export function parseLanguage(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^[A-Za-z0-9-]{2,11}$/.test(value)) return undefined;
  const [first = "", ...subtags] = value.split("-");
  const tag = [first.toLowerCase()];
  if (!LANGUAGE.has(tag[0] ?? "")) return undefined;
  const script = capitalised(subtags[0] ?? "");
  if (SCRIPT.has(script)) {
    tag.push(script);
    subtags.shift();
  }
  const region = (subtags[0] ?? "").toUpperCase();
  if (REGION.has(region)) {
    tag.push(region);
    subtags.shift();
  }
  return subtags.length === 0 ? tag.join("-") : undefined;
}

function languagePattern(): string {
  const [language, script, region] = [LANGUAGE, SCRIPT, REGION].map(({ words }) => `(?:${words.join("|")})`);
  return `^${language}(?:-${script})?(?:-${region})?$`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}
