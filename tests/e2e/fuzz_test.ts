import { assertEquals } from "@std/assert";
import { Dice } from "../support/machine/dice.ts";
import { changedReport, QUEUED } from "../support/inputs/fuzz_cases.ts";
import { anyConfig, anyEvent, anyStdin, CANARY, isJson, isTold } from "../support/inputs/fuzz_inputs.ts";
import { tellUser } from "../support/inputs/queue_folder.ts";
import { problemOfReport } from "../support/inputs/wire_check.ts";
import { say } from "../support/programs/figures.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** Random cases, as in tests/simulation/fuzz_test.ts, for the compiled binary: on standard input and in its files. */

const SEED = Number(Deno.env.get("TELEMETRY_FUZZ_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
const CASES = 50;
/** How many processes are at work at the same time. */
const AT_ONCE = 4;

say(`TELEMETRY_FUZZ_SEED=${SEED}`);

interface Case {
  readonly args: readonly string[];
  readonly stdin?: string | Uint8Array | undefined;
  /** By name under ~/.config/rasa, in the place of what a user's own yes left there. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

const SURFACES: readonly (readonly [string, (dice: Dice) => Case])[] = [
  ["on standard input", (dice) => {
    const event = dice.oneIn(6) ? undefined : anyEvent(dice);
    const command = event === undefined ? ["identify"] : ["track", event.name];
    return { args: [...command, "--json"], stdin: anyStdin(dice, event), files: {} };
  }],
  ["in global.yml", (dice) => {
    const args = [dice.pick(["enable", "disable", "status", "init"]), "--json"];
    return { args, files: { "global.yml": anyConfig(dice) } };
  }],
  ["in the queue", (dice) => {
    const queued = dice.some(5, () => dice.pick(QUEUED)).map(([name, text]) =>
      [`telemetry/${name}`, dice.oneIn(4) ? dice.bytes(100) : changedReport(dice, text)] as const
    );
    // Without a record that can be understood nobody said yes, and nothing is sent.
    const record = dice.oneIn(4) ? ["consent.json"] : [];
    const odd = [
      ...record,
      ...["delivery.json", "sent.log", "local.log", "dropped", "delivery.lock", "sending.lock"]
        .filter(() => dice.oneIn(3)),
    ]
      .map((name) => [`telemetry/${name}`, dice.bytes(60)] as const);
    return {
      args: [dice.pick(["flush", "status", "log", "disable"]), "--json"],
      files: Object.fromEntries([...queued, ...odd]),
    };
  }],
];

for (const [surface, [name, make]] of SURFACES.entries()) {
  endToEnd(
    `the binary ends with a documented code, and tells no secret, in ${CASES} random cases ${name}`,
    async (here) => {
      const problems: string[] = [];
      let next = 0;
      const work = async () => {
        while (next < CASES && problems.length === 0) {
          const number = next++;
          const found = await examine(here, number, make(new Dice(SEED + surface * 1_000_000 + number)));
          problems.push(...found.map((problem) => `seed ${SEED}, case ${number}: ${problem}`));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      assertEquals(problems, []);
      const { reports } = here.collector;
      // If nothing was sent at all, the cases were too odd to prove anything. Commands that change global.yml send nothing.
      assertEquals(reports.length > 0, name !== "in global.yml");
      const wrong = reports.map((report) => problemOfReport(report, "event" in report ? "track" : "identify"));
      assertEquals(wrong, reports.map(() => undefined));
      assertEquals(isTold(CANARY, JSON.stringify(here.collector.arrivals)), false);
    },
  );
}

/** Runs a case in a home of its own, and gives what was wrong with it. */
async function examine(here: EndToEnd, number: number, { args, stdin, files }: Case): Promise<string[]> {
  const home = `${here.folder}/home-${number}`;
  await tellUser(home);
  for (const [name, content] of Object.entries(files)) {
    const path = `${home}/.config/rasa/${name}`;
    await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
  }
  const { code, out, err } = await here.run(args, { stdin, home });
  const problems: string[] = [];
  if (code !== 0 && code !== 2 && !(code === 4 && args[0] === "flush")) problems.push(`exit code ${code}: ${err}`);
  if (/\n\s+at |\.ts:\d|Error:|panick/.test(err)) problems.push(`a stack trace: ${err}`);
  if (isTold(CANARY, out + err)) problems.push(`it printed ${out}${err}`);
  const documents = args[0] === "log" ? out.split("\n").slice(0, -1) : [out];
  if (code !== 2) problems.push(...documents.filter((text) => !isJson(text)).map((text) => `no JSON: ${text}`));
  return problems;
}
