import { assertEquals, assertStringIncludes } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import {
  ASKED,
  CONFIG_FILE,
  MACHINE_ID,
  makeReadOnly,
  QUEUE,
  RECORD_FILE,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
  storedIn,
  TOLD,
} from "../support/scenes/scene.ts";

/** What `enable` and `disable` do alike. */

for (const command of ["enable", "disable"]) {
  Deno.test(`${command} loses nothing that another writer stores at the same moment`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: command === "enable" ? STORED_OFF : STORED_ON } });
    let foreign = 2;
    host.files.before = ({ action, path }) => {
      // Rasa's own tools take no lock: they write between our reading and our renaming.
      if (action !== "create" || !path.startsWith(CONFIG_FILE) || foreign-- <= 0) return;
      host.files.plant(CONFIG_FILE, `${host.files.text(CONFIG_FILE)}foreign${foreign}: 1\n`);
    };
    assertEquals(await runHere(host, command), 0);
    const text = host.files.text(CONFIG_FILE) ?? "";
    assertEquals([text.includes("foreign1: 1\n"), text.includes("foreign0: 1\n")], [true, true]);
    const enabled = command === "enable";
    assertEquals(storedIn(host), {
      kind: "stored",
      stored: { enabled, traitsEnabled: enabled, machineId: MACHINE_ID, date: NOON.toISOString() },
    });
    // A no adds nothing beside it where nothing was kept.
    assertEquals(host.files.names("/home/ada/.config/rasa"), enabled ? ["global.yml", "telemetry"] : ["global.yml"]);
  });
}

for (const command of ["enable", "disable"]) {
  Deno.test(`${command} waits a bounded time for another writer; then it says so, and a no is kept beside`, async () => {
    const host = new TimedHost({ files: { [CONFIG_FILE]: STORED_ON } });
    host.files.plantFolder(QUEUE);
    host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`);
    assertEquals(await host.until(runHere(host, command)), command === "disable" ? 0 : 2);
    assertStringIncludes(host.err, "another process has been changing it for 2 s");
    assertEquals(host.files.text(CONFIG_FILE), STORED_ON);
    assertEquals((await runJson(host, "status"))["enabled"], command === "enable");
  });
}

Deno.test("two writers at a time both count: the second waits for the first", async () => {
  const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: "1" }, respond: 503 });
  const results = await Promise.all([
    runHere(host, "track", "Shell Started"),
    runHere(host, "disable"),
    runHere(host, "enable"),
  ]);
  assertEquals(results, [0, 0, 0]);
  assertEquals(storedIn(host).kind, "stored");
});

/** A state as `status` gives it. */
type State = readonly [enabled: boolean, decidedBy: string];

/** A machine on which something is in the way of a choice. */
interface Odd {
  readonly name: string;
  readonly options: MemoryHostOptions;
  readonly prepare: (host: MemoryHost) => void;
  /** What status says before and, where the choice can't be stored, after it. */
  readonly before: State;
  /** The exit codes of each: 0 where the choice is stored. */
  readonly enable: number;
  readonly local: number;
  readonly disable: number;
}

const ON = { files: { [CONFIG_FILE]: STORED_ON } };
const OFF = { files: { [CONFIG_FILE]: STORED_OFF } };
const refuse = (action: string, path: string, code: string) => (host: MemoryHost) => {
  host.files.before = (operation) => {
    if (operation.action === action && operation.path.startsWith(path)) throw new FileFault(action, code);
  };
};
/** Nothing of this program's own can be kept: only a no, which needs nothing but `global.yml`. */
const ONLY_NO = { enable: 2, local: 2, disable: 0 };
const NOTHING = { enable: 2, local: 2, disable: 2 };

const ODD: readonly Odd[] = [
  {
    name: "a file is in the place of the folder telemetry",
    options: ON,
    prepare: (host) => host.files.plant(QUEUE, ""),
    before: [false, "unwritable"],
    ...ONLY_NO,
  },
  {
    name: "a pipe is in the place of the folder telemetry",
    options: ON,
    prepare: (host) => host.files.nodes.set(QUEUE, { kind: "other" }),
    before: [false, "unwritable"],
    ...ONLY_NO,
  },
  {
    name: "a link is in the place of the record",
    options: ON,
    prepare(host) {
      host.files.plantFolder(QUEUE);
      host.files.nodes.set(RECORD_FILE, { kind: "link", target: "/nowhere" });
    },
    before: [false, "unwritable"],
    ...ONLY_NO,
  },
  {
    name: "the record is another user's",
    options: { files: TOLD },
    prepare: (host) => void host.files.foreign.add(RECORD_FILE),
    before: [false, "unwritable"],
    ...ONLY_NO,
  },
  {
    name: "only the folder telemetry can't be written",
    options: { files: TOLD },
    prepare: (host) => makeReadOnly(host, QUEUE),
    before: [false, "unwritable"],
    ...ONLY_NO,
  },
  {
    name: "the home can't be written, and says no",
    options: OFF,
    prepare: (host) => makeReadOnly(host),
    before: [false, "configuration"],
    ...ONLY_NO,
  },
  {
    name: "the home can't be written, and says no, with a record",
    options: { files: { ...TOLD, [CONFIG_FILE]: STORED_OFF } },
    prepare: (host) => makeReadOnly(host),
    before: [false, "configuration"],
    ...ONLY_NO,
  },
  {
    name: "the home can't be written, and nothing is stored",
    options: {},
    prepare: (host) => makeReadOnly(host),
    before: [false, "unwritable"],
    ...NOTHING,
  },
  {
    name: "the home can't be written, and somebody said yes",
    options: { files: ASKED },
    prepare: (host) => makeReadOnly(host),
    before: [false, "unwritable"],
    ...NOTHING,
  },
  {
    name: "RASA_TELEMETRY_HOME isn't absolute",
    options: { ...ON, env: { RASA_TELEMETRY_HOME: "state" } },
    prepare() {},
    before: [false, "unwritable"],
    ...NOTHING,
  },
  {
    name: "no home is known",
    options: { env: { HOME: "" } },
    prepare() {},
    before: [false, "unwritable"],
    ...NOTHING,
  },
  {
    name: "global.yml can't be replaced, and says on",
    options: ON,
    prepare: refuse("rename", CONFIG_FILE, "EBUSY"),
    before: [true, "default"],
    enable: 0,
    local: 2,
    disable: 0,
  },
  {
    name: "global.yml can't be replaced, and says off",
    options: OFF,
    prepare: refuse("rename", CONFIG_FILE, "EBUSY"),
    before: [false, "configuration"],
    enable: 2,
    // That file says all that local mode needs.
    local: 0,
    disable: 0,
  },
  {
    name: "global.yml can't be replaced and says on, and a no stands beside it",
    options: { files: { [CONFIG_FILE]: STORED_ON, [`${QUEUE}/disabled`]: "" } },
    prepare: refuse("rename", CONFIG_FILE, "EBUSY"),
    before: [false, "configuration"],
    enable: 0,
    local: 2,
    disable: 0,
  },
  {
    name: "global.yml can't be replaced and says nothing, and a no stands beside it",
    options: { files: { [CONFIG_FILE]: "other: 1\n", [`${QUEUE}/disabled`]: "" } },
    prepare: refuse("rename", CONFIG_FILE, "EBUSY"),
    before: [false, "configuration"],
    enable: 2,
    local: 2,
    disable: 0,
  },
  {
    name: "a no stands beside global.yml, and can't be removed",
    options: { files: { [CONFIG_FILE]: STORED_ON, [`${QUEUE}/disabled`]: "" } },
    prepare: refuse("remove", `${QUEUE}/disabled`, "EACCES"),
    before: [false, "configuration"],
    enable: 2,
    local: 0,
    disable: 0,
  },
];

const CHOICES: readonly (readonly [keyof Odd & ("enable" | "local" | "disable"), string[], State])[] = [
  ["enable", ["enable"], [true, "configuration"]],
  ["local", ["enable", "--local"], [true, "local"]],
  ["disable", ["disable"], [false, "configuration"]],
];

for (const { name, options, prepare, before, ...codes } of ODD) {
  for (const [choice, args, wanted] of CHOICES) {
    const code = codes[choice];
    Deno.test(`${args.join(" ")} ends with ${code}, and the state agrees, where ${name}`, async () => {
      const host = new MemoryHost(options);
      prepare(host);
      const state = async () => {
        const { enabled, decidedBy } = await runJson(host, "status");
        return [enabled, decidedBy];
      };
      assertEquals(await state(), before);
      host.err = "";
      assertEquals(await runHere(host, ...args), code);
      assertEquals([await state(), host.files.held], [code === 0 ? wanted : before, []]);
      // Who failed says what to do instead, or what is in the way.
      if (code !== 0) assertStringIncludes(host.err, "rasa-telemetry: Cannot ");
    });
  }
}

/** What RASA_TELEMETRY_HOME may be, and where the files are then. Undefined: it is refused. */
const HOMES: readonly (readonly [value: string, folder: string | undefined])[] = [
  ["/var/rasa", "/var/rasa"],
  ["/var/../var/rasa/", "/var/rasa"],
  ["~/x", "/home/ada/x"],
  ["~/", "/home/ada"],
  ["", "/home/ada/.config/rasa"],
  ["~", undefined],
  ["~ada/x", undefined],
  ["state", undefined],
  ["./state", undefined],
  ["../state", undefined],
  ["/var/\uFFFD", undefined],
];

for (const [value, folder] of HOMES) {
  const env = { RASA_TELEMETRY_HOME: value };
  if (folder !== undefined) {
    Deno.test(`RASA_TELEMETRY_HOME=${JSON.stringify(value)} moves everything to ${folder}`, async () => {
      const host = new MemoryHost({ env });
      const before = new Set(host.files.nodes.keys());
      await runHere(host, "track", "Shell Started");
      assertEquals(await runHere(host, "disable"), 0);
      const made = [...host.files.nodes.keys()].filter((path) => !before.has(path));
      const inHome = (path: string) => path.startsWith(`${folder}/`.replace("//", "/")) || folder.startsWith(path);
      assertEquals([made.filter((path) => !inHome(path)), made.includes(`${folder}/global.yml`)], [[], true]);
    });
    continue;
  }
  Deno.test(`RASA_TELEMETRY_HOME=${JSON.stringify(value)} is refused: telemetry is off, and nothing is written`, async () => {
    // A variable that says on doesn't help: it would be another folder in each working folder.
    for (const variables of [env, { ...env, RASA_TELEMETRY_ENABLED: "true" }]) {
      const host = new MemoryHost({ env: variables, files: { "/project/state/global.yml": STORED_ON } });
      const before = new Map(host.files.nodes);
      assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
      const { enabled, decidedBy } = await runJson(host, "status");
      assertEquals([enabled, decidedBy, host.files.nodes, host.requests], [false, "unwritable", before, []]);
      assertStringIncludes(
        host.err,
        "RASA_TELEMETRY_HOME must be an absolute path (~/ at its beginning is allowed): telemetry is off\n",
      );
    }
  });
}
