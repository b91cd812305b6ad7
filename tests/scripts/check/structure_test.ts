import { assertEquals } from "@std/assert";
import { LAYERS, LIMITS, LOADED_LATER, NOT_AT_START } from "../../../scripts/check/rules.ts";
import { examineStructure, type House, readHouse } from "../../../scripts/check/structure.ts";
import type { Import, ImportKind } from "../../../scripts/toolchain/graph.ts";

/** A small house: its modules with what they import, and texts where they matter. */
interface Plan {
  readonly modules: Readonly<Record<string, readonly (string | readonly [target: string, kind: ImportKind])[]>>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly scripts?: readonly string[];
}

/** Modules that every rule is content with. */
const SOUND: Plan["modules"] = {
  "main.ts": ["lib/cli.ts", "#build", "lib/host/host.ts"],
  "lib/cli.ts": [],
  "lib/commands/track.ts": ["lib/consent/consent.ts", "@std/path"],
  "lib/commands/init.ts": ["lib/home.ts"],
  "lib/page/page.ts": ["lib/page/sections/one.ts", "lib/report/report.ts"],
  "lib/page/sections/one.ts": ["lib/page/elements.ts"],
  "lib/page/elements.ts": [],
  "lib/report/report.ts": ["lib/context/context.ts"],
  "lib/context/context.ts": ["lib/host/host.ts"],
  "lib/consent/consent.ts": ["lib/home.ts"],
  "lib/home.ts": ["lib/machine_id.ts", "lib/host/host.ts"],
  "lib/machine_id.ts": [],
  "lib/host/host.ts": [["node:os", "dynamic"]],
};

/** Every module that the tables of late loading name, for it to be there. */
const LATER = Object.fromEntries(
  [...LOADED_LATER.flatMap(({ place, by }) => [place, by]), ...NOT_AT_START.map(({ place }) => place)]
    .map((place) => [fileOf(place), []] as const),
);

/** A file in the place of a folder. */
function fileOf(place: string): string {
  return place.endsWith(".ts") ? place : `${place}/module.ts`;
}

function houseOf({ modules, texts = {}, scripts = [] }: Plan): House {
  const all = { ...LATER, ...SOUND, ...modules };
  const graph = new Map(
    Object.entries(all).map(([name, imports]) => {
      const late = LOADED_LATER.filter(({ by }) => by === name).map(({ place }) => [fileOf(place), "dynamic"] as const);
      return [name, [...imports, ...late].map(importOf)] as const;
    }),
  );
  const sources = new Map(
    Object.keys(all).filter((name) => name === "main.ts" || name.startsWith("lib/"))
      .map((name) => [name, texts[name] ?? "export const answer = 42;\n"] as const),
  );
  return { graph, sources, scripts };
}

function importOf(found: string | readonly [target: string, kind: ImportKind]): Import {
  const [target, kind] = typeof found === "string" ? [found, "static" as const] : found;
  return { name: /^(main|lib|scripts|tests)\b/.test(target) ? `./${target}` : target, target, kind };
}

Deno.test("examineStructure finds nothing wrong with a sound house", () => {
  assertEquals(examineStructure(houseOf({ modules: {} })), []);
});

const LONG = `// ${"x".repeat(118)}\n`;
const many = (count: number, name: (index: number) => string) => Array.from({ length: count }, (_, at) => name(at));

for (
  const [what, plan, problems] of [
    ["a module that imports from above", { modules: { "lib/home.ts": ["lib/commands/init.ts"] } }, [
      "lib/home.ts imports lib/commands/init.ts, a layer above it",
      "lib/commands/init.ts → lib/home.ts → lib/commands/init.ts import each other in a circle",
    ]],
    ["types from above", { modules: { "lib/host/host.ts": [["lib/report/report.ts", "type"]] } }, [
      "lib/host/host.ts imports lib/report/report.ts, a layer above it",
      "lib/context/context.ts → lib/host/host.ts → lib/report/report.ts → lib/context/context.ts import each other in a circle",
      "lib/context → lib/host → lib/report → lib/context import each other in a circle",
    ]],
    ["a neighbour", { modules: { "lib/consent/consent.ts": ["lib/context/context.ts"] } }, [
      "lib/consent/consent.ts imports lib/context/context.ts, a neighbour in its layer",
      "lib/context/context.ts is loaded before the consent is known: load it where it is needed",
    ]],
    ["a module that is nowhere", {
      modules: { "lib/misc/helpers.ts": [] },
    }, ["lib/misc/helpers.ts is in no layer of scripts/check/rules.ts"]],
    ["what is no module", { modules: { "lib/page/notes.txt": [] } }, ["lib/page/notes.txt is not a TypeScript module"]],
    ["a module loaded by a name that is made", {
      modules: {},
      texts: {
        "lib/home.ts": "await import(name);\n",
        "lib/machine_id.ts": 'await import("./home.ts");\nawait import( "./home.json", { with: {} });\n',
        "lib/cli.ts": 'await import /* */ ("./" + name);\n',
        "lib/context/context.ts": "await import(`./${name}.ts`);\n",
      },
    }, [
      "lib/cli.ts loads a module without a literal name",
      "lib/context/context.ts loads a module without a literal name",
      "lib/home.ts loads a module without a literal name",
    ]],
    ["Deno behind a text", { modules: {}, texts: { "lib/home.ts": 'globalThis["Deno"].pid;\n' } }, [
      "lib/home.ts names globalThis outside lib/host",
    ]],
    ["a late import that another module has a reason for", {
      modules: { "lib/commands/init.ts": [["lib/licence/verify.ts", "dynamic"]] },
    }, [
      "lib/commands/init.ts loads lib/licence/verify.ts later: give the reason in LOADED_LATER of scripts/check/rules.ts",
    ]],
    ["Deno between texts that look like ends", {
      modules: {},
      texts: { "lib/home.ts": '["/*", Deno.pid, "*/"];\n', "lib/machine_id.ts": '["\\"", Deno.pid, "\\""];\n' },
    }, ["lib/home.ts names Deno outside lib/host", "lib/machine_id.ts names Deno outside lib/host"]],
    ["a late import of a room that has reasons of its own", {
      modules: { "lib/commands/init.ts": [["lib/sender/wire.ts", "dynamic"]], "lib/sender/wire.ts": [] },
    }, [
      "lib/commands/init.ts loads lib/sender/wire.ts later: give the reason in LOADED_LATER of scripts/check/rules.ts",
    ]],
    ["a command in a command", { modules: { "lib/commands/init.ts": ["lib/commands/track.ts"] } }, [
      "lib/commands/init.ts imports lib/commands/track.ts: no command imports a command",
    ]],
    ["a circle of files", { modules: { "lib/machine_id.ts": ["lib/home.ts"] } }, [
      "lib/home.ts → lib/machine_id.ts → lib/home.ts import each other in a circle",
    ]],
    ["a circle of folders", {
      modules: {
        "lib/report/events/one.ts": ["lib/report/words/one.ts"],
        "lib/report/words/one.ts": [],
        "lib/report/words/two.ts": ["lib/report/events/two.ts"],
        "lib/report/events/two.ts": [],
      },
    }, ["lib/report/events → lib/report/words → lib/report/events import each other in a circle"]],
    ["a circle of scripts", {
      modules: {
        "scripts/build/compile.ts": ["scripts/release/release.ts"],
        "scripts/release/release.ts": [["scripts/build/compile.ts", "type"]],
      },
    }, [
      "scripts/build/compile.ts → scripts/release/release.ts → scripts/build/compile.ts import each other in a circle",
      "scripts/build → scripts/release → scripts/build import each other in a circle",
    ]],
    ["a package", { modules: { "lib/host/host.ts": ["npm:left-pad@1.0.0"] } }, [
      "lib/host/host.ts imports npm:left-pad@1.0.0: only @std comes from outside",
    ]],
    ["node at the top", { modules: { "lib/host/one.ts": ["node:fs"] } }, [
      "lib/host/one.ts imports node:fs at the top: a start takes 2.6 % longer",
    ]],
    ["a literal of Unicode's classes", { modules: {}, texts: { "lib/home.ts": "\nconst A = /\\p{L}/u;\n" } }, [
      "lib/home.ts:2 has a literal of Unicode's classes: make it with unicodePattern",
    ]],
    ["the source of such a pattern", { modules: {}, texts: { "lib/home.ts": "const A = String.raw`\\p{L}`;\n" } }, []],
    ["node outside the host", { modules: { "lib/home.ts": [["node:path", "dynamic"]] } }, [
      "lib/home.ts imports node:path outside lib/host",
    ]],
    ["Deno outside the host", {
      modules: {},
      texts: {
        "lib/home.ts": "export const home = Deno.cwd();\n",
        "lib/machine_id.ts": '// Deno\n/** Deno */\nexport const name = "Deno" + `Deno`;\n',
        "lib/host/host.ts": "Deno.exit(0);\n",
      },
    }, ["lib/home.ts names Deno outside lib/host"]],
    ["a page that every start loads", { modules: { "lib/cli.ts": ["lib/page/elements.ts"] } }, [
      "lib/page/elements.ts is loaded before the consent is known: load it where it is needed",
    ]],
    ["a command that every start loads", { modules: { "lib/cli.ts": ["lib/commands/init.ts"] } }, [
      "lib/commands/init.ts is loaded before the command is known: load it where it is needed",
    ]],
    ["a late import without a reason", { modules: { "lib/commands/init.ts": [["lib/home.ts", "dynamic"]] } }, [
      "lib/commands/init.ts loads lib/home.ts later: give the reason in LOADED_LATER of scripts/check/rules.ts",
    ]],
    ["an init that loads too much", {
      modules: {
        "lib/commands/init.ts": many(LIMITS.initFiles - 4, (index) => `lib/host/part${index}.ts`),
        ...Object.fromEntries(
          many(LIMITS.initFiles - 4, (index) => `lib/host/part${index}.ts`).map((name) => [name, []]),
        ),
      },
    }, [`init loads ${LIMITS.initFiles + 1} files, more than ${LIMITS.initFiles}`]],
    ["a long line, a long comment and a long start", {
      modules: {},
      texts: { "lib/home.ts": `\n${LONG}`, "main.ts": "run();\n".repeat(LIMITS.mainLines + 1) },
    }, ["main.ts has 31 lines", "lib/home.ts:2 has 121 columns"]],
    ["too many commands", {
      modules: Object.fromEntries(
        many(LIMITS.commands, (index) => `lib/commands/c${index}.ts`).map((name) => [name, []]),
      ),
    }, [`lib/commands has ${LIMITS.commands + 4} files`]],
    ["too many flat scripts", {
      modules: {},
      scripts: [...many(LIMITS.flatScripts + 1, (index) => `scripts/s${index}.ts`), "scripts/build/compile.ts"],
    }, [`scripts has ${LIMITS.flatScripts + 1} files outside its folders`]],
    ["a script that needs a test", {
      modules: { "scripts/demo.ts": ["tests/support/collector.ts"], "tests/support/collector.ts": [] },
    }, ["scripts/demo.ts imports tests/support/collector.ts: scripts must not need tests"]],
  ] as const satisfies readonly (readonly [string, Plan, readonly string[]])[]
) {
  Deno.test(`examineStructure finds ${what}`, () => {
    assertEquals(examineStructure(houseOf(plan)).sort(), [...problems].sort());
  });
}

Deno.test("examineStructure finds a place in the tables that isn't there, and a file that the graph doesn't have", () => {
  const { graph, sources, scripts } = houseOf({ modules: {} });
  const less = new Map([...graph].filter(([name]) => !name.startsWith("lib/licence/verify")));
  assertEquals(examineStructure({ graph: less, sources, scripts }), [
    "LOADED_LATER names lib/licence/verify.ts, which lib/licence/licence.ts doesn't load later",
    "NOT_AT_START names lib/licence/verify.ts: no such module",
    "lib/licence/verify.ts is not in the graph: the check looks in the wrong place",
  ]);
});

Deno.test("examineStructure finds nothing wrong with this house", async () => {
  const house = await readHouse();
  assertEquals(examineStructure(house), []);
  // An empty house would be sound too.
  assertEquals([house.sources.size > 100, house.graph.has("scripts/check/structure.ts")], [true, true]);
});

Deno.test("each layer and each late import has its reason", () => {
  assertEquals([...LAYERS, ...LOADED_LATER].filter(({ why }) => why.length < 5), []);
});
