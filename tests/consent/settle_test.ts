import { assertEquals } from "@std/assert";
import type { ConsentRecord } from "../../lib/consent/record.ts";
import type { Configuration } from "../../lib/consent/rules.ts";
import { freshRecord } from "../../lib/consent/fresh_record.ts";
import { type Findings, nameOfChoice, settle } from "../../lib/consent/settle.ts";

const HERE = { kind: "machine", hash: "a".repeat(64) } as const;
const NOW = new Date("2026-03-01T12:00:00.000Z");
const FINDINGS: Findings = {
  place: HERE,
  choice: "on today id",
  now: NOW,
  builtAt: new Date("2026-01-01T00:00:00.000Z"),
};
const TOLD = {
  at: "2026-02-01T00:00:00.000Z",
  first: "2026-02-01T00:00:00.000Z",
  notice: 1,
  addressee: "Rasa",
  terminal: true,
};
const ASKED = { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: "Rasa" };
const RECORD: ConsentRecord = {
  ...freshRecord(FINDINGS, "old"),
  told: TOLD,
  asked: ASKED,
  machineId: "1".repeat(32),
  formerIds: ["2".repeat(32)],
};
const NEW_EPOCH = { epoch: "new", told: null };

const CASES: readonly (readonly [
  name: string,
  before: Partial<ConsentRecord>,
  findings: Partial<Findings>,
  change: Partial<ConsentRecord>,
])[] = [
  ["nothing changed", {}, {}, {}],
  ["global.yml can't be understood just now", {}, { choice: undefined }, {}],
  ["Rasa stored a no", {}, { choice: "off today id" }, { ...NEW_EPOCH, asked: null, choice: "off today id" }],
  ["global.yml is gone", {}, { choice: "silent" }, { ...NEW_EPOCH, asked: null, choice: "silent" }],
  [
    "somebody took a no of ours back",
    { choice: "off no id", overwritten: "on before id", asked: null },
    { choice: "on no id" },
    { ...NEW_EPOCH, choice: "on no id", overwritten: null },
  ],
  [
    "somebody ended local mode",
    { choice: "off no id", local: true, asked: null },
    { choice: "on no id" },
    { ...NEW_EPOCH, local: false, choice: "on no id" },
  ],
  [
    "it is another machine",
    {},
    { place: { kind: "machine", hash: "b".repeat(64) } },
    {
      ...NEW_EPOCH,
      place: { kind: "machine", hash: "b".repeat(64) },
      machineId: null,
      adoptsId: false,
      formerIds: [],
    },
  ],
  ["it was compared with nothing, and can be now", { place: { kind: "machine", hash: null } }, {}, { place: HERE }],
  ["it could be compared, and can't be now", {}, { place: { kind: "machine", hash: null } }, {}],
  ["the clock was ahead", { told: { ...TOLD, at: "2031-01-01T00:00:00.000Z" } }, {}, {
    told: { ...TOLD, at: NOW.toISOString() },
  }],
  ["the clock was at its beginning", { told: { ...TOLD, at: "1970-01-01T00:00:05.000Z" } }, {}, {
    told: { ...TOLD, at: NOW.toISOString() },
  }],
  ["a yes has a date that can't be", { asked: { at: "1970-01-01T00:00:05.000Z", notice: 1, addressee: "Rasa" } }, {}, {
    asked: { at: NOW.toISOString(), notice: 1, addressee: "Rasa" },
  }],
];

for (const [name, before, findings, change] of CASES) {
  Deno.test(`settle where ${name}`, () => {
    const given = { ...RECORD, ...before };
    const settled = settle(given, { ...FINDINGS, choice: given.choice, ...findings }, () => "new");
    const changed = Object.keys(change).length > 0;
    assertEquals(settled, { record: { ...given, ...change }, changed, overwritten: false });
  });
}

Deno.test("settle keeps a no that was written over with what stood before it", () => {
  const given = { ...RECORD, told: null, asked: null, choice: "off no id", overwritten: "on before id" };
  const settled = settle(given, { ...FINDINGS, choice: "on before id" }, () => "new");
  assertEquals(settled, { record: given, changed: false, overwritten: true });
});

const NAMES: readonly (readonly [Configuration, string | undefined])[] = [
  [{ kind: "silent", fileExists: false }, "silent"],
  [{ kind: "silent", fileExists: true }, "silent"],
  [{ kind: "broken", problem: "x" }, undefined],
  [{ kind: "stored", stored: { enabled: true, traitsEnabled: true, machineId: "id", date: "day" } }, "on day id"],
  [{ kind: "stored", stored: { enabled: false, traitsEnabled: false, machineId: undefined, date: "" } }, "off  "],
];

for (const [configuration, name] of NAMES) {
  Deno.test(`nameOfChoice is ${JSON.stringify(name)} for ${JSON.stringify(configuration)}`, () => {
    assertEquals(nameOfChoice(configuration), name);
  });
}
