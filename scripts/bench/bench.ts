// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { parseArgs } from "node:util";
import { findPython } from "../toolchain/python.ts";
import { measureBacklog } from "./backlog.ts";
import { measureChildren, startIdle } from "./children.ts";
import { type Place, withPlace } from "./place.ts";
import { measurePythonHost } from "./python_host.ts";
import { measureNoise, type Noise, noiseSection } from "./noise.ts";
import { measureStream } from "./stream.ts";
import { type Section, toJson, toMarkdown, toText } from "./table.ts";
import { measureWholeProcess } from "./whole_process.ts";

const HELP = `Measures how fast rasa-telemetry is, beside what users would pick instead: everything in one run, on one
machine, with one collector on the loopback interface. Takes about ten minutes. Needs Python and, for the peers, Node
and pip. A goal that isn't met is shown, and doesn't fail the run; a report that gets lost does.

Usage: deno task bench [OPTIONS]

  --quick         fewer runs and fewer events: about two minutes
  --only NAMES    of process, python, children, stream, backlog (with commas between them)
  --json          print one JSON document instead of tables
  --markdown      print the tables as Markdown
`;

/** How much is measured: how many runs, and of how many events. */
const FULL = {
  rounds: 40,
  coldRounds: 9,
  python: { events: 300, rounds: 9 },
  children: 8,
  stream: { events: 100_000, rounds: 3, many: 1_000_000 },
  backlogRounds: 4,
};
const QUICK: typeof FULL = {
  rounds: 10,
  coldRounds: 3,
  python: { events: 100, rounds: 3 },
  children: 8,
  stream: { events: 10_000, rounds: 2, many: 30_000 },
  backlogRounds: 2,
};

/** What is measured, by the names that `--only` takes. */
const PARTS: Readonly<Record<string, (place: Place, python: string, size: typeof FULL) => Promise<Section[]>>> = {
  process: (place, _, { rounds, coldRounds }) => measureWholeProcess(place, rounds, coldRounds),
  python: (place, command, { python }) => measurePythonHost(place, command, python),
  children: async (place, _, { children }) => [await measureChildren(place, children)],
  stream: (place, _, { stream }) => measureStream(place, stream),
  backlog: async (place, _, { backlogRounds }) => [await measureBacklog(place, backlogRounds)],
};

/**
 * Measures as the arguments say, and returns the exit code: 2 where they are wrong, or nothing can be measured here.
 */
async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: Object.keys(PARTS).join(",") },
      json: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const wanted = values.only.split(",");
  const unknown = wanted.filter((name) => PARTS[name] === undefined);
  const python = await findPython();
  if (unknown.length > 0 || python === undefined || Deno.build.os === "windows") {
    console.error(
      unknown.length > 0
        ? `Cannot measure ${unknown.join(", ")}: there are ${Object.keys(PARTS).join(", ")}`
        : "Cannot measure: it takes Python 3 on Linux or macOS",
    );
    return 2;
  }
  const loadBefore = Deno.loadavg()[0] ?? 0;
  const sections: Section[] = [];
  const noise: Noise[] = [];
  const show = (found: readonly Section[]) => console.log(`${(values.markdown ? toMarkdown : toText)(found)}\n`);
  await withPlace(python, async (place) => {
    // It does next to nothing for a minute, while the others are measured.
    const idle = wanted.includes("children") ? await startIdle(place, python) : undefined;
    for (const name of wanted) {
      console.error(`bench: ${name}`);
      const found = await PARTS[name]!(place, python, values.quick ? QUICK : FULL);
      if (name === "children" && idle !== undefined) found.push(await idle());
      noise.push(await measureNoise(place));
      sections.push(...found);
      // Shown at once, because the next part takes minutes.
      if (!values.json) show(found);
    }
    const found = noiseSection(noise);
    sections.push(found);
    if (!values.json) show([found]);
  });
  showEnd(sections, loadBefore, values.json);
  return 0;
}

/**
 * Shows the machine that everything was measured on: with the sections in one JSON document, or in a sentence after
 * them.
 */
function showEnd(sections: readonly Section[], loadBefore: number, asJson: boolean): void {
  const loadAfter = Deno.loadavg()[0] ?? 0;
  const system = `${Deno.build.os} ${Deno.build.arch}`;
  const processors = navigator.hardwareConcurrency;
  if (asJson) {
    const machine = { system, processors, loadBefore, loadAfter, deno: Deno.version.deno };
    return console.log(JSON.stringify({ machine, sections: toJson(sections) }, null, 2));
  }
  console.log(
    `Medians, and ratios of medians. ${system}, ${processors} processors, load ${loadBefore.toFixed(1)} before and ` +
      `${loadAfter.toFixed(1)} after, Deno ${Deno.version.deno}.`,
  );
}

if (import.meta.main) Deno.exit(await main(Deno.args));
