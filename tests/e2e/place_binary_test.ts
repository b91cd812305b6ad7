import { assertEquals, assertMatch } from "@std/assert";
import { binaryPath } from "../support/programs/binary.ts";
import { type Condition } from "../support/programs/conditions.ts";
import {
  makeOwnRoot,
  type Mounter,
  ORDINARY_USER,
  OTHER_USER,
  ROOT_USER,
  runInRoot,
} from "../support/programs/own_root.ts";
import { succeeds } from "../support/programs/process.ts";
import { MACHINE_ID, STORED_ON } from "../support/scenes/scene.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** What counts at another place of what the binary kept at one, in roots as containers and machines have them. */

/** A container's file system: new, and filled from an image. The engine's files are on another one. */
const UNPACK = 'mount -t tmpfs tmpfs "$root"\ncp -a "$folder/image/." "$root"';
const MARK = 'touch "$root/.dockerenv"';
const VOLUME = 'mount -t tmpfs -o mode=1777 tmpfs "$root/volume"';
/** Engines fill a new volume with what the image has at its path. */
const FILLED = `${VOLUME}\ncp -a "$root/own/." "$root/volume"\nmount --bind "$root/volume" "$root/own"`;

const INNER_VOLUME = `mkdir -p "$root/own/.config/rasa/telemetry"
mount -t tmpfs -o mode=1777 tmpfs "$root/own/.config/rasa/telemetry"`;

const SHARED = 'mkdir -p "$folder/shared"\nchmod 1777 "$folder/shared"\nmount --bind "$folder/shared" "$root/own"';

/** A container that the engine gave this file as its name. */
const named = (file: string) => `${UNPACK}\n${MARK}\nmount --bind "$folder/${file}" "$root/etc/hostname"`;

/** Where processes run. */
interface Scene {
  /** The folder that is `/`, of those that `makeRoots` makes. */
  readonly root: string;
  readonly mounts: string;
  /** The user's own folder. */
  readonly home?: string;
}

const SCENES = {
  "a container": { root: "root", mounts: named("name") },
  "the same container, started again": {
    root: "root",
    mounts: `cat "$folder/twin" > "$folder/name"\n${named("name")}`,
  },
  "a container of another name": { root: "root", mounts: named("other") },
  "another container of the same name": { root: "root", mounts: named("twin") },
  "a container without a name": { root: "root", mounts: `${UNPACK}\n${MARK}\nrm "$root/etc/hostname"` },
  "a volume that was filled from the image": { root: "root", mounts: `${named("other")}\n${FILLED}` },
  "a volume of the same container": { root: "root", mounts: `${named("name")}\n${FILLED}` },
  "a volume": { root: "root", mounts: `${named("name")}\n${VOLUME}`, home: "/volume" },
  "a volume in another container": { root: "root", mounts: `${named("other")}\n${VOLUME}`, home: "/volume" },
  "a volume in a container without a name": {
    root: "root",
    mounts: `${UNPACK}\n${MARK}\nrm "$root/etc/hostname"\n${VOLUME}`,
    home: "/volume",
  },
  "a container with a volume for the folder telemetry": { root: "root", mounts: `${named("name")}\n${INNER_VOLUME}` },
  "a container of another name, with the same volume": { root: "root", mounts: `${named("other")}\n${INNER_VOLUME}` },
  "a machine that shares its home": { root: "machine", mounts: SHARED },
  "a container with that home": { root: "root", mounts: `${named("name")}\n${SHARED}` },
  "a micro-VM": { root: "vm", mounts: MARK },
  "a micro-VM that was unpacked from the same image": { root: "vm-copy", mounts: MARK },
  "the micro-VM after its name was written again": { root: "vm", mounts: `${MARK}\necho vm > "$root/etc/hostname"` },
  "a machine": { root: "machine", mounts: "" },
  "a copy of the machine": { root: "machine-copy", mounts: "" },
  "another machine": { root: "machine-other", mounts: "" },
  "a machine without an id": { root: "bare", mounts: "" },
} as const satisfies Readonly<Record<string, Scene>>;

type SceneName = keyof typeof SCENES;

/** No mark of an engine in what the roots share with this machine, or none of them would be a machine. */
const UNMARKED: Condition = { met: !await succeeds("test", "-e", "/run/.containerenv"), reason: "a podman container" };
const BY_ROOT = [ROOT_USER.needs, UNMARKED];

/** What is kept at one place and brought to another. */
const COUNTS: readonly (readonly [written: SceneName, now: SceneName, counts: boolean])[] = [
  ["a container", "the same container, started again", true],
  ["a container", "a volume of the same container", true],
  ["a container", "a container of another name", false],
  ["a container", "another container of the same name", false],
  ["a container", "a volume that was filled from the image", false],
  ["a container", "a machine", false],
  ["a volume", "a volume in another container", true],
  ["a volume", "a volume in a container without a name", true],
  ["a volume", "a container", false],
  ["a volume", "a machine", false],
  ["a micro-VM", "a micro-VM", true],
  ["a micro-VM", "a micro-VM that was unpacked from the same image", false],
  ["a micro-VM", "the micro-VM after its name was written again", false],
  ["a machine", "a copy of the machine", true],
  ["a machine", "a machine without an id", true],
  ["a machine", "another machine", false],
  ["a machine", "a container", false],
];

/** What a command left: its exit code, and what it printed. */
interface Result {
  readonly code: number;
  readonly out: string;
}

/**
 * Runs commands of the binary one after the other in a scene, where `kept` is in the home before. What is in the home
 * afterwards is kept again.
 */
type Visit = (
  scene: SceneName,
  commands: readonly (readonly string[])[],
  env?: Readonly<Record<string, string>>,
) => Promise<readonly Result[]>;

/** Ends what a command printed. */
const END = "\u001e";

const IN_ROOT = `
binary=$1 kept=$2
shift 2
mkdir -p "$HOME/.config/rasa"
[ ! -d "$kept/home" ] || cp -a "$kept/home/." "$HOME/.config/rasa"
for command; do
  code=0
  # The words of a command have no blanks but in events, which are quoted.
  eval "\\"$binary\\" $command" || code=$?
  printf '${END}%s${END}' "$code"
done
rm -rf "$kept/home"
cp -a "$HOME/.config/rasa" "$kept/home"`;

/** Lays out the roots, and gives what runs the binary in them. */
async function makeVisit({ folder }: EndToEnd, mounter: Mounter): Promise<Visit> {
  await makeRoots(folder);
  // Where another user reaches it.
  await Deno.link(binaryPath(), `${folder}/rasa-telemetry`)
    .catch(() => Deno.copyFile(binaryPath(), `${folder}/rasa-telemetry`));
  for (const path of [folder, `${folder}/rasa-telemetry`]) await Deno.chmod(path, 0o755);
  await Deno.mkdir(`${folder}/kept`);
  await Deno.chmod(`${folder}/kept`, 0o777);
  return async (name, commands, env = {}) => {
    const { root, mounts, home = "/own" }: Scene = SCENES[name];
    const lines = commands.map((words) => words.map((word) => `'${word}'`).join(" "));
    const argv = ["sh", "-ec", IN_ROOT, "sh", `${folder}/rasa-telemetry`, `${folder}/kept`, ...lines];
    const ended = await runInRoot(mounter, { root: `${folder}/${root}`, mounts, env: { HOME: home, ...env } }, argv);
    if (ended.code !== 0) throw new Error(`${name}: ${ended.err}`);
    const parts = ended.out.split(END);
    return commands.map((_, at) => ({ out: parts[2 * at] ?? "", code: Number(parts[2 * at + 1]) }));
  };
}

/** The folders that scenes have for `/`, and the engine's files. */
async function makeRoots(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/root`);
  // An engine leaves an empty file where it mounted the name when the image was made.
  await makeOwnRoot(`${folder}/image`, { hostname: "" });
  await makeOwnRoot(`${folder}/bare`);
  for (const name of ["vm", "vm-copy"]) await makeOwnRoot(`${folder}/${name}`, { hostname: "vm\n" });
  for (const [name, id] of [["machine", "0"], ["machine-copy", "0"], ["machine-other", "1"]] as const) {
    await makeOwnRoot(`${folder}/${name}`, { "machine-id": `${id.repeat(32)}\n` });
  }
  for (const [file, name] of [["name", "3f2a"], ["twin", "3f2a"], ["other", "77aa"]]) {
    await Deno.writeTextFile(`${folder}/${file}`, `${name}\n`);
  }
}

const INIT = ["init", "--json"];
const TRACK = ["track", "Shell Started", "--json"];
const STATUS = ["status", "--json"];

/** What a command printed as JSON. */
function read(result: Result | undefined): Record<string, unknown> {
  assertEquals(result?.code, 0);
  return JSON.parse(result?.out ?? "");
}

/** What `status --json` says of what counts here. */
function countsIn(result: Result | undefined) {
  const { permission, toldAt, machineId, queued, dropped, droppedBy } = read(result);
  assertEquals(dropped, Object(droppedBy).withdrawn);
  return { permission, told: toldAt !== null, machineId, queued, dropped };
}

for (const mounter of [ROOT_USER, OTHER_USER, ORDINARY_USER]) {
  const needs = [mounter.needs, UNMARKED];
  // Who may do what is the same in every container.
  const cases = mounter === ROOT_USER ? COUNTS : COUNTS.filter(([written]) => written === "a container");
  for (const [written, now, counts] of cases) {
    const what = `what was kept at ${written} ${counts ? "counts" : "doesn't count"} at ${now}`;
    endToEnd(`${what}, with mounts of ${mounter.who}`, { needs }, async (here) => {
      const visit = await makeVisit(here, mounter);
      const [shown, , before] = await visit(written, [INIT, TRACK, STATUS]);
      const { machineId } = read(before);
      assertEquals(read(shown)["shown"], true);
      assertEquals(countsIn(before), { permission: "told", told: true, machineId, queued: 1, dropped: 0 });
      const [first, track, init, then] = await visit(now, [STATUS, TRACK, INIT, STATUS]);
      const { heldUntil } = read(track);
      const newId = read(then)["machineId"];
      if (counts) {
        assertEquals(countsIn(first), countsIn(before));
        assertEquals([typeof heldUntil, read(init)["shown"]], ["string", false]);
        assertEquals(countsIn(then), { permission: "told", told: true, machineId, queued: 2, dropped: 0 });
      } else {
        // What waits is deleted by the next process that may change anything.
        assertEquals(countsIn(first), { permission: "untold", told: false, machineId: null, queued: 1, dropped: 0 });
        assertEquals([heldUntil, read(init)["shown"]], [null, true]);
        assertEquals(countsIn(then), { permission: "told", told: true, machineId: newId, queued: 1, dropped: 1 });
        assertEquals([read(then)["formerIds"], newId === machineId], [[], false]);
      }
      assertEquals(here.collector.arrivals, []);
    });
  }
}

/** Where `enable` and `disable` are said, and where they hold. */
const CHOICES: readonly (readonly [written: SceneName, now: SceneName, sameId: boolean])[] = [
  ["a container", "the same container, started again", true],
  ["a container", "a container of another name", false],
  ["a container", "a container without a name", false],
  ["a container without a name", "a container without a name", false],
  ["a container", "a volume that was filled from the image", false],
  ["a volume", "a volume in another container", true],
  ["a machine", "another machine", false],
  ["a machine", "a container", false],
];

for (const [written, now, sameId] of CHOICES) {
  endToEnd(`disable at ${written} holds at ${now}`, { needs: BY_ROOT }, async (here) => {
    const visit = await makeVisit(here, ROOT_USER);
    await visit(written, [INIT, TRACK, ["disable"]]);
    const env = { RASA_TELEMETRY_ENABLED: "true" };
    for (const variables of [{}, env]) {
      const [status, track, init] = await visit(now, [STATUS, TRACK, INIT], variables);
      const { enabled, decidedBy, queued } = read(status);
      assertEquals([enabled, decidedBy, queued], [false, "configuration", 0]);
      assertEquals([read(track)["outcome"], read(init)["shown"]], ["disabled", false]);
    }
    assertEquals(here.collector.arrivals, []);
  });

  const whose = sameId ? "the same id" : "another id";
  endToEnd(`enable at ${written} holds at ${now}, under ${whose}`, { needs: BY_ROOT }, async (here) => {
    const visit = await makeVisit(here, ROOT_USER);
    await visit(written, [INIT, ["enable"], TRACK]);
    const [status, track, init] = await visit(now, [STATUS, TRACK, INIT]);
    const { enabled, decidedBy, permission } = read(status);
    assertEquals([enabled, decidedBy, permission], [true, "configuration", "asked"]);
    assertEquals([read(track)["outcome"], read(init)["shown"]], ["delivered", false]);
    const ids = here.collector.reports.map((report) => report["userId"]);
    assertEquals([ids.length, ids[0] === ids[1]], [2, sameId]);
  });
}

/** Where Rasa's own `global.yml` is found before this program ever ran, and whether its id is taken over there. */
const ADOPTED: readonly (readonly [SceneName, adopts: boolean])[] = [
  ["a machine", true],
  ["a machine without an id", true],
  ["a volume", true],
  ["a container", false],
  ["a container without a name", false],
  ["a micro-VM", false],
];

for (const [name, adopts] of ADOPTED) {
  const what = `Rasa's id is ${adopts ? "" : "never "}taken over at ${name}`;
  endToEnd(what, { needs: BY_ROOT }, async (here) => {
    const visit = await makeVisit(here, ROOT_USER);
    await keepGlobal(here, STORED_ON);
    const [first] = await visit(name, [STATUS]);
    assertEquals(read(first)["machineId"], adopts ? MACHINE_ID : null);
    const [, then] = await visit(name, [["enable"], TRACK, STATUS]);
    assertEquals(read(then)["outcome"], "delivered");
    const [id] = here.collector.reports.map((report) => report["userId"]);
    assertEquals([id === MACHINE_ID, typeof id], [adopts, "string"]);
  });
}

endToEnd("an id wins over one that Rasa makes later, which is told anew", { needs: BY_ROOT }, async (here) => {
  const visit = await makeVisit(here, ROOT_USER);
  const [, , before] = await visit("a machine", [INIT, TRACK, STATUS]);
  const { machineId } = read(before);
  await keepGlobal(here, STORED_ON);
  const [, init, then] = await visit("a machine", [TRACK, INIT, STATUS]);
  assertEquals(read(init)["shown"], true);
  assertEquals(countsIn(then), { permission: "told", told: true, machineId, queued: 1, dropped: 1 });
});

endToEnd(
  "an id of Rasa's that came with a copy isn't taken over on the machine",
  { needs: BY_ROOT },
  async (here) => {
    const visit = await makeVisit(here, ROOT_USER);
    await keepGlobal(here, STORED_ON);
    await visit("a machine", [INIT]);
    const [, then] = await visit("another machine", [INIT, STATUS]);
    const { machineId } = read(then);
    assertEquals([typeof machineId, machineId === MACHINE_ID], ["string", false]);
  },
);

/** Puts a `global.yml` among what is kept. */
async function keepGlobal({ folder }: EndToEnd, text: string): Promise<void> {
  await Deno.mkdir(`${folder}/kept/home`, { recursive: true });
  await Deno.writeTextFile(`${folder}/kept/home/global.yml`, text);
}

const NAMELESS = "a container without a name";

endToEnd("init shows nothing where nothing tells a container from others, and status says why", {
  needs: BY_ROOT,
}, async (here) => {
  const visit = await makeVisit(here, ROOT_USER);
  const [init, track, json, people] = await visit(NAMELESS, [INIT, TRACK, STATUS, ["status"]]);
  assertEquals(read(init), { shown: false, answer: null, enabled: true, leavesFrom: null });
  const { outcome, heldUntil } = read(track);
  assertEquals([outcome, heldUntil], ["held", null]);
  assertEquals(countsIn(json), { permission: "untold", told: false, machineId: null, queued: 1, dropped: 0 });
  assertMatch(people?.out ?? "", /Leaving +never: nothing tells this container from others, so no notice would count/);
  // Each process deletes what the one before left, so that nothing waits for ever.
  const [, then] = await visit(NAMELESS, [TRACK, STATUS]);
  assertEquals(countsIn(then), { permission: "untold", told: false, machineId: null, queued: 1, dropped: 1 });
  const [, flushed] = await visit(NAMELESS, [["flush"], STATUS]);
  assertEquals(countsIn(flushed), { permission: "untold", told: false, machineId: null, queued: 0, dropped: 2 });
  assertEquals(here.collector.arrivals, []);
});

endToEnd("reports leave while the variable says on where nothing tells a container from others", {
  needs: BY_ROOT,
}, async (here) => {
  const visit = await makeVisit(here, ROOT_USER);
  const id = "0123456789abcdef0123456789abcdef";
  for (const env of [{}, { RASA_TELEMETRY_MACHINE_ID: id }]) {
    const [track] = await visit(NAMELESS, [TRACK], { RASA_TELEMETRY_ENABLED: "true", ...env });
    assertEquals(read(track)["outcome"], "delivered");
  }
  const ids = here.collector.reports.map((report) => report["userId"]);
  assertEquals([ids.length, ids[0] === id, ids[1]], [2, false, id]);
});

endToEnd("a volume for the folder telemetry alone keeps what was told, in every container", {
  needs: BY_ROOT,
}, async (here) => {
  const visit = await makeVisit(here, ROOT_USER);
  const place = "a container with a volume for the folder telemetry";
  const [, , before] = await visit(place, [INIT, TRACK, STATUS]);
  const { machineId } = read(before);
  // The rest of the home ends with its container.
  const [first, init] = await visit("a container of another name, with the same volume", [STATUS, INIT]);
  assertEquals(countsIn(first), { permission: "told", told: true, machineId, queued: 1, dropped: 0 });
  assertEquals(read(init)["shown"], false);
});

endToEnd("a machine and a container that share a home are two places, and each of them tells its user anew", {
  needs: BY_ROOT,
}, async (here) => {
  const visit = await makeVisit(here, ROOT_USER);
  const [machine, container] = ["a machine that shares its home", "a container with that home"] as const;
  const ids = new Set<unknown>();
  for (const name of [machine, container, machine]) {
    const [first, init, track, again, then] = await visit(name, [STATUS, INIT, TRACK, INIT, STATUS]);
    const { told, machineId: before } = countsIn(first);
    assertEquals([told, before, read(init)["shown"]], [false, null, true]);
    assertEquals([read(track)["outcome"], read(again)["shown"]], ["held", false]);
    assertEquals({ ...countsIn(then), machineId: "" }, {
      permission: "told",
      told: true,
      machineId: "",
      queued: 1,
      dropped: ids.size,
    });
    ids.add(read(then)["machineId"]);
  }
  assertEquals(ids.size, 3);
  await visit(container, [["disable"]]);
  for (const name of [machine, container]) {
    const [status] = await visit(name, [STATUS]);
    assertEquals(read(status)["decidedBy"], "configuration");
  }
  assertEquals(here.collector.arrivals, []);
});
