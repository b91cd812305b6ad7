import { run } from "../../lib/cli.ts";
import { QUESTION } from "../../lib/consent/question.ts";
import { ConnectFault, FileFault } from "../../lib/host/host.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../support/inputs/licence.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  QUEUE,
  RECORD_FILE,
  STORED_OFF,
  STORED_ON,
  toldAt,
} from "../support/scenes/scene.ts";

/**
 * Situations in which the program says something on standard error: together they bring about everything that it says.
 * Each is brought about on a machine in memory, whose owner is called ada.
 */

/** A situation in which the program says something. */
interface Situation {
  readonly when: string;
  readonly args: readonly string[];
  readonly options?: MemoryHostOptions;
  readonly build?: Partial<typeof BUILD>;
  /** Commands that ran before. */
  readonly before?: readonly (readonly string[])[];
  readonly prepare?: (host: MemoryHost) => void;
}

/** What the program said. */
export interface Said {
  readonly when: string;
  readonly command: string;
  readonly text: string;
  readonly code: number;
}

const SAID_YES: MemoryHostOptions = { files: ASKED };
/** The notice was shown at noon, an hour before anything of it leaves. */
const TOLD: MemoryHostOptions = { files: toldAt(NOON.toISOString()) };
const BROKEN: MemoryHostOptions = { files: { [CONFIG_FILE]: "metrics: [" } };
const POLICY = { "/project/.rasa-telemetry.yml": "enabled: false\n" };
const TRACK = ["track", "Shell Started"];
const QUEUE_ONLY = [...TRACK, "--timeout", "0"];
const issuer = await makeKeyPair();
const LICENSED = { licenceKey: await pemOf(issuer.publicKey) };
const LOCKING = await signToken(issuer.privateKey, claimsAt(NOON, { scope: LOCKING_SCOPE }));
const SECURE = { endpoint: "https://collector.invalid" };
const PROXY = { HTTPS_PROXY: "http://proxy:3128" };
const LEAKING = { HTTPS_PROXY: "http://ada:secret@proxy:3128" };

/** Makes every operation of these kinds fail. */
function failing(code: string, ...actions: readonly string[]): (host: MemoryHost) => void {
  return (host) => {
    host.files.before = ({ action }) => {
      if (actions.includes(action)) throw new FileFault("do it", code);
    };
  };
}

/** Types something on the terminal as soon as the program has said that, once. */
function typedAfter(said: string, typed: string): (host: MemoryHost) => void {
  return (host) => {
    const say = host.say.bind(host);
    host.say = (text) => {
      if (text === said) host.keyboard?.type(typed);
      return say(text);
    };
  };
}

function given(stdin: MemoryHostOptions["stdin"]): MemoryHostOptions {
  return { ...SAID_YES, stdin };
}

const SITUATIONS: Readonly<Record<string, readonly Situation[]>> = {
  "Command line": [
    { when: "no such command", args: ["trak"] },
    { when: "nothing is near", args: ["xyzzy"] },
    { when: "an operand is missing", args: ["track"] },
    { when: "an event is not in quotes", args: ["track", "Shell", "Started"] },
    { when: "an operand too many", args: ["status", "now"] },
    { when: "no such event", args: ["track", "Shell Startd"] },
    { when: "no such event, nothing is near", args: ["events", "xyzzy xyzzy"] },
    { when: "no such event, but nearly the traits", args: ["inspect", "identfy"] },
    { when: "no such option", args: ["status", "--jsn"] },
    { when: "no number of seconds", args: ["flush", "--timeout", "soon"] },
    { when: "no whole number", args: ["log", "--last", "few"] },
    { when: "no moment", args: ["log", "--since", "yesterday"] },
    { when: "nothing behind an option", args: ["log", "--event"] },
    { when: "no such operand of log", args: ["log", "claer"] },
    { when: "clear with a filter", args: ["log", "clear", "--last", "3"] },
    { when: "options that exclude each other", args: ["log", "--summary", "--follow"] },
    { when: "no such shell", args: ["completions", "zhs"] },
    { when: "no such shell, nothing is near", args: ["completions", "tcl"] },
  ],
  "Standard input of track and identify": [
    { when: "no JSON", args: TRACK, options: given("{") },
    { when: "no object", args: TRACK, options: given("[]") },
    { when: "keys that nobody knows", args: TRACK, options: given({ a: 1, b: 2 }) },
    { when: "a part that is no object", args: TRACK, options: given({ properties: 1 }) },
    { when: "too much", args: TRACK, options: given(" ".repeat(1024 * 1024 + 1)) },
    { when: "it is open and silent", args: TRACK, options: given("never") },
    {
      when: "it begins and doesn't end",
      args: TRACK,
      options: SAID_YES,
      prepare: (host) => {
        const begun = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
        Object.defineProperty(host, "stdin", { get: begun });
      },
    },
    {
      when: "it can't be read",
      args: TRACK,
      options: SAID_YES,
      prepare: (host) => {
        const broken = () => new ReadableStream({ start: (controller) => controller.error(new Error("EIO")) });
        Object.defineProperty(host, "stdin", { get: broken });
      },
    },
    { when: "the same for traits", args: ["identify"], options: given("{") },
  ],
  "Lines of stream": [
    { when: "no object", args: ["stream"], options: given("nonsense\n") },
    { when: "no event", args: ["stream"], options: given("{}\n") },
    { when: "no such event", args: ["stream"], options: given('{"event": "Shell Startd"}\n') },
    { when: "keys that nobody knows", args: ["stream"], options: given('{"event": "Shell Started", "a": 1}\n') },
    {
      when: "a part that is no object",
      args: ["stream"],
      options: given('{"event": "Shell Started", "context": 1}\n'),
    },
    { when: "no moment", args: ["stream"], options: given('{"event": "Shell Started", "timestamp": "now"}\n') },
    { when: "no UTF-8", args: ["stream"], options: given(new Uint8Array([0xff, 0x0a])) },
    { when: "too long", args: ["stream"], options: given(`${" ".repeat(1024 * 1024)}\n`) },
    { when: "more than twenty bad lines", args: ["stream"], options: given("x\n".repeat(22)) },
  ],
  "Switching on and off": [
    { when: "on", args: ["enable"] },
    { when: "on already", args: ["enable"], options: SAID_YES },
    { when: "on, but a variable says off", args: ["enable"], options: { env: { DO_NOT_TRACK: "1" } } },
    { when: "off", args: ["disable"], options: SAID_YES },
    {
      when: "off, while a request is under way that doesn't end",
      args: ["disable"],
      options: SAID_YES,
      prepare: (host) => void host.files.lockedElsewhere.add(`${QUEUE}/sending.lock`),
    },
    { when: "everything stays on this machine", args: ["enable", "--local"] },
    { when: "everything stays on this machine already", args: ["enable", "--local"], before: [["enable", "--local"]] },
    { when: "on, but a policy says off", args: ["enable"], options: { files: POLICY } },
    { when: "a new id", args: ["reset-id"], options: SAID_YES },
    { when: "a new id, and nothing else is left", args: ["reset-id", "--forget"], options: SAID_YES },
    {
      when: "a request has written its log meanwhile, which can't be deleted",
      args: ["reset-id", "--forget"],
      options: SAID_YES,
      prepare: (host) => {
        host.files.before = ({ path }) => {
          if (path === `${QUEUE}/sending.lock`) failing("EACCES", "remove")(host);
        };
      },
    },
    {
      when: "a new id, but a fleet has one",
      args: ["reset-id"],
      options: { ...SAID_YES, env: { RASA_TELEMETRY_MACHINE_ID: "a".repeat(32) } },
    },
    {
      when: "another process holds the lock, and an id is asked for",
      args: ["reset-id"],
      prepare: (host) => void host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`),
    },
    {
      when: "a newer version wrote the record of consent",
      args: ["enable"],
      options: { files: { ...ASKED, [RECORD_FILE]: '{"format":2}' } },
    },
    { when: "off, but a variable says on", args: ["disable"], options: { env: { RASA_TELEMETRY_ENABLED: "1" } } },
    { when: "the licence forbids it", args: ["disable"], options: { env: { RASA_LICENSE: LOCKING } }, build: LICENSED },
    { when: "no home is known", args: ["disable"], options: { env: { HOME: "" } } },
    { when: "global.yml can't be understood", args: ["enable"], options: BROKEN },
    { when: "global.yml can't be understood, and the answer is no", args: ["disable"], options: BROKEN },
    { when: "nothing can be written", args: ["enable"], prepare: failing("EROFS", "makeDirectory", "create", "lock") },
    {
      when: "nothing can be written, and the answer is no",
      args: ["disable"],
      prepare: failing("EROFS", "makeDirectory", "create", "lock", "append", "rename"),
    },
    {
      when: "global.yml is written in a way that can't be changed in one place",
      args: ["enable"],
      options: { files: { [CONFIG_FILE]: "metrics: &m\n  enabled: false\ntraits: *m\n" } },
    },
    {
      when: "another tool changes global.yml all the time",
      args: ["enable"],
      options: { files: { [CONFIG_FILE]: STORED_OFF } },
      prepare: (host) => {
        let count = 0;
        host.files.before = ({ action, path }) => {
          if (action === "read" && path === CONFIG_FILE) host.files.plant(path, `${STORED_OFF}# ${count++}\n`);
        };
      },
    },
    {
      when: "another process holds the lock of global.yml",
      args: ["enable"],
      prepare: (host) => void host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`),
    },
    {
      when: "what waits can't be deleted",
      args: ["disable"],
      options: SAID_YES,
      before: [QUEUE_ONLY],
      prepare: failing("EPERM", "remove"),
    },
    {
      when: "an earlier no can't be taken back",
      args: ["enable"],
      options: { files: { ...ASKED, [`${QUEUE}/disabled`]: "" } },
      prepare: failing("EPERM", "remove"),
    },
  ],
  "The notice": [
    { when: "init asks, and nobody answers", args: ["init"], options: { terminal: { stdin: true, stderr: true } } },
    { when: "nobody was told yet", args: ["init"] },
    {
      when: "the same on a terminal, and the answer is no sense at first",
      args: ["init"],
      options: { stdin: "maybe\nn\n", terminal: { stdin: true, stderr: true } },
    },
    {
      when: "the same on a terminal, and something was typed right after the question",
      args: ["init"],
      options: { stdin: "n\n", terminal: { stdin: true, stderr: true } },
      prepare: typedAfter(`${QUESTION} `, "\n"),
    },
    {
      when: "under a licence that forbids off",
      args: ["init"],
      options: { env: { RASA_LICENSE: LOCKING } },
      build: LICENSED,
    },
    { when: "global.yml can't be understood", args: ["init"], options: BROKEN },
  ],
  "Delivering what waits": [
    { when: "nothing waits", args: ["flush"], options: SAID_YES },
    { when: "all is delivered", args: ["flush"], options: SAID_YES, before: [QUEUE_ONLY] },
    { when: "telemetry is off", args: ["flush"], options: { files: { [CONFIG_FILE]: STORED_OFF } } },
    { when: "nobody was told yet", args: ["flush"], before: [TRACK] },
    { when: "the hour after the notice isn't over", args: ["flush"], options: TOLD, before: [TRACK] },
    {
      when: "debug mode",
      args: ["flush"],
      options: { ...SAID_YES, env: { RASA_TELEMETRY_DEBUG: "1" } },
    },
    { when: "the server fails", args: ["flush"], options: { ...SAID_YES, respond: 503 }, before: [QUEUE_ONLY] },
    {
      when: "the server asked to wait",
      args: ["flush"],
      options: { ...SAID_YES, respond: () => new Response("{}", { status: 429, headers: { "retry-after": "60" } }) },
      before: [QUEUE_ONLY, ["flush"]],
    },
    { when: "the time is up", args: ["flush", "--timeout", "0"], options: SAID_YES, before: [QUEUE_ONLY] },
    {
      when: "another process is at it",
      args: ["flush"],
      options: SAID_YES,
      before: [QUEUE_ONLY],
      prepare: (host) => void host.files.lockedElsewhere.add(`${QUEUE}/delivery.lock`),
    },
    {
      when: "nothing can be locked",
      args: ["flush"],
      options: SAID_YES,
      before: [QUEUE_ONLY],
      prepare: failing("ENOLCK", "lock"),
    },
    {
      when: "the build has no write key",
      args: ["flush"],
      options: SAID_YES,
      before: [QUEUE_ONLY],
      build: { writeKey: undefined },
    },
    {
      when: "a proxy's password would get out",
      args: ["flush"],
      options: { ...SAID_YES, env: LEAKING },
      before: [QUEUE_ONLY],
      build: SECURE,
    },
    {
      when: "a proxy's address isn't understood",
      args: ["flush"],
      options: { ...SAID_YES, env: { HTTPS_PROXY: "socks4://proxy:1080" } },
      before: [QUEUE_ONLY],
      build: SECURE,
    },
    {
      when: "the proxy wants a user and password",
      args: ["flush"],
      options: { ...SAID_YES, env: PROXY, respond: new ConnectFault("No connection", { proxy: "wants a password" }) },
      before: [QUEUE_ONLY],
      build: SECURE,
    },
    {
      when: "the proxy refuses to connect",
      args: ["flush"],
      options: { ...SAID_YES, env: PROXY, respond: new ConnectFault("No connection", { proxy: "refuses" }) },
      before: [QUEUE_ONLY],
      build: SECURE,
    },
    {
      when: "the same with --quiet, which leaves only what is wrong",
      args: ["flush", "-q"],
      options: { ...SAID_YES, respond: 503 },
      before: [QUEUE_ONLY],
    },
  ],
  "Warnings of status and inspect": [
    { when: "global.yml can't be understood", args: ["status"], options: BROKEN },
    {
      when: "the same, but a variable decides",
      args: ["status"],
      options: { ...BROKEN, env: { RASA_TELEMETRY_ENABLED: "1" } },
    },
    {
      when: "a variable says off, the licence on",
      args: ["status"],
      options: { env: { RASA_LICENSE: LOCKING, DO_NOT_TRACK: "1" } },
      build: LICENSED,
    },
    { when: "the licence is none", args: ["status"], options: { env: { RASA_LICENSE: "nonsense" } } },
    { when: "the home is no absolute path", args: ["status"], options: { env: { RASA_TELEMETRY_HOME: "here" } } },
    {
      when: "a newer version wrote the record of consent",
      args: ["status"],
      options: { files: { ...ASKED, [RECORD_FILE]: '{"format":2}' } },
    },
    {
      when: "a no was written over",
      args: ["status"],
      options: SAID_YES,
      before: [["disable"]],
      // By a program that had read the file before.
      prepare: (host) => host.files.plant(CONFIG_FILE, STORED_ON),
    },
    {
      when: "the build has a write key, and the environment another",
      args: ["status"],
      options: { ...SAID_YES, env: { RASA_TELEMETRY_WRITE_KEY: "theirs" } },
    },
    {
      when: "the machine id is none",
      args: ["status"],
      options: { ...SAID_YES, env: { RASA_TELEMETRY_MACHINE_ID: "ada" } },
    },
    {
      when: "a proxy's password would get out",
      args: ["status"],
      options: { ...SAID_YES, env: LEAKING },
      build: SECURE,
    },
    {
      when: "a proxy's address isn't understood",
      args: ["status"],
      options: { ...SAID_YES, env: { HTTPS_PROXY: "socks4://proxy:1080" } },
      build: SECURE,
    },
    {
      when: "the folder of telemetry is closed to this user",
      args: ["status"],
      options: SAID_YES,
      prepare: failing("EACCES", "list", "read"),
    },
    {
      when: "the proxy refused the last request",
      args: ["status"],
      options: { ...SAID_YES, env: PROXY, respond: new ConnectFault("No connection", { proxy: "refuses" }) },
      before: [TRACK],
      build: SECURE,
    },
    {
      when: "the file of authorities isn't there",
      args: ["status"],
      options: { ...SAID_YES, env: { SSL_CERT_FILE: "/ca.der" } },
      build: SECURE,
    },
    {
      when: "the file of authorities has none",
      args: ["status"],
      options: { files: { ...ASKED, "/ca.der": "" }, env: { SSL_CERT_FILE: "/ca.der" } },
      build: SECURE,
    },
  ],
  "The page of inspect": [
    {
      when: "the file is there already",
      args: ["inspect", "--html", "/project/page.html"],
      options: { files: { "/project/page.html": "" } },
    },
    { when: "the folder is missing", args: ["inspect", "--html", "/nowhere/page.html"] },
    { when: "the page and JSON at once", args: ["inspect", "--html", "page.html", "--json"] },
  ],
  "The export": [
    {
      when: "something is there already",
      args: ["export", "/project/a.json"],
      options: { files: { "/project/a.json": "" } },
    },
    { when: "the folder is missing", args: ["export", "/nowhere/a.json"] },
    { when: "no file is named", args: ["export"] },
    { when: "it was written", args: ["export", "/project/a.json"], options: SAID_YES },
  ],
  "Debug mode": [
    { when: "telemetry is off", args: TRACK, options: { env: { RASA_TELEMETRY_DEBUG: "1", DO_NOT_TRACK: "1" } } },
    { when: "there is no machine id yet", args: TRACK, options: { env: { RASA_TELEMETRY_DEBUG: "1" } } },
    {
      when: "debug mode shows a report from which something was withheld",
      args: TRACK,
      options: { ...SAID_YES, env: { RASA_TELEMETRY_DEBUG: "1" }, stdin: { properties: { type: 3, other: 1 } } },
    },
  ],
  "The log": [
    { when: "it is empty", args: ["log"], options: SAID_YES },
    { when: "that of local mode is empty", args: ["log", "--local"], options: SAID_YES },
    {
      when: "it can't be read",
      args: ["log"],
      options: SAID_YES,
      before: [TRACK],
      prepare: (host) => host.files.plant(`${QUEUE}/sent.log`, "x".repeat(3 * 1024 * 1024)),
    },
    { when: "nothing in it is meant", args: ["log", "--event", "Project Created"], options: SAID_YES, before: [TRACK] },
    {
      when: "it is followed on a terminal",
      args: ["log", "--follow"],
      options: { ...SAID_YES, terminal: { stdout: true } },
      before: [TRACK],
      prepare: (host) => void (host.stdoutBroken = true),
    },
    { when: "it is cleared", args: ["log", "clear"], options: SAID_YES, before: [TRACK] },
    { when: "it is cleared, but was empty", args: ["log", "clear"], options: SAID_YES },
    {
      when: "it can't be deleted",
      args: ["log", "clear"],
      options: SAID_YES,
      before: [TRACK],
      prepare: failing("EPERM", "remove"),
    },
  ],
  "The program itself": [
    { when: "its own files would be replaced", args: ["export", RECORD_FILE, "--overwrite"], options: SAID_YES },
    {
      when: "its output goes to a full disk",
      args: ["log", "--json"],
      options: SAID_YES,
      before: [TRACK],
      prepare: (host) => void (host.outputFault = "ENOSPC"),
    },
    {
      when: "a fault that nobody thought of",
      args: ["status"],
      prepare: (host) => {
        host.files.before = () => {
          throw new RangeError("/home/ada/secret");
        };
      },
    },
  ],
};

/** Brings everything about, and returns what was said, by subject. */
export async function provokeMessages(): Promise<Record<string, Said[]>> {
  const said: Record<string, Said[]> = {};
  for (const [subject, situations] of Object.entries(SITUATIONS)) {
    said[subject] = [];
    for (const situation of situations) said[subject].push(await provoke(situation));
  }
  return said;
}

async function provoke({ when, args, options = {}, build, before = [], prepare }: Situation): Promise<Said> {
  const host = new MemoryHost(options);
  const here = { ...BUILD, ...build };
  for (const command of before) {
    await run(command, host, { ...here, writeKey: BUILD.writeKey });
    host.relinquished = false;
  }
  prepare?.(host);
  host.err = "";
  const code = await run(args, host, here);
  const command = ["rasa-telemetry", ...args].map((word) => /^[\w-]+$/.test(word) ? word : JSON.stringify(word)).join(
    " ",
  );
  return { when, command, text: host.err, code };
}
