import { assert, assertEquals } from "@std/assert";
import { NOTICE } from "../../../lib/consent/answer.ts";
import { HOME_FILES } from "../../../lib/home.ts";
import { catalogueSection } from "../../../lib/page/sections/catalogue.ts";
import { choiceSection } from "../../../lib/page/sections/choice.ts";
import { fieldsSection } from "../../../lib/page/sections/fields.ts";
import { heldBackSection } from "../../../lib/page/sections/held_back.ts";
import type { PageData } from "../../../lib/page/page_data.ts";
import { permissionsSection } from "../../../lib/page/sections/permissions.ts";
import { waitingSection } from "../../../lib/page/sections/waiting.ts";
import { VARIABLES } from "../../../lib/host/variables.ts";
import { describeType, EVENTS, type Rules, TRAITS } from "../../../lib/report/catalogue.ts";
import { VOCABULARIES } from "../../../lib/report/vocabulary.ts";
import { MACHINE_ID } from "../../support/scenes/scene.ts";
import { entries, entryOf, QUIET_MACHINE, rowsOf, textOf, waitingOf } from "../page_fixture.ts";

Deno.test("fieldsSection shows each field with its value, its source and its purpose", () => {
  const fields = [
    { field: "userId", value: MACHINE_ID, source: "global.yml", purpose: "counts" },
    { field: "context.cpu", value: 8, source: "the system", purpose: "size" },
    { field: "context.ci", value: false, source: "a variable", purpose: "kind" },
    { field: "context.project", value: null, source: "git", purpose: "counts" },
    { field: "context.python", value: null, source: "the caller", purpose: "support" },
  ];
  const markup = String(fieldsSection({ ...QUIET_MACHINE, fields }).content);
  assertEquals(rowsOf(markup, "Every field of a report"), [
    ["userId", MACHINE_ID, "global.yml", "counts"],
    ["context.cpu", "8", "the system", "size"],
    ["context.ci", "false", "a variable", "kind"],
    ["context.project", "not known: null", "git", "counts"],
    ["context.python", "comes with the report", "the caller", "support"],
  ]);
});

Deno.test("fieldsSection says whose own properties are among the fields", () => {
  const show = (event: string | undefined) => textOf(String(fieldsSection({ ...QUIET_MACHINE, event }).content));
  assert(show(undefined).includes("the fields that every report has; an event's own properties are in the catalogue"));
  assert(show("Shell Started").includes("the fields of a report on Shell Started"));
});

const catalogue = String(catalogueSection().content);

Deno.test("catalogueSection lists every event, property, trait and word that may leave", () => {
  const text = textOf(catalogue);
  const missing = (rules: Rules, path: string): string[] =>
    Object.entries(rules).flatMap(([name, rule]) => {
      const inner = "entry" in rule.type
        ? missing(rule.type.entry, `${path}${name}${rule.type.kind === "group" ? "" : "[]"}.`)
        : [];
      const row = `${path}${name} ${describeType(rule)} ${rule.description} ${rule.purpose}`.replace(/\s+/g, " ");
      return text.includes(row) ? inner : [row, ...inner];
    });
  assertEquals(EVENTS.flatMap(({ properties }) => missing(properties, "")), []);
  assertEquals(missing(TRAITS, ""), []);
  assertEquals(EVENTS.filter(({ name, description }) => !text.includes(`${name} ${description}`)), []);
  assertEquals(Object.values(VOCABULARIES).filter(({ words }) => !text.includes(words.join(", "))), []);
});

Deno.test("catalogueSection says what each type of value may be", () => {
  const kinds = (rules: Rules): string[] =>
    Object.values(rules).flatMap(({ type }) => [type.kind, ...("entry" in type ? kinds(type.entry) : [])]);
  const used = new Set([...EVENTS.flatMap(({ properties }) => kinds(properties)), ...kinds(TRAITS)]);
  const explained = rowsOf(catalogue, "The types of values").flatMap(([types]) => types?.split(/, | of |\(…\)/) ?? []);
  assertEquals([...used].filter((kind) => !explained.includes(kind === "words" ? "list" : kind)), []);
});

Deno.test("waitingSection shows what waits, newest first and whole, and what is no report", () => {
  const held = { withheld: ["properties.type", "context.python"], withheldUnknown: 2 };
  const waiting = [waitingOf("Shell Started", "2026-03-01T09:00:00.000Z"), undefined, {
    ...waitingOf("Training Started", "2026-03-01T10:00:00.000Z"),
    ...held,
  }];
  const whole = (at: number) => JSON.stringify(waiting[at]?.report, null, 1).replace(/\s+/g, " ");
  const markup = String(waitingSection({ ...QUIET_MACHINE, waiting }).content);
  assertEquals(rowsOf(markup, "The reports that wait"), [
    [
      "2026-03-01 10:00:00Z",
      `Training Started ${whole(2)} Withheld, not part of it: properties.type, context.python; 2 unseen.`,
    ],
    ["not known", "not a report: it never leaves, and the next delivery sets it aside"],
    ["2026-03-01 09:00:00Z", `Shell Started ${whole(0)}`],
  ]);
});

const WAITING: readonly (readonly [Partial<PageData>, string])[] = [
  [{ waiting: [] }, "No report waits on this machine."],
  [{}, "1 report on this machine waits to be sent. They leave with the next delivery."],
  [
    { consent: { ...QUIET_MACHINE.consent, told: false } },
    "waits to be sent. As things stand they don't leave: see above.",
  ],
  [{ decision: { enabled: false, decidedBy: "DO_NOT_TRACK" } }, "As things stand they don't leave: see above."],
  [{ hasWriteKey: false }, "As things stand they don't leave: see above."],
  [{ debug: true }, "As things stand they don't leave: see above."],
];

for (const [data, words] of WAITING) {
  Deno.test(`waitingSection says where it is so: ${words} ${JSON.stringify(Object.keys(data))}`, () => {
    const waiting = [waitingOf("Shell Started")];
    assert(textOf(String(waitingSection({ ...QUIET_MACHINE, waiting, ...data }).content)).includes(words));
  });
}

Deno.test("heldBackSection counts what was refused, dropped and set aside", () => {
  const sent = [...entries(20, 60), entryOf("2026-03-01T11:00:00.000Z", "Shell Started", "HTTP 413")];
  const markup = String(heldBackSection({ ...QUIET_MACHINE, sent, dropped: 1_234, setAside: 2 }).content);
  assertEquals(rowsOf(markup, "What was held back").map((row) => row.slice(0, 2)), [
    ["Reports from which something was withheld", "0"],
    ["What was withheld unseen", "0"],
    ["Reports that the server refused", "3"],
    ["Reports that were dropped", "1,234"],
    ["Files that were set aside", "2"],
  ]);
  assertEquals(rowsOf(markup, "Reasons for which"), [["HTTP 400", "2"], ["HTTP 413", "1"]]);
});

Deno.test("heldBackSection counts what was withheld from what was sent and from what waits, by property", () => {
  const sent = entries(3, 60).map((entry, index) => ({ ...entry, withheld: ["properties.b"], withheldUnknown: index }));
  const waiting = [
    undefined,
    { ...waitingOf("Shell Started"), withheld: ["properties.a", "properties.b"] },
    waitingOf("X"),
  ];
  const markup = String(heldBackSection({ ...QUIET_MACHINE, sent, waiting }).content);
  assertEquals(rowsOf(markup, "What was held back").slice(0, 2).map((row) => row.slice(0, 2)), [
    ["Reports from which something was withheld", "4"],
    ["What was withheld unseen", "3"],
  ]);
  assertEquals(rowsOf(markup, "Properties whose values"), [["properties.b", "4"], ["properties.a", "1"]]);
});

Deno.test("heldBackSection names no reasons where nothing was refused", () => {
  assertEquals(textOf(String(heldBackSection(QUIET_MACHINE).content)).includes("Reason"), false);
});

for (
  const [endpoint, address] of [
    ["https://collector.example:8443", "collector.example:8443"],
    ["http://127.0.0.1:9", "127.0.0.1:9"],
    ["http://localhost", "localhost:80"],
  ] as const
) {
  Deno.test(`permissionsSection names ${address} as all that ${endpoint} lets it talk to`, () => {
    const markup = String(permissionsSection(endpoint).content);
    assertEquals(rowsOf(markup, "What the program may do")[0]?.[1], `only to ${address}`);
    assertEquals(rowsOf(markup, "The variables that it may read").map(([name]) => name), Object.keys(VARIABLES));
  });
}

Deno.test("choiceSection says how to switch it off, what is kept where, and what users are told", () => {
  const section = choiceSection(QUIET_MACHINE);
  const text = textOf(String(section.content));
  assertEquals(section.heading, "How to switch it off");
  for (
    const way of ["rasa-telemetry disable", "RASA_TELEMETRY_ENABLED=false", "DO_NOT_TRACK=1", "rasa-telemetry enable"]
  ) {
    assert(text.includes(` ${way} `), way);
  }
  assert(text.includes("All of it is in the folder /home/ada/.config/rasa."));
  const files = rowsOf(String(section.content), "What is kept on this machine");
  assertEquals(files, Object.values(HOME_FILES).map(({ path, holds }) => [path, holds]));
  assert(text.endsWith(NOTICE.replace(/\s+/g, " ").trim()));
});

Deno.test("choiceSection says that a licence forbids it", () => {
  const text = textOf(
    String(choiceSection({ ...QUIET_MACHINE, decision: { enabled: true, decidedBy: "license" } }).content),
  );
  assert(
    text.startsWith("Under the Developer Edition Extended licence on this machine telemetry can't be switched off"),
  );
  assert(text.endsWith("Under your Developer Edition Extended licence telemetry can't be switched off."));
});

Deno.test("choiceSection says where nothing is kept, and how to switch on what is off", () => {
  const section = choiceSection({
    ...QUIET_MACHINE,
    decision: { enabled: false, decidedBy: "unwritable" },
    consent: { ...QUIET_MACHINE.consent, home: undefined },
    sentLog: undefined,
  });
  assertEquals(section.heading, "How to keep it off, or switch it on");
  assert(textOf(String(section.content)).includes("Nothing: no home folder is known, so nothing can be kept."));
});
