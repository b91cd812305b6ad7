import { assertEquals } from "@std/assert";
import {
  type Fate,
  fateOf,
  HOUR_MS,
  type Label,
  noticeNow,
  permissionNow,
  type Standing,
} from "../../lib/consent/permission.ts";
import type { ConsentRecord } from "../../lib/consent/record.ts";
import { freshRecord } from "../../lib/consent/fresh_record.ts";

const NOW = Date.UTC(2026, 2, 1, 12);
const at = (milliseconds: number) => new Date(NOW + milliseconds).toISOString();
const told = (ago: number, notice = 1): Partial<ConsentRecord> => ({
  told: { at: at(-ago), first: at(-ago), notice, addressee: "Rasa", terminal: false },
});
const twice = (firstAgo: number, ago: number): Partial<ConsentRecord> => ({
  told: { at: at(-ago), first: at(-firstAgo), notice: 1, addressee: "Rasa", terminal: false },
});
const ASKED: Partial<ConsentRecord> = { asked: { at: at(0), notice: 1, addressee: "Rasa" } };

function standing(record: Partial<ConsentRecord> = {}, others: Partial<Standing> = {}): Standing {
  const fresh = freshRecord({ place: { kind: "machine", hash: null }, choice: "silent" }, "epoch");
  return { record: { ...fresh, ...record }, now: new Date(NOW), byVariable: false, byLicence: false, ...others };
}

function label(permission: Label["permission"], ago = 0, others: Partial<Label> = {}): Label {
  return { epoch: "epoch", permission, notice: 1, at: NOW - ago, ...others };
}

const LEAVES: Fate = { kind: "leaves" };
const WAITS: Fate = { kind: "waits", until: null };
const MINUTE_MS = 60_000;
const dropped = (reason: "withdrawn" | "untold" | "environment"): Fate => ({ kind: "dropped", reason });
const until = (inMs: number): Fate => ({ kind: "waits", until: NOW + inMs });

const FATES: readonly (readonly [name: string, label: Label, standing: Standing, fate: Fate])[] = [
  ["of another epoch", label("asked", 0, { epoch: "other" }), standing(ASKED), dropped("withdrawn")],
  ["untold, a moment ago", label("untold"), standing(), WAITS],
  ["untold, an hour ago", label("untold", HOUR_MS), standing(), WAITS],
  ["untold, more than an hour ago", label("untold", HOUR_MS + 1), standing(), dropped("untold")],
  ["untold, by a clock that was ahead", label("untold", -HOUR_MS - 1), standing(), dropped("untold")],
  ["untold, and somebody was told just then", label("untold", MINUTE_MS), standing(told(0)), until(HOUR_MS)],
  ["untold an hour before the notice", label("untold", 2 * HOUR_MS), standing(told(HOUR_MS)), LEAVES],
  ["untold more than that before it", label("untold", 2 * HOUR_MS + 1), standing(told(HOUR_MS)), dropped("untold")],
  [
    "untold an hour before the first of two notices",
    label("untold", 2 * HOUR_MS),
    standing(twice(HOUR_MS, 0)),
    until(HOUR_MS),
  ],
  [
    "untold more than that before the first",
    label("untold", 2 * HOUR_MS + 1),
    standing(twice(HOUR_MS, 0)),
    dropped("untold"),
  ],
  ["untold, and told before by a clock set back", label("untold", 0), standing(told(1)), dropped("untold")],
  ["untold, and then a yes without a notice", label("untold"), standing(ASKED), dropped("untold")],
  ["untold, then told, then a yes", label("untold"), standing({ ...told(0), ...ASKED }), LEAVES],
  ["told, an instant before its hour is over", label("told"), standing(told(HOUR_MS - 1)), until(1)],
  ["told, an hour ago", label("told"), standing(told(HOUR_MS)), LEAVES],
  ["told, and then a yes", label("told"), standing({ ...told(0), ...ASKED }), LEAVES],
  ["told, under the variable", label("told"), standing(told(0), { byVariable: true }), until(HOUR_MS)],
  ["told of an older notice", label("told", 0, { notice: 2 }), standing(told(HOUR_MS)), WAITS],
  ["told of a newer notice", label("told"), standing(told(HOUR_MS, 2)), LEAVES],
  ["asked", label("asked"), standing(ASKED), LEAVES],
  ["asked, of what a later notice announced", label("asked", 0, { notice: 2 }), standing(ASKED), WAITS],
  [
    "asked, and told of the later notice an hour ago",
    label("asked", 0, { notice: 2 }),
    standing({ ...ASKED, ...told(HOUR_MS, 2) }),
    LEAVES,
  ],
  ["by the variable, which says on", label("environment"), standing({}, { byVariable: true }), LEAVES],
  ["by the variable, which is gone", label("environment"), standing(), dropped("environment")],
  ["by the variable, and users were told since", label("environment"), standing(told(HOUR_MS)), dropped("environment")],
  ["by the variable, and somebody said yes", label("environment"), standing(ASKED), LEAVES],
  ["by the licence, untold", label("licence"), standing({}, { byLicence: true }), WAITS],
  ["by the licence, told just now", label("licence"), standing(told(0), { byLicence: true }), LEAVES],
  ["by the licence, which is gone", label("licence"), standing(told(HOUR_MS)), WAITS],
];

for (const [name, given, world, fate] of FATES) {
  Deno.test(`fateOf a report recorded ${name}: ${JSON.stringify(fate)}`, () => {
    assertEquals(fateOf(given, world), fate);
  });
}

Deno.test("permissionNow takes the strongest permission there is", () => {
  const cases = [
    [standing(), "untold"],
    [standing(told(0)), "told"],
    [standing(ASKED), "asked"],
    [standing({}, { byVariable: true }), "environment"],
    [standing(told(0), { byVariable: true }), "environment"],
    [standing(ASKED, { byVariable: true }), "asked"],
    [standing(ASKED, { byLicence: true }), "licence"],
  ] as const;
  assertEquals(cases.map(([world]) => permissionNow(world)), cases.map(([, permission]) => permission));
});

Deno.test("noticeNow is the newest notice that counts for what is recorded", () => {
  const cases = [
    // What is untold waits for this program's own notice.
    [standing(), 3, 3],
    [standing({}, { byVariable: true }), 3, 3],
    [standing(told(0, 2)), 3, 2],
    [standing(told(0, 4)), 3, 3],
    [standing(ASKED), 3, 1],
    [standing({ ...ASKED, ...told(0, 2) }), 3, 1],
    [standing({ ...ASKED, ...told(HOUR_MS, 2) }), 3, 2],
    [standing({}, { byLicence: true }), 3, 3],
    [standing(told(0, 2), { byLicence: true }), 3, 2],
  ] as const;
  assertEquals(cases.map(([world, newest]) => noticeNow(world, newest)), cases.map(([, , notice]) => notice));
});
