import type { BuildConfig } from "../../../lib/build_config.ts";
import { type Variable, VARIABLES } from "../../../lib/host/variables.ts";
import type { PropertyRule } from "../../../lib/report/catalogue.ts";
import { Dice, encode, mutate } from "../machine/dice.ts";
import { anyConfig, anyEvent, anySecret, anyStdin, CANARY, JSON_PIECES, OWN_CANARY, valueFor } from "./fuzz_inputs.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "./licence.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../machine/memory_host.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  QUEUE,
  RECORD_FILE,
  recordOf,
  runHere,
  STORED_OFF,
  STORED_ON,
  TOLD,
  toldAt,
} from "../scenes/scene.ts";

const issuer = await makeKeyPair();
/** A build that the tests can sign licences for. */
export const FUZZ_BUILD: BuildConfig = { ...BUILD, licenceKey: await pemOf(issuer.publicKey) };
const LOCKING = await signToken(
  issuer.privateKey,
  claimsAt(NOON, { scope: `rasa:pro ${LOCKING_SCOPE}`, email: CANARY }),
);
const PLAIN = await signToken(issuer.privateKey, claimsAt(NOON, { jti: CANARY }));

/** Files of reports that wait, as the program writes them. */
export const QUEUED: readonly (readonly [name: string, text: string])[] = await recordReports();

/** What a machine is, and what is run on it, one after the other. */
export interface Case {
  readonly options: MemoryHostOptions;
  readonly commands: readonly (readonly string[])[];
}

const COMMANDS = [
  "status",
  "flush",
  "enable",
  "disable",
  "init",
  "inspect",
  "events",
  "log",
  "export",
  "identify",
  "track",
  "reset-id",
] as const;

function anyCommand(dice: Dice, names: readonly (typeof COMMANDS[number])[] = COMMANDS): readonly string[] {
  const name = dice.pick(names);
  if (name === "export") return [name, "-"];
  const operand = name === "track" || (["inspect", "events"].includes(name) && dice.oneIn(2))
    ? [anyEvent(dice).name]
    : [];
  const json = dice.oneIn(3) ? [] : ["--json"];
  const timeout = ["track", "identify"].includes(name) && dice.oneIn(3)
    ? ["--timeout", dice.pick(["0", "0.5", "3"])]
    : [];
  return [name, ...operand, ...json, ...timeout];
}

/** Records of consent: mostly of a user who said yes, because without one nothing is sent. */
const RECORDS: readonly string[] = [
  ...Array(4).fill(ASKED[RECORD_FILE]),
  TOLD[RECORD_FILE],
  toldAt(NOON.toISOString())[RECORD_FILE],
  recordOf(),
];

/** What the user's choice and the record of consent may be. */
function anyConsent(dice: Dice): Record<string, string | Uint8Array> {
  const record = dice.pick(RECORDS);
  return {
    [CONFIG_FILE]: dice.oneIn(8) ? STORED_OFF : STORED_ON,
    // Without a secret: what this program keeps for itself it may carry on.
    [RECORD_FILE]: dice.oneIn(6) ? encode(dice, mutate(dice, record, RECORD_PIECES)) : record,
  };
}

const RECORD_PIECES = ["{", "}", '"', "null", "1", "[]", "\n", '"asked": {}', "true", "2031-01-01T00:00:00Z", "1970"];

/** Odd input for `track` and `identify` on standard input. */
function onStdin(dice: Dice): Case {
  const event = dice.oneIn(8) ? undefined : anyEvent(dice);
  const command = event === undefined ? ["identify"] : ["track", event.name];
  const env = dice.oneIn(10) ? { RASA_TELEMETRY_DEBUG: "true" } : {};
  return {
    options: { files: ASKED, stdin: anyStdin(dice, event), env },
    commands: [[...command, ...(dice.oneIn(3) ? [] : ["--json"]), ...(dice.oneIn(2) ? [] : ["--timeout", "0"])]],
  };
}

function onConfig(dice: Dice): Case {
  const env = dice.oneIn(4) ? { RASA_TELEMETRY_ENABLED: dice.pick(["true", "false"]) } : {};
  const commands = [anyCommand(dice, ["enable", "disable", "status", "track", "init", "identify", "flush"])];
  if (dice.oneIn(3)) commands.push(anyCommand(dice));
  return { options: { files: { ...anyConsent(dice), [CONFIG_FILE]: anyConfig(dice) }, env }, commands };
}

function onQueue(dice: Dice): Case {
  const files = anyConsent(dice);
  for (let count = 0; count <= dice.below(6); count++) {
    const [name, text] = dice.pick(QUEUED);
    files[`${QUEUE}/${fileName(dice, name)}`] = encode(dice, changedReport(dice, text));
  }
  const state = JSON.stringify({
    notBefore: dice.pick([0, NOON.getTime() + 1_000, 1e16, -1]),
    serverNotBefore: 0,
    failures: 3,
  });
  const aside: Readonly<Record<string, string>> = {
    "delivery.json": state,
    "sent.log": `{"sentAt":"${OWN_CANARY}","outcome":"rejected","reason":"x","report":{"event":"${OWN_CANARY}"}}\n{"`,
    dropped: "....",
    disabled: "",
  };
  for (const [name, text] of Object.entries(aside)) {
    if (dice.oneIn(name === "disabled" ? 12 : 3)) {
      const changed = dice.oneIn(2)
        ? text
        : mutate(dice, text, name === "sent.log" ? ["{", "}", '"', "\n", "null"] : JSON_PIECES);
      files[`${QUEUE}/${name}`] = encode(dice, changed);
    }
  }
  const commands = [anyCommand(dice, ["flush", "flush", "track", "status", "log", "enable", "disable"])];
  if (dice.oneIn(2)) commands.push(anyCommand(dice, ["flush", "status", "log"]));
  const respond = dice.pick([200, 200, 200, 413, 400, 503]);
  return { options: { files, respond }, commands };
}

/** A name of a file in the queue's folder: right, or nearly. */
function fileName(dice: Dice, right: string): string {
  if (!dice.oneIn(4)) return right;
  const wrong = [`${right}.tmp`, `${right}.broken`, right.slice(1), right.toUpperCase(), `${right}x`, `${CANARY}.json`];
  const kinds = ["untold", "told", "asked", "environment", "licence", "nothing"];
  const other = right.replace(".asked.", `.${dice.pick(kinds)}.`);
  return dice.pick([...wrong, right.replace(/^\d{15}/, "999999999999999"), other]);
}

/** A report in which somebody has changed one value, or the text of which somebody has changed. */
export function changedReport(dice: Dice, text: string): string {
  if (dice.oneIn(4)) return text;
  if (dice.oneIn(2)) return mutate(dice, text, JSON_PIECES);
  const file: unknown = JSON.parse(text);
  let at: unknown = file;
  for (let depth = dice.below(4); depth >= 0 && typeof at === "object" && at !== null; depth--) {
    const keys = Object.keys(at);
    const key = dice.pick([...keys, CANARY]);
    const inner: unknown = Reflect.get(at, key);
    if (depth === 0 || typeof inner !== "object" || inner === null) {
      Reflect.set(at, key, dice.oneIn(3) ? anySecret(dice) : valueFor(dice, anyRule(dice)));
      break;
    }
    at = inner;
  }
  return JSON.stringify(file);
}

function anyRule(dice: Dice): PropertyRule {
  const { properties } = anyEvent(dice);
  const rules = Object.values(properties);
  return rules.length > 0 ? dice.pick(rules) : anyRule(dice);
}

/** Variables whose value its owner sees again, or that decide where everything else is. */
const PLACES = ["HOME", "USERPROFILE", "RASA_TELEMETRY_HOME"];
const SWITCHES = ["true", "TRUE", " true", "1", "yes", "on", "0", "", "false", "no", "tRuE\n", "２", "\uFFFD"];

function onEnvironment(dice: Dice): Case {
  // Object.keys forgets the names' type.
  const names = Object.keys(VARIABLES) as Variable[];
  const env: Partial<Record<Variable, string>> = {};
  for (const name of dice.some(5, () => dice.pick(names))) env[name] = anyValue(dice, name);
  if (dice.oneIn(3)) env.RASA_TELEMETRY_ENABLED = dice.pick(SWITCHES);
  if (dice.oneIn(6)) env.DO_NOT_TRACK = dice.pick(SWITCHES);
  const files = dice.oneIn(3) ? {} : anyConsent(dice);
  const terminal = { stdin: dice.oneIn(4), stdout: dice.oneIn(4), stderr: dice.oneIn(4) };
  const cwd = dice.pick(["/project", "/", null, `/${OWN_CANARY}`]);
  return { options: { env, files, terminal, cwd, stdin: "n\n" }, commands: [anyCommand(dice)] };
}

function anyValue(dice: Dice, name: string): string {
  const canary = PLACES.includes(name) ? OWN_CANARY : CANARY;
  return dice.pick([
    canary,
    `/${canary}/x`,
    "",
    " ",
    "/",
    ".",
    "..",
    "\uFFFD",
    "a\u0000b",
    `\u001b[31m${canary}`,
    "x".repeat(500),
    "/home/ada",
    "relative",
    MACHINE_ID.toUpperCase(),
    ...SWITCHES,
  ]);
}

const ARGUMENTS = [
  "--json",
  "--json=false",
  "--no-json",
  "--timeout",
  "--timeout=-1",
  "--timeout=1e9",
  "--timeout=0.0001",
  "--last=999999999999",
  "--last",
  "--",
  "-",
  "-j",
  "-h",
  "--help",
  "--version",
  "-V",
  "",
  " ",
  "__proto__",
  "--__proto__",
  "--constructor=1",
  "--toString",
  "help",
  "Shell Started",
  "shell started",
  "Training Startd",
  OWN_CANARY,
  `--${OWN_CANARY}`,
  `--${OWN_CANARY}=${OWN_CANARY}`,
  "\u001b[2J\u0007",
  "\u202eevil",
  "x".repeat(10_000),
  "\ud800",
];

function onArguments(dice: Dice): Case {
  const args = [...(dice.oneIn(6) ? [] : anyCommand(dice)), ...dice.some(4, () => dice.pick(ARGUMENTS))];
  if (dice.oneIn(3)) args.reverse();
  return { options: { files: ASKED }, commands: [args] };
}

const LICENCE_PIECES = [
  ".",
  "=",
  "-",
  "_",
  "A",
  "eyJ",
  " ",
  "\n",
  "'",
  '"',
  "#",
  "${HOME}",
  "\\n",
  CANARY,
  btoa(CANARY),
];

function onLicence(dice: Dice): Case {
  const licence = dice.pick([LOCKING, PLAIN, CANARY, "a.b.c", `${btoa('{"alg":"none"}')}.${btoa(CANARY)}.`]);
  const text = dice.oneIn(3) ? licence : mutate(dice, licence, LICENCE_PIECES);
  const files = anyConsent(dice);
  const env: Partial<Record<Variable, string>> = {};
  env[dice.pick<Variable>(["RASA_LICENSE", "RASA_PRO_LICENSE"])] = text;
  if (dice.oneIn(3)) env.RASA_TELEMETRY_ENABLED = dice.pick(SWITCHES);
  return {
    options: { files, env },
    commands: [anyCommand(dice, ["track", "status", "disable", "inspect", "init", "flush"])],
  };
}

/** Several at once. */
function onEverything(dice: Dice): Case {
  const cases = [onStdin(dice), onConfig(dice), onQueue(dice), onLicence(dice), onEnvironment(dice)];
  const merged = cases.filter(() => !dice.oneIn(3)).map(({ options }) => options);
  return {
    options: {
      ...Object.assign({}, ...merged),
      files: Object.assign({}, ...merged.map(({ files }) => files ?? {})),
      env: Object.assign({}, ...merged.map(({ env }) => env ?? {})),
    },
    commands: Array.from({ length: 1 + dice.below(3) }, () => anyCommand(dice)),
  };
}

/** Where the odd input is, in how many cases, and what makes a case. */
export const SURFACES: readonly (readonly [string, number, (dice: Dice) => Case])[] = [
  ["standard input", 6_000, onStdin],
  ["global.yml", 5_000, onConfig],
  ["the queue's folder", 3_000, onQueue],
  ["the environment", 2_500, onEnvironment],
  ["the command line", 2_500, onArguments],
  ["the licence", 1_500, onLicence],
  ["everything at once", 1_000, onEverything],
];

/** What reports that wait look like: a file's name and its text, of every event and of traits. */
async function recordReports(): Promise<[name: string, text: string][]> {
  const host = new MemoryHost({ files: ASKED });
  // Other identifiers than those of the reports that the cases make.
  for (let used = 0; used < 1_000; used++) host.uuid();
  for (let count = 0; count < 30; count++) {
    const dice = new Dice(count);
    const event = count % 5 === 0 ? undefined : anyEvent(dice);
    host.input = anyStdin(dice, event);
    await runHere(host, ...(event === undefined ? ["identify"] : ["track", event.name]), "--timeout", "0");
  }
  return host.files.names(QUEUE).filter((name) => /^\d{15}-.*\.json$/.test(name))
    .map((name) => [name, host.files.text(`${QUEUE}/${name}`) ?? ""]);
}
