import { assert, assertEquals } from "@std/assert";
import { NOTICE } from "../../../lib/consent/answer.ts";
import { HOME_FILES } from "../../../lib/home.ts";
import { catalogueSection } from "../../../lib/page/sections/catalogue.ts";
import { choiceSection } from "../../../lib/page/sections/choice.ts";
import { permissionsFor, permissionsSection } from "../../../lib/page/sections/permissions.ts";
import { VARIABLES } from "../../../lib/host/variables.ts";
import { describeType, EVENTS, type Rules, TRAITS } from "../../../lib/report/catalogue.ts";
import { VOCABULARIES } from "../../../lib/report/vocabulary.ts";
import { parseCommented, ROOT } from "../../../scripts/toolchain.ts";
import { QUIET_MACHINE, rowsOf, textOf } from "../page_fixture.ts";

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

Deno.test("permissionsFor says what deno.json grants, and nothing else", async () => {
  const config = parseCommented(await Deno.readTextFile(`${ROOT}/deno.json`)) as {
    permissions: { release: Record<string, boolean | string[]> };
  };
  const { release } = config.permissions;
  const said = permissionsFor("https://api.segment.io").flatMap(({ names, granted }) =>
    names.split(", ").map((name) => [name, granted] as const)
  );
  assertEquals(said.map(([name]) => name).sort(), Object.keys(release).sort());
  const words = (name: string, grant: boolean | string[]): string => {
    if (name === "net") return `only to ${String(grant)}`;
    if (name === "env") return `only the ${Object(grant).length} listed below`;
    // The two that it names, by their names in the runtime.
    if (name === "sys") {
      return String(grant) === "osRelease,uid" ? "only the kernel's release and the user's number" : "";
    }
    return grant === true ? "yes" : "no";
  };
  assertEquals(said, said.map(([name]) => [name, words(name, release[name] ?? false)] as const));
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
