import { assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { run } from "../../lib/cli.ts";
import { Dice } from "../support/machine/dice.ts";
import { type Case, FUZZ_BUILD, SURFACES } from "../support/inputs/fuzz_cases.ts";
import { CANARY, isJson, isTold, OWN_CANARY } from "../support/inputs/fuzz_inputs.ts";
import type { Node } from "../support/machine/memory_files.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { CONFIG_FILE, RECORD_FILE } from "../support/scenes/scene.ts";
import { problemOf } from "../support/inputs/wire_check.ts";

/**
 * Whatever is on standard input, in `global.yml`, in the queue, in the environment, in the licence and on the command line:
 * the program ends with a code it documents and a short message, breaks no file, and sends nothing but what is published.
 * TELEMETRY_FUZZ_SEED repeats a run.
 */

const SEED = Number(Deno.env.get("TELEMETRY_FUZZ_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
/** How many cases are at work at the same time. */
const AT_ONCE = 32;
const MOST_LINES = 6;
/** The notice, which is longer, by its first and its last line. */
const NOTICE = /^Rasa Pro reports how [^]*?\n(Nothing leaves before .*|Under your .*)\n/m;
const HOUR_MS = 60 * 60 * 1000;
const LONGEST_LINE = 1_500;

// deno-lint-ignore no-console -- whoever wants to repeat a run needs it
console.error(`TELEMETRY_FUZZ_SEED=${SEED}`);

for (const [surface, [name, count, make]] of SURFACES.entries()) {
  Deno.test(`run ends with a documented code, breaks no file and tells no secret in ${count} random cases in ${name}`, async () => {
    const problems: string[] = [];
    let [next, sent] = [0, 0];
    const work = async () => {
      while (next < count && problems.length === 0) {
        const number = next++;
        const result = await examine(make(new Dice(SEED + surface * 1_000_000 + number)));
        sent += result.sent;
        problems.push(...result.problems.map((problem) => `seed ${SEED}, case ${number}: ${problem}`));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    // If nothing was sent at all, the cases were too odd to prove anything.
    assertEquals([problems, sent > 0], [[], true]);
    assertEquals([Object.keys(Object.prototype), Reflect.get({}, "polluted")], [[], undefined]);
  });
}

/** Runs a case, and gives what was wrong with it and how many requests it made. */
async function examine({ options, commands }: Case): Promise<{ problems: string[]; sent: number }> {
  const host = new MemoryHost(options);
  let sent = 0;
  const planted = new Set(host.files.nodes.values());
  const texts = [...planted].map(textOf);
  for (const args of commands) {
    Object.assign(host, { relinquished: false, out: "", err: "" });
    host.requests.length = 0;
    host.files.operations.length = 0;
    const before = host.files.nodes.get(CONFIG_FILE);
    const record = textOf(host.files.nodes.get(RECORD_FILE));
    let code: number;
    try {
      code = await run(args, host, FUZZ_BUILD);
    } catch (error) {
      return { problems: [`${JSON.stringify(args)} threw ${error}`], sent };
    }
    sent += host.requests.length;
    const problems = [
      ...problemsOfEnd(args, code, host),
      ...problemsOfConfig(args, before, host.files.nodes.get(CONFIG_FILE)),
      ...problemsOfConsent(args, host, record),
      ...host.requests.map(problemOf).filter((problem) => problem !== undefined),
      ...leaks(host, planted, texts),
      ...host.files.held.map((path) => `${path} is still locked`),
    ];
    if (problems.length > 0) {
      return { problems: problems.map((problem) => `${JSON.stringify(args)} (${code}): ${problem}`), sent };
    }
  }
  return { problems: [], sent };
}

/** Its exit code, what it printed, and how much. */
function problemsOfEnd(args: readonly string[], code: number, host: MemoryHost): string[] {
  const { out, err } = host;
  const problems: string[] = [];
  const known = code === 0 || code === 2 || (code === 3 && args.includes("disable")) ||
    (code === 4 && args.includes("flush"));
  if (!known) problems.push(`exit code ${code}: ${err}`);
  if (/\n\s+at |\.ts:\d|Error:/.test(err)) problems.push(`a stack trace: ${err}`);
  const lines = err.replace(NOTICE, "").split("\n");
  if (lines.length > MOST_LINES || lines.some(({ length }) => length > LONGEST_LINE)) problems.push(`too much: ${err}`);
  if (code === 2 && out !== "") problems.push(`it printed ${out}`);
  const options = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const helps = ["help", "-h", "--help", "--version", "-V", "--json=false"].some((word) => args.includes(word));
  if (code === 2 || helps || !options.includes("--json")) return problems;
  // In debug mode flush prints reports, one a line.
  const isLines = args.includes("log") || (args.includes("flush") && host.variables.RASA_TELEMETRY_DEBUG);
  const documents = isLines && !isJson(out) ? out.split("\n").slice(0, -1) : [out];
  return [...problems, ...documents.filter((text) => !isJson(text)).map((text) => `no JSON: ${text}`)];
}

const WRITERS = ["enable", "disable", "init", "track", "identify", "flush"];
const OUR_KEYS = ["enabled", "rasa_user_id", "date"];

/** Only what is ours in `global.yml` may have changed, only by who may, and only where it could be understood. */
function problemsOfConfig(args: readonly string[], before: Node | undefined, after: Node | undefined): string[] {
  if (before === after) return [];
  if (!args.some((word) => WRITERS.includes(word))) return ["it changed global.yml"];
  const [old, now] = [textOf(before), textOf(after)];
  const [oldOthers, nowOthers] = [othersOf(old), othersOf(now)];
  if (oldOthers === undefined || oldOthers !== nowOthers) return [`global.yml was ${old} and is ${now}`];
  const comments = old.split(/\r?\n/).filter((line) => line.trimStart().startsWith("#"));
  return comments.filter((comment) => !now.includes(comment)).map((comment) => `it lost ${comment}`);
}

/** What is not ours in a `global.yml`, as JSON; undefined where it can't be understood. */
function othersOf(text: string): string | undefined {
  try {
    const root: unknown = parse(text, { schema: "failsafe" });
    if (Array.isArray(root)) return undefined;
    const others = new Map(Object.entries(root ?? {}));
    for (const section of ["metrics", "traits"]) {
      const inner = Object.entries(others.get(section) ?? {}).filter(([key]) => !OUR_KEYS.includes(key));
      others.delete(section);
      if (inner.length > 0) others.set(section, inner);
    }
    return JSON.stringify([...others]);
  } catch {
    return undefined;
  }
}

/** What can be told of consent without asking the program, and what it must not have done then. */
function problemsOfConsent(args: readonly string[], host: MemoryHost, record: string): string[] {
  const { RASA_TELEMETRY_HOME: home, RASA_TELEMETRY_ENABLED: enabled, DO_NOT_TRACK: track = "0", HOME } =
    host.variables;
  const { RASA_LICENSE, RASA_PRO_LICENSE } = host.variables;
  const unlicensed = !RASA_LICENSE && !RASA_PRO_LICENSE;
  const problems: string[] = [];
  if (home === undefined && HOME === "/home/ada") {
    const outside = host.files.writes.filter((path) => !path.startsWith("/home/ada/"));
    problems.push(...outside.map((path) => `it wrote ${path}`));
  }
  const saysOn = enabled !== undefined && ["true", "1", "yes", "on"].includes(enabled.toLowerCase());
  const switchedOff = (enabled !== undefined && !saysOn) || !["", "0"].includes(track);
  const chooses = ["enable", "disable", "reset-id"].some((word) => args.includes(word));
  const sent = host.requests.length > 0;
  if (unlicensed && switchedOff && sent) problems.push("it sent something although the environment says off");
  if (unlicensed && switchedOff && !chooses) {
    // Whether the log could be written is found out by adding nothing to it.
    const changes = host.files.writes.filter((path) => !path.endsWith("/sent.log"));
    problems.push(...changes.map((path) => `it wrote ${path}`));
  }
  if (saysOn || !sent) return problems;
  if (!record.includes("asked") && !record.includes("told")) problems.push("it sent something, and nobody was told");
  if (unlicensed && isHeld(record, host.now())) problems.push("it sent something within the hour");
  return problems;
}

/** Whether the record says that the notice was shown less than an hour ago, and nobody answered. */
function isHeld(text: string, now: Date): boolean {
  if (!isJson(text)) return false;
  const { told, asked } = Object(JSON.parse(text));
  return asked === null && now.getTime() - new Date(Object(told).at).getTime() < HOUR_MS;
}

/** Where a secret came out: what was sent, printed, or written by the program itself. */
function leaks(host: MemoryHost, planted: ReadonlySet<Node>, texts: readonly string[]): string[] {
  const problems: string[] = [];
  if (isTold(CANARY, host.out + host.err)) problems.push(`it printed ${host.out}${host.err}`);
  const sent = host.requests.length === 0 ? "" : JSON.stringify(host.requests);
  if (holdsSecret(sent)) problems.push(`it sent ${sent}`);
  for (const [path, node] of host.files.nodes) {
    if (planted.has(node) || ["/global.yml", "/consent.json"].some((name) => path.endsWith(name))) continue;
    const text = textOf(node);
    // What the program adds to a file stands behind what was planted there.
    const old = Math.max(0, ...texts.map((planted) => text.startsWith(planted) ? planted.length : 0));
    const added = text.slice(old);
    if (holdsSecret(added)) problems.push(`it wrote ${path}: ${text}`);
  }
  return problems;
}

function holdsSecret(text: string): boolean {
  return isTold(CANARY, text) || isTold(OWN_CANARY, text);
}

function textOf(node: Node | undefined): string {
  return node?.kind === "file" ? new TextDecoder().decode(node.content) : "";
}
