import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { readConsent } from "../../lib/consent/consent.ts";
import { noticeText } from "../../lib/consent/notice.ts";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { toldFile } from "../../lib/consent/told.ts";
import { homeAt } from "../../lib/home.ts";
import { FileFault } from "../../lib/host/host.ts";
import { assertFits } from "../support/inputs/widths.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { LOCKING, runLicensed } from "../support/scenes/licensed.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  makeReadOnly,
  QUEUE,
  queued,
  RECORD_FILE,
  recordIn,
  recordOf,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";

const HOUR_MS = 60 * 60 * 1000;
const ONE_O_CLOCK = new Date(NOON.getTime() + HOUR_MS);
const TERMINAL = { stdin: true, stderr: true };
const NOTICE = noticeText({ locked: false, addressee: BUILD.recipient, now: NOON, leavesFrom: ONE_O_CLOCK });

const ANSWERS: readonly (readonly [stdin: MemoryHostOptions["stdin"], answer: boolean | null])[] = [
  ["y\n", true],
  ["YES\n", true],
  ["\n", null],
  ["n\n", false],
  [" No \n", false],
  ["what\nn\n", false],
  ["what\nwhy\nhow\nn\n", null],
  ["", null],
  ["never", null],
];

for (const [stdin, answer] of ANSWERS) {
  Deno.test(`init on a terminal takes ${JSON.stringify(stdin)} for ${answer}`, async () => {
    const host = new MemoryHost({ stdin, terminal: TERMINAL });
    const since = host.elapsed();
    const { shown, answer: given, enabled } = await runJson(host, "init");
    assertEquals([shown, given, enabled], [true, answer, answer !== false]);
    assertEquals(host.elapsed() - since <= 30_000, true);
    assertEquals([(await runJson(host, "init"))["shown"], host.requests], [false, []]);
    assertEquals((await runJson(host, "status"))["enabled"], answer !== false);
  });
}

Deno.test("init makes no machine id where the first answer is no", async () => {
  const host = new MemoryHost({ stdin: "n\n", terminal: TERMINAL });
  await runHere(host, "init");
  assertEquals([recordIn(host)?.machineId, recordIn(host)?.told], [null, null]);
});

Deno.test("flush makes the machine id where init died at its question", async () => {
  const host = new MemoryHost();
  await runHere(host, "track", "Shell Started");
  await runHere(host, "init");
  host.files.plant(RECORD_FILE, recordOf({ ...recordIn(host), machineId: null }));
  host.clock += HOUR_MS;
  assertEquals(await runJson(host, "flush"), { delivered: 1, rejected: 0, left: 0 });
});

Deno.test("a yes counts for the recipient that the notice named, and for no other", async () => {
  const asked = { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: "Example Ltd" };
  const host = new MemoryHost({ files: { ...ASKED, [RECORD_FILE]: recordOf({ asked }) } });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  assertEquals([(await runJson(host, "init"))["shown"], recordIn(host)?.asked], [true, asked]);
});

Deno.test("init deletes what was held where the answer is no", async () => {
  const host = new MemoryHost();
  await runHere(host, "track", "Shell Started");
  const asked = new MemoryHost({ stdin: "n\n", terminal: TERMINAL });
  for (const [path, node] of host.files.nodes) asked.files.nodes.set(path, node);
  await runHere(asked, "init");
  assertEquals(queued(asked), []);
});

Deno.test("init shows the notice once, keeps that with an id, and gives the hour", async () => {
  const host = new MemoryHost();
  assertEquals(await runJson(host, "init"), {
    shown: true,
    answer: null,
    enabled: true,
    leavesFrom: ONE_O_CLOCK.toISOString(),
  });
  assertEquals(host.err, NOTICE);
  const { told, asked, choice, machineId } = recordIn(host)!;
  assertEquals([told, asked, choice, machineId?.length], [
    { at: NOON.toISOString(), first: NOON.toISOString(), notice: 1, addressee: "Rasa", terminal: false },
    null,
    "silent",
    32,
  ]);
  // A choice is a person's: none is stored.
  assertEquals(host.files.text(CONFIG_FILE), undefined);
  // One look at this file tells a host that nobody must be told.
  assertEquals(host.files.names(QUEUE).filter((name) => name.startsWith("told-")).length, 1);
  host.clock += 60_000;
  host.err = "";
  assertEquals([await runJson(host, "init"), host.err], [
    { shown: false, answer: null, enabled: true, leavesFrom: ONE_O_CLOCK.toISOString() },
    "",
  ]);
});

Deno.test("init without an answer: nothing leaves for an hour, whoever asks, and then what was recorded before does too", async () => {
  const host = new MemoryHost();
  await runHere(host, "track", "Shell Started");
  host.clock += HOUR_MS / 2;
  await runHere(host, "init");
  const heldUntil = new Date(host.clock + HOUR_MS).toISOString();
  const { outcome, heldUntil: until } = await runJson(host, "track", "Shell Started");
  assertEquals([outcome, until, await runHere(host, "flush"), host.requests], ["held", heldUntil, 0, []]);
  host.clock += HOUR_MS;
  assertEquals(await runJson(host, "flush"), { delivered: 2, rejected: 0, left: 0 });
});

/** Machines on which nobody is to be told, and when reports leave there. */
const SILENT: readonly (readonly [name: string, options: MemoryHostOptions, enabled: boolean, from: Date | null])[] = [
  ["telemetry is off by the environment", { env: { DO_NOT_TRACK: "1" } }, false, null],
  ["a policy says no", { files: { "/project/.rasa-telemetry.yml": "enabled: false\n" } }, false, null],
  ["a no is stored", { files: { [CONFIG_FILE]: STORED_OFF } }, false, null],
  ["the environment says on", { env: { RASA_TELEMETRY_ENABLED: "yes" } }, true, NOON],
  ["debug mode is on", { env: { RASA_TELEMETRY_DEBUG: "true" } }, true, null],
  ["no home is known", { env: { HOME: "" } }, false, null],
  ["RASA_TELEMETRY_HOME isn't absolute", { env: { RASA_TELEMETRY_HOME: "state" } }, false, null],
  ["nobody could read it", { terminal: { canBeRead: false } }, true, null],
  ["nobody could read it, on a terminal", { terminal: { ...TERMINAL, canBeRead: false } }, true, null],
  ["the user was told", { files: TOLD }, true, NOON],
  ["the user said yes", { files: ASKED }, true, NOON],
  ["the user said yes, on a terminal too", { files: ASKED, terminal: TERMINAL }, true, NOON],
];

for (const [name, options, enabled, from] of SILENT) {
  Deno.test(`init shows nothing and changes nothing where ${name}`, async () => {
    const host = new MemoryHost(options);
    const before = new Map(host.files.nodes);
    const leavesFrom = from?.toISOString() ?? null;
    assertEquals(await runJson(host, "init"), { shown: false, answer: null, enabled, leavesFrom });
    // Trying whether a folder can be written leaves the folder.
    host.files.nodes.delete(QUEUE);
    before.delete(QUEUE);
    const made = [...host.files.nodes.keys()].filter((path) => !before.has(path) && !QUEUE.startsWith(path));
    assertEquals([host.err, made.filter((path) => !path.startsWith(`${QUEUE}/told-`))], ["", []]);
  });
}

/** Users who know the notice while no file says so, and whether they know it from a terminal. */
const KNOWING: readonly (readonly [who: string, options: MemoryHostOptions, terminal: boolean])[] = [
  ["was told off a terminal", { files: TOLD }, false],
  ["was told on a terminal", {
    files: toldAt("", {
      told: { at: NOON.toISOString(), first: NOON.toISOString(), notice: 1, addressee: "Rasa", terminal: true },
    }),
  }, true],
  ["said yes", { files: ASKED }, true],
  ["was told on a machine that can't be told from others", {
    files: { ...TOLD, "/etc/machine-id": "0123456789abcdef0123456789abcdef\n" },
  }, false],
  ["was told on a machine, and has a home from another device now", {
    files: toldAt(NOON.toISOString(), { place: { kind: "machine", hash: "a".repeat(64) } }),
  }, false],
];

for (const [who, options, terminal] of KNOWING) {
  Deno.test(`init leaves the files for hosts where the user ${who}`, async () => {
    const host = new MemoryHost(options);
    await runJson(host, "init");
    const place = (await readConsent(host, BUILD)).ground.place;
    const about = { notice: NOTICE_NUMBER, addressee: BUILD.recipient, place };
    const home = homeAt("/home/ada/.config/rasa");
    const files = [await toldFile(home, about, false), await toldFile(home, about, true)];
    assertEquals(files.map((path) => host.files.nodes.has(path)), [true, terminal]);
    const before = host.files.writes.length;
    await runJson(host, "init");
    assertEquals(host.files.writes.slice(before).filter((path) => path.includes("told-")), []);
  });
}

Deno.test("init says what is wrong with a global.yml that can't be understood, and shows nothing", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: "metrics: [" } });
  assertEquals([await runJson(host, "init"), host.err], [
    { shown: false, answer: null, enabled: false, leavesFrom: null },
    `rasa-telemetry: ${CONFIG_FILE} can't be understood: it is not a YAML mapping\n`,
  ]);
});

Deno.test("init shows nothing where nothing can be kept, because nothing will be sent", async () => {
  const host = new MemoryHost();
  makeReadOnly(host);
  assertEquals([await runJson(host, "init"), host.err], [{
    shown: false,
    answer: null,
    enabled: false,
    leavesFrom: null,
  }, ""]);
});

Deno.test("init takes back that it told somebody where the notice could not be written", async () => {
  const host = new MemoryHost();
  host.stderrBroken = true;
  assertEquals((await runJson(host, "init"))["shown"], false);
  assertEquals([recordIn(host)?.told, host.files.names(QUEUE).filter((name) => name.startsWith("told-"))], [null, []]);
  host.stderrBroken = false;
  assertEquals((await runJson(host, "init"))["shown"], true);
});

Deno.test("init shows nothing where the telling can't be kept", async () => {
  const host = new MemoryHost();
  host.files.before = ({ action, path }) => {
    if (action === "rename" && path.endsWith("consent.json")) throw new FileFault("replace a file", "ENOSPC");
  };
  assertEquals([(await runJson(host, "init"))["shown"], host.err], [false, ""]);
});

Deno.test("init shows nothing while another process does", async () => {
  const host = new MemoryHost();
  host.files.lockedElsewhere.add(`${QUEUE}/notice.lock`);
  assertEquals([(await runJson(host, "init"))["shown"], host.err, recordIn(host)], [false, "", undefined]);
});

/** Users who are told although something is stored, and why. */
const AGAIN: readonly (readonly [why: string, options: MemoryHostOptions])[] = [
  ["Rasa wrote a bare `enabled: true` by itself", { files: { [CONFIG_FILE]: STORED_ON } }],
  ["they were told off a terminal, and this is one", { files: TOLD, terminal: TERMINAL }],
  [
    "reports go to somebody else now",
    {
      files: toldAt("2026-02-01T00:00:00.000Z", {
        told: {
          at: "2026-02-01T00:00:00.000Z",
          first: "2026-02-01T00:00:00.000Z",
          notice: 1,
          addressee: "Example Ltd",
          terminal: true,
        },
      }),
    },
  ],
  ["somebody changed the choice since", { files: { ...TOLD, [CONFIG_FILE]: STORED_ON.replaceAll("2025", "2024") } }],
];

for (const [why, options] of AGAIN) {
  Deno.test(`init shows the notice where ${why}`, async () => {
    const host = new MemoryHost(options);
    const { shown, leavesFrom } = await runJson(host, "init");
    assertEquals([shown, leavesFrom], [true, ONE_O_CLOCK.toISOString()]);
    assertEquals((await runJson(host, "init"))["shown"], false);
  });
}

Deno.test("init tells again after a no that Rasa stored and took back", async () => {
  const host = new MemoryHost({ files: TOLD });
  host.files.plant(CONFIG_FILE, STORED_OFF);
  // Somebody sees it.
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
  host.files.plant(CONFIG_FILE, STORED_ON);
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  assertEquals((await runJson(host, "init"))["shown"], true);
});

/** What begins an epoch without a no, and how `init` finds out. */
const NEW_EPOCHS: Readonly<Record<string, (host: MemoryHost) => void>> = {
  "came from another machine": (host) => host.files.plant("/.dockerenv", ""),
  "was recorded before somebody changed the choice": (host) =>
    host.files.plant(CONFIG_FILE, STORED_ON.replaceAll("2025", "2024")),
  "has no record any more": (host) => host.files.remove(RECORD_FILE),
};

for (const [what, change] of Object.entries(NEW_EPOCHS)) {
  Deno.test(`init deletes and counts what waits and ${what}, before anything else looks`, async () => {
    const host = new MemoryHost({ files: { ...toldAt(NOON.toISOString()), "/etc/hostname": "a\n" } });
    await runHere(host, "track", "Shell Started");
    assertEquals(queued(host).length, 1);
    change(host);
    assertEquals((await runJson(host, "init"))["shown"], true);
    assertEquals([queued(host), host.files.text(`${QUEUE}/dropped`)], [[], "w"]);
  });
}

Deno.test("init asks nobody in a container that keeps its home to itself", async () => {
  const host = new MemoryHost({ files: { "/.dockerenv": "", "/etc/hostname": "a\n" }, terminal: TERMINAL });
  assertEquals([(await runJson(host, "init"))["shown"], host.err], [true, NOTICE]);
});

Deno.test("init under a locking licence tells, but doesn't ask; then reports leave at once", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING }, terminal: TERMINAL, stdin: "n\n" });
  await runLicensed(host, "track", "Shell Started", "--json");
  assertEquals(JSON.parse(host.out).outcome, "held");
  host.out = "";
  await runLicensed(host, "init", "--json");
  assertEquals(JSON.parse(host.out), { shown: true, answer: null, enabled: true, leavesFrom: NOON.toISOString() });
  assertEquals(
    host.err,
    noticeText({ locked: true, addressee: BUILD.recipient, now: NOON, leavesFrom: ONE_O_CLOCK }),
  );
  await runLicensed(host, "flush");
  assertEquals([host.requests.length, queued(host)], [1, []]);
});

Deno.test("init names whom the build sends reports to", async () => {
  const host = new MemoryHost();
  await run(["init"], host, { ...BUILD, recipient: "Example Ltd" });
  assertStringIncludes(host.err, "Example Ltd");
  assertEquals(recordIn(host)?.told?.addressee, "Example Ltd");
});

for (const columns of [40, 60, 79, 80, 200, undefined]) {
  Deno.test(`init fits its notice to a terminal of ${columns} columns, and cuts only addresses that fit on no line`, async () => {
    const host = new MemoryHost({ terminal: { stderr: true, columns } });
    assertEquals(await runHere(host, "init"), 0);
    assertFits(host.err, columns ?? 80);
    const words = (text: string) => text.split(/\s+/).filter((word) => !/[/:]/.test(word));
    assertEquals(words(host.err).filter((word) => words(NOTICE).includes(word)), words(NOTICE));
    assertEquals(host.err.replace(/\s+/g, ""), NOTICE.replace(/\s+/g, ""));
    if ((columns ?? 80) >= 80) assertEquals(host.err, NOTICE);
  });
}

Deno.test("init writes a telling of the future as now, so that its hour ends", async () => {
  const host = new MemoryHost({ files: toldAt("2031-01-01T00:00:00.000Z") });
  const first = await runJson(host, "init");
  assertEquals([first["shown"], first["leavesFrom"]], [false, "2026-03-01T13:00:00.000Z"]);
  host.clock += 30 * 60 * 1000;
  assertEquals((await runJson(host, "init"))["leavesFrom"], "2026-03-01T13:00:00.000Z");
});
