import { assertEquals } from "@std/assert";
import {
  isSet,
  parseId,
  parseInteger,
  parseLanguage,
  parseName,
  parseNumber,
  parseVersion,
} from "../../lib/report/scalar.ts";

const HEX32 = "311f4dfbbea64c3592f7d626bb169e36";
const UUID = "311f4dfb-bea6-4c35-92f7-d626bb169e36";

for (
  const [value, expected] of [
    [HEX32, HEX32],
    [HEX32.toUpperCase(), HEX32],
    [HEX32 + HEX32, HEX32 + HEX32],
    [UUID, UUID],
    [UUID.toUpperCase(), UUID],
    ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"],
    ["", undefined],
    [HEX32.slice(1), undefined],
    [HEX32 + "0", undefined],
    [HEX32.slice(1) + "g", undefined],
    [`${HEX32}\n`, undefined],
    [` ${HEX32}`, undefined],
    [`{${UUID}}`, undefined],
    [`urn:uuid:${UUID}`, undefined],
    [UUID.replace("-", ""), undefined],
    [HEX32.slice(1) + "\u0661", undefined],
    [HEX32.slice(1) + "\uff11", undefined],
    [HEX32.slice(2) + "a\u200b", undefined],
    [311, undefined],
    [null, undefined],
    [[HEX32], undefined],
    [{ toString: () => HEX32 }, undefined],
  ] as const
) {
  Deno.test(`parseId takes ${JSON.stringify(value)} for ${expected}`, () => assertEquals(parseId(value), expected));
}

for (
  const [value, passes] of [
    ["3.11.7", true],
    ["3.8.0", true],
    ["3", true],
    ["3.14", true],
    ["3.8.0rc1", true],
    ["3.13.0a2", true],
    ["3.13.0b10", true],
    ["3.9.0.dev20240901", true],
    ["3.9.0.dev3", true],
    ["3.9.0rc1.post2.dev3", true],
    ["", false],
    ["3.", false],
    ["3.8.0.1", false],
    ["10.0.0.1", false],
    ["3.8.0+local", false],
    ["3.12.0+", false],
    ["1!3.8.0", false],
    ["v3.8.0", false],
    ["3.8.0-rc1", false],
    ["3.8.0RC1", false],
    ["3.08.0", false],
    ["555.123.4567", false],
    ["2024.10.1", false],
    ["3.9.0.dev41111111", false],
    ["3.9.0.dev20241301", false],
    ["3.8.0 ", false],
    ["3.8.0\n", false],
    ["\u0663.8.0", false],
    ["3.8.0rc1-acme", false],
    [3.8, false],
    [null, false],
    [["3.8.0"], false],
  ] as const
) {
  Deno.test(`parseVersion ${passes ? "lets through" : "withholds"} ${JSON.stringify(value)}`, () => {
    assertEquals(parseVersion(value), passes ? value : undefined);
  });
}

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

for (
  const [value, expected] of [
    [0, 0],
    [-0, 0],
    [7, 7],
    [0.1, 0.1],
    [0.1 + 0.2, 0.3],
    [-2.5, -2.5],
    [0.123456789, 0.123457],
    [41111.1111111, 41111.1],
    [1e-9, 0],
    [1_000_000_000, 1_000_000_000],
    [-1_000_000_000, -1_000_000_000],
    [1_000_000_001, undefined],
    [4111111111111111, undefined],
    [JSON.parse("1e400"), undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [-Infinity, undefined],
    ["7", undefined],
    [true, undefined],
    [null, undefined],
    [7n, undefined],
    [[7], undefined],
  ] as const
) {
  Deno.test(`parseNumber takes ${typeof value} ${String(value)} for ${expected}`, () => {
    assertEquals(Object.is(parseNumber(value), expected), true);
  });
}

for (
  const [value, expected] of [
    [0, 0],
    [-0, 0],
    [10, 10],
    [-10, -10],
    [11, undefined],
    [-11, undefined],
    [1.5, undefined],
    [1.0, 1],
    [NaN, undefined],
    [Infinity, undefined],
    [true, undefined],
    ["1", undefined],
    [null, undefined],
  ] as const
) {
  Deno.test(`parseInteger takes ${typeof value} ${String(value)} from -10 to 10 for ${expected}`, () => {
    assertEquals(Object.is(parseInteger(value, -10, 10), expected), true);
  });
}

for (
  const [label, value, passes] of [
    ["a name", "my-assistant", true],
    ["a name beyond ASCII", "помощник 😀", true],
    ["a name of 1,000 characters", "a".repeat(1_000), true],
    ["a name of 1,001 characters", "a".repeat(1_001), false],
    ["an empty name", "", false],
    ["half a surrogate pair", "a\ud800b", false],
    ["the other half", "\udc00", false],
    ["a number", 7, false],
    ["null", null, false],
  ] as const
) {
  Deno.test(`parseName ${passes ? "lets through" : "withholds"} ${label}`, () => {
    assertEquals(parseName(value), passes ? value : undefined);
  });
}

for (
  const [value, expected] of [
    [null, false],
    [undefined, false],
    [false, false],
    ["", false],
    [[], false],
    [{}, false],
    [true, true],
    [0, true],
    ["a prompt", true],
    [[null], true],
    [{ rules: [] }, true],
    [JSON.parse('{"__proto__": 1}'), true],
  ] as const
) {
  Deno.test(`isSet says ${expected} of ${JSON.stringify(value)}`, () => assertEquals(isSet(value), expected));
}
