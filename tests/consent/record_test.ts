import { assertEquals } from "@std/assert";
import { type ConsentRecord, parseRecord, RECORD_FORMAT, recordText, withFormerId } from "../../lib/consent/record.ts";
import { wasTold } from "../../lib/consent/transitions.ts";
import { freshRecord } from "../../lib/consent/fresh_record.ts";

const FRESH = freshRecord(
  { place: { kind: "machine", hash: null }, choice: "silent" },
  "20000000-0000-4000-8000-000000000000",
);
const WHOLE: ConsentRecord = {
  ...FRESH,
  told: {
    at: "2026-03-01T12:00:00.000Z",
    first: "2026-03-01T12:00:00.000Z",
    notice: 2,
    addressee: "Rasa",
    terminal: true,
  },
  asked: { at: "2026-03-01T12:00:00.000Z", notice: 1, addressee: "Rasa" },
  local: true,
  overwritten: "on x",
  machineId: "1".repeat(32),
  adoptsId: false,
  formerIds: ["2".repeat(32)],
};

for (const record of [FRESH, WHOLE]) {
  Deno.test(`parseRecord reads what recordText wrote: ${JSON.stringify(record)}`, () => {
    assertEquals(parseRecord(recordText(record)), record);
  });
}

const text = (change: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(recordText(WHOLE)), ...change });

const NO_RECORDS: readonly (readonly [name: string, text: string])[] = [
  ["nothing", ""],
  ["half a record", recordText(WHOLE).slice(0, 40)],
  ["a list", "[]"],
  ["a record without a format", text({ format: undefined })],
  ["a record of format 0", text({ format: 0 })],
  ["a record without an epoch", text({ epoch: "" })],
  ["a record whose epoch is none that this program makes", text({ epoch: "20000000-0000-4000-8000-00000000000" })],
  ["a record from nowhere", text({ place: "here" })],
  ["a record without a choice", text({ choice: 1 })],
];

for (const [name, given] of NO_RECORDS) {
  Deno.test(`parseRecord takes ${name} for none`, () => assertEquals(parseRecord(given), undefined));
}

Deno.test("parseRecord leaves a record of a later format to the version that wrote it", () => {
  assertEquals(parseRecord(JSON.stringify({ format: RECORD_FORMAT + 1 })), "newer");
});

const UNCLEAR: readonly (readonly [name: string, change: Record<string, unknown>, read: Partial<ConsentRecord>])[] = [
  ["a telling without a moment", { told: { ...WHOLE.told, at: "yesterday" } }, { told: null }],
  ["a telling of no notice", { told: { ...WHOLE.told, notice: 0 } }, { told: null }],
  ["a yes without a moment", { asked: { notice: 1 } }, { asked: null }],
  ["a yes that is only true", { asked: true }, { asked: null }],
  ["a local that is a word", { local: "yes" }, { local: false }],
  ["an id that is a name", { machineId: "ada" }, { machineId: null }],
  ["former ids that are none", { formerIds: ["ada", 3, "2".repeat(32)] }, { formerIds: ["2".repeat(32)] }],
];

for (const [name, change, read] of UNCLEAR) {
  Deno.test(`parseRecord takes ${name} for nothing`, () => {
    assertEquals(parseRecord(text(change)), { ...WHOLE, ...read });
  });
}

Deno.test("withFormerId keeps each id once, and a hundred of them", () => {
  assertEquals(withFormerId(["a"], null), ["a"]);
  assertEquals(withFormerId(["a", "b"], "a"), ["b", "a"]);
  const many = Array.from({ length: 100 }, (_, index) => String(index));
  assertEquals(withFormerId(many, "new"), [...many.slice(1), "new"]);
});

Deno.test("wasTold keeps when the first telling was, but for one that says more, or names another recipient", () => {
  const first = { at: "2026-03-01T12:00:00.000Z", notice: 2, addressee: "Rasa", terminal: false };
  const later = { ...first, at: "2026-03-01T12:40:00.000Z", terminal: true };
  const once = wasTold(FRESH, first);
  assertEquals(once.told, { ...first, first: first.at });
  const firsts = [later, { ...later, notice: 1 }, { ...later, notice: 3 }, { ...later, addressee: "Example Ltd" }].map(
    (telling) => wasTold(once, telling).told?.first,
  );
  assertEquals(firsts, [first.at, first.at, later.at, later.at]);
});
