import { assertEquals } from "@std/assert";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { EVENTS, findEvent, type PropertyRule, TRAITS } from "../../lib/report/catalogue.ts";
import { LEFT_OUT } from "../../lib/report/left_out.ts";
import { redact } from "../../lib/report/redaction.ts";
import { isSet } from "../../lib/report/types/bool.ts";
import { CUSTOM } from "../../lib/report/vocabulary.ts";
import { sha256 } from "../../lib/sha256.ts";
import { readRecorded, type Recorded, RELEASES } from "../support/inputs/recorded.ts";

/** What is wrong with what became of one property, or undefined where it arrived as its type says. */
async function problemOf(rule: PropertyRule, given: unknown, kept: unknown): Promise<string | undefined> {
  const isKept = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  if (rule.nullable && (given === null || given === "")) return kept === null ? undefined : "isn't null";
  switch (rule.type.kind) {
    case "hashed":
      return kept === await sha256(String(given)) ? undefined : "isn't the hash";
    case "presence":
      return kept === isSet(given) ? undefined : "isn't its presence";
    case "components":
    case "groups":
    case "words": {
      const list = typeof given === "string" ? JSON.parse(given) : given;
      if (list === null || kept === null) return list === kept ? undefined : "isn't null";
      if (JSON.stringify(kept).includes(`"${CUSTOM}"`)) return "has an unknown word";
      return Array.isArray(kept) && kept.length === list.length ? undefined : "isn't as long";
    }
    case "agents":
      return Object.values(kept ?? {}).every((count) => typeof count === "number") ? undefined : "has more than counts";
    case "word":
      return kept !== CUSTOM && String(given).toLowerCase().endsWith(String(kept).toLowerCase())
        ? undefined
        : "is unknown";
    default:
      return isKept(given, kept) ? undefined : "isn't as it was";
  }
}

async function problemsOf({ event, properties, traits }: Recorded): Promise<string[]> {
  const rules = event === undefined ? TRAITS : findEvent(event)?.properties;
  if (rules === undefined) return [`${event} isn't in the catalogue`];
  const given = properties ?? traits ?? {};
  const { values, withheld } = await redact(rules, given, event === undefined ? "traits" : "properties", NOTICE_NUMBER);
  const problems = Object.entries(given).map(async ([name, value]) => {
    const rule = rules[name];
    if (rule === undefined) return isLeftOut(event, name) ? [] : [`${event}: ${name} is neither reported nor left out`];
    const problem = await problemOf(rule, value, values[name]);
    return problem === undefined ? [] : [`${event}: ${name} ${problem}`];
  });
  return [...(await Promise.all(problems)).flat(), ...withheld.map((path) => `${event}: ${path} is withheld`)];
}

/** A log line has whatever was logged with it, beside its level and its name. */
function isLeftOut(event: string | undefined, name: string): boolean {
  return event === "Validation Error Logged" || LEFT_OUT.some((item) => item.event === event && item.name === name);
}

for (const release of RELEASES) {
  Deno.test(`redact reports every property of ${release} as its type says, or it is listed as left out`, async () => {
    const problems = await Promise.all(readRecorded(release).map(problemsOf));
    assertEquals(problems.flat(), []);
  });
}

/** Events that Rasa's function doesn't make: ours, and none that a release has. */
const NOT_RASAS: readonly string[] = ["Error Encountered"];

Deno.test("the recordings have every event of the catalogue that Rasa makes", () => {
  const recorded = new Set(RELEASES.flatMap(readRecorded).map(({ event }) => event));
  assertEquals(EVENTS.map(({ name }) => name).filter((name) => !recorded.has(name)), [...NOT_RASAS]);
});
