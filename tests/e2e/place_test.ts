import { assertEquals } from "@std/assert";
import { isSamePlace, parsePlace, type Place } from "../../lib/consent/place.ts";
import { releasePermissions } from "../../scripts/build/compile.ts";
import { findToolchain, ROOT } from "../../scripts/toolchain/toolchain.ts";
import {
  type Entry,
  makeOwnRoot,
  type Mounter,
  ORDINARY_USER,
  ROOT_USER,
  runInRoot,
} from "../support/programs/own_root.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

/** The place of what is kept, in roots as containers and machines have them: with their own files, and with volumes. */

const OWN_HOME = "/own/.config/rasa";
const ON_VOLUME = "/volume/.config/rasa";

/** A container's file system: new, and filled from an image. The engine's files are on another one. */
const UNPACK = 'mount -t tmpfs tmpfs "$root"\ncp -a "$folder/image/." "$root"';
const VOLUME = 'mount -t tmpfs tmpfs "$root/volume"';
/** Engines fill a new volume with what the image has at its path. */
const FILLED = `${VOLUME}\ncp -a "$root/own/." "$root/volume"\nmount --bind "$root/volume" "$root/own"`;

/** A container that the engine gave this file as its name. */
const named = (file: string) => `${UNPACK}\nmount --bind "$folder/${file}" "$root/etc/hostname"`;

/** A process somewhere. */
interface Scene {
  /** The folder that is `/`, of those that `makeRoots` makes. */
  readonly root: string;
  readonly mounts?: string;
  readonly home?: string;
  readonly kind?: "container" | "machine";
}

const SCENES = {
  "a container": { root: "root", mounts: named("name") },
  // Docker writes the name anew each time.
  "the same container, started again": {
    root: "root",
    mounts: `cat "$folder/twin" > "$folder/name"\n${named("name")}`,
  },
  "a container of another name": { root: "root", mounts: named("other") },
  "a container of the same name": { root: "root", mounts: named("twin") },
  "a container without a name": { root: "root", mounts: `${UNPACK}\nrm "$root/etc/hostname"` },
  "a new volume in the container": { root: "root", mounts: `${named("name")}\n${FILLED}` },
  "a new volume in another container": { root: "root", mounts: `${named("other")}\n${FILLED}` },
  "a volume": { root: "root", mounts: `${named("other")}\n${VOLUME}`, home: ON_VOLUME },
  "a link to a volume": {
    root: "root",
    mounts: `${named("twin")}\n${VOLUME}\nln -s /volume "$root/own/link"`,
    home: "/own/link/.config/rasa",
  },
  "a volume without a name": {
    root: "root",
    mounts: `${UNPACK}\nrm "$root/etc/hostname"\n${VOLUME}`,
    home: ON_VOLUME,
  },
  "a micro-VM": { root: "vm" },
  "the same micro-VM": { root: "vm" },
  "a micro-VM that was unpacked from the same image": { root: "vm-copy" },
  "the micro-VM after its name was written again": { root: "vm", mounts: 'echo vm > "$root/etc/hostname"' },
  "a machine": { root: "machine", kind: "machine" },
  "a copy of the machine": { root: "machine-copy", kind: "machine" },
  "another machine": { root: "machine-other", kind: "machine" },
  "a machine without an id": { root: "vm", kind: "machine" },
  "a home from another device": { root: "machine", mounts: VOLUME, home: ON_VOLUME, kind: "machine" },
} as const satisfies Readonly<Record<string, Scene>>;

type SceneName = keyof typeof SCENES;

const CONTAINER: readonly SceneName[] = [
  "a container",
  "the same container, started again",
  "a new volume in the container",
];
const VOLUMES: readonly SceneName[] = [
  "a new volume in the container",
  "a new volume in another container",
  "a volume",
  "a link to a volume",
  "a volume without a name",
];
const NOT_COMPARED: readonly SceneName[] = ["a machine without an id", "a home from another device"];

/** Where it counts what was written in each scene. */
const COUNTS: Readonly<Record<SceneName, readonly SceneName[]>> = {
  "a container": CONTAINER,
  "the same container, started again": CONTAINER,
  "a container of another name": [
    "a container of another name",
    "a new volume in another container",
    "a volume",
  ],
  "a container of the same name": ["a container of the same name", "a link to a volume"],
  "a container without a name": [],
  "a new volume in the container": VOLUMES,
  "a new volume in another container": VOLUMES,
  "a volume": VOLUMES,
  "a link to a volume": VOLUMES,
  "a volume without a name": VOLUMES,
  "a micro-VM": ["a micro-VM", "the same micro-VM"],
  "the same micro-VM": ["a micro-VM", "the same micro-VM"],
  "a micro-VM that was unpacked from the same image": ["a micro-VM that was unpacked from the same image"],
  "the micro-VM after its name was written again": ["the micro-VM after its name was written again"],
  "a machine": ["a machine", "a copy of the machine", ...NOT_COMPARED],
  "a copy of the machine": ["a machine", "a copy of the machine", ...NOT_COMPARED],
  "another machine": ["another machine", ...NOT_COMPARED],
  "a machine without an id": ["a machine", "a copy of the machine", "another machine", ...NOT_COMPARED],
  "a home from another device": ["a machine", "a copy of the machine", "another machine", ...NOT_COMPARED],
};

for (const mounter of [ROOT_USER, ORDINARY_USER]) {
  endToEnd(
    `readPlace says where it counts what was written somewhere, with mounts of ${mounter.who}`,
    { needs: mounter.needs, endpoint: "nobody" },
    async ({ folder }) => {
      await makeRoots(folder);
      const places: [SceneName, Place][] = [];
      for (const name of namesOf(SCENES)) places.push([name, await placeIn(mounter, folder, SCENES[name])]);
      const counts = places.map(([name, written]) =>
        [name, places.filter(([, now]) => isSamePlace(written, now)).map(([now]) => now)] as const
      );
      assertEquals(Object.fromEntries(counts), COUNTS);
    },
  );
}

/** Overlays, whose files have other devices than their folders where the layers are on two file systems. */
const OVERLAYS = {
  "one file system": "",
  "two file systems": 'mount -t tmpfs tmpfs "$folder/layers"',
};

for (const [layers, mounts] of Object.entries(OVERLAYS)) {
  endToEnd(
    `readPlace takes every folder of an overlay of ${layers} for the container's own`,
    { needs: ROOT_USER.needs, endpoint: "nobody" },
    async ({ folder }) => {
      await makeRoots(folder);
      await Deno.mkdir(`${folder}/layers`);
      const overlay = [
        mounts,
        'mkdir -p "$folder/layers/upper" "$folder/layers/work"',
        "mount -t overlay overlay " +
        '-o "lowerdir=$folder/image,upperdir=$folder/layers/upper,workdir=$folder/layers/work" "$root"',
        'mkdir -p "$root/own/made"',
        'echo changed > "$root/own/file"',
        'mount --bind "$folder/name" "$root/etc/hostname"',
      ].join("\n");
      const places: Place[] = [];
      for (const home of ["/own", "/own/made", "/own/missing/rasa", "/"]) {
        places.push(await placeIn(ROOT_USER, folder, { root: "root", mounts: overlay, home }));
      }
      const [{ hash } = { hash: null }] = places;
      assertEquals([hash?.length, places], [64, places.map(() => ({ kind: "container", hash, own: true }))]);
    },
  );
}

/** The place that a process finds with the release's permissions. */
async function placeIn(
  mounter: Mounter,
  folder: string,
  { root, mounts, home = OWN_HOME, kind = "container" }: Scene,
): Promise<Place> {
  const { options } = await findToolchain();
  const permissions = releasePermissions(new URL("https://collector.invalid"));
  const program = `${ROOT}/tests/support/programs/place_program.ts`;
  const command = ["run", "--quiet", "--no-check", "--no-prompt", ...options, ...permissions, program, home, kind];
  // Where Deno has the libraries.
  const { HOME = "/", DENO_DIR = `${HOME}/.cache/deno` } = Deno.env.toObject();
  const entry: Entry = { root: `${folder}/${root}`, env: { DENO_DIR } };
  const ended = await runInRoot(mounter, mounts === undefined ? entry : { ...entry, mounts }, [
    Deno.execPath(),
    ...command,
  ]);
  const place = ended.code === 0 ? parsePlace(JSON.parse(ended.out)) : undefined;
  if (place === undefined) throw new Error(`No place was printed: ${ended.out}${ended.err}`);
  return place;
}

/** The folders that scenes have for `/`, and the engine's files. */
async function makeRoots(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/root`);
  // An engine leaves an empty file where it mounted the name when the image was made.
  await makeOwnRoot(`${folder}/image`, { hostname: "" });
  await makeOwnRoot(`${folder}/vm`, { hostname: "vm\n" });
  await makeOwnRoot(`${folder}/vm-copy`, { hostname: "vm\n" });
  await makeOwnRoot(`${folder}/machine`, { "machine-id": "0123456789abcdef0123456789abcdef\n" });
  await makeOwnRoot(`${folder}/machine-copy`, { "machine-id": "0123456789abcdef0123456789abcdef\n" });
  await makeOwnRoot(`${folder}/machine-other`, { "machine-id": "fedcba9876543210fedcba9876543210\n" });
  for (const [file, name] of [["name", "3f2a"], ["twin", "3f2a"], ["other", "77aa"]]) {
    await Deno.writeTextFile(`${folder}/${file}`, `${name}\n`);
  }
}

function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] {
  // Object.keys forgets the names' type; the table is a constant with exactly these keys.
  return Object.keys(table) as Name[];
}
