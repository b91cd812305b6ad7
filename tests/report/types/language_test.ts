import { assertEquals } from "@std/assert";
import { parseLanguage } from "../../../lib/report/types/language.ts";

for (
  const [value, expected] of [
    ["en", "en"],
    ["EN", "en"],
    ["de-AT", "de-AT"],
    ["pt-br", "pt-BR"],
    ["zh-hant-tw", "zh-Hant-TW"],
    ["sr-Latn", "sr-Latn"],
    ["es-419", "es-419"],
    ["fil", "fil"],
    ["yue-Hant-HK", "yue-Hant-HK"],
    ["", undefined],
    ["xx", undefined],
    ["zz-US", undefined],
    ["und", undefined],
    ["english", undefined],
    ["en_US", undefined],
    ["en-XX", undefined],
    ["en-US-", undefined],
    ["-en", undefined],
    ["en--US", undefined],
    ["en-US-Latn", undefined],
    ["de-1996", undefined],
    ["de-DE-1996", undefined],
    ["en-x-acme", undefined],
    ["en-US-x-key", undefined],
    ["en-u-co-phonebk", undefined],
    ["en ", undefined],
    ["en\n", undefined],
    ["\u0435n", undefined],
    ["e\u0301n", undefined],
    ["en\u200b", undefined],
    ["\u212aa", undefined],
    ["en-U\u017f", undefined],
    [["en"], undefined],
    [null, undefined],
  ] as const
) {
  Deno.test(`parseLanguage takes ${JSON.stringify(value)} for ${expected}`, () => {
    assertEquals(parseLanguage(value), expected);
  });
}
