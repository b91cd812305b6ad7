import { assertEquals, assertNotEquals } from "@std/assert";
import { hasOwnFileSystem, isSamePlace, parsePlace, type Place, placeKey, readPlace } from "../../lib/consent/place.ts";
import { FileFault } from "../../lib/host/host.ts";
import { sha256 } from "../../lib/sha256.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";

const HOME = "/home/ada/.config/rasa";
const ID = "0123456789abcdef0123456789abcdef";
const A = "a".repeat(64);
const B = "b".repeat(64);

Deno.test("readPlace takes a hash of /etc/machine-id on a machine", async () => {
  const place = await readPlace(machine({ files: { "/etc/machine-id": ` ${ID}\n` } }), HOME, false);
  assertEquals(place, { kind: "machine", hash: await sha256(`rasa-telemetry machine\n${ID}`) });
});

const NOTHING_TO_COMPARE: readonly (readonly [string, MemoryHostOptions, mounts: Readonly<Record<string, number>>])[] =
  [
    ["there is no /etc/machine-id", {}, {}],
    ["/etc/machine-id is empty", { files: { "/etc/machine-id": "" } }, {}],
    ["/etc/machine-id is blank", { files: { "/etc/machine-id": " \n" } }, {}],
    ["/etc/machine-id isn't made yet", { files: { "/etc/machine-id": "uninitialized\n" } }, {}],
    ["/etc/machine-id is too large", { files: { "/etc/machine-id": "0".repeat(4097) } }, {}],
    ["the home is on another device", { files: { "/etc/machine-id": ID } }, { "/home": 7 }],
    ["the system is macOS", { files: { "/etc/machine-id": ID }, system: { name: "Darwin" } }, {}],
    ["the system is Windows", { files: { "/etc/machine-id": ID }, system: { name: "Windows" } }, {}],
  ];

for (const [what, options, mounts] of NOTHING_TO_COMPARE) {
  Deno.test(`readPlace compares nothing where ${what}`, async () => {
    assertEquals(await readPlace(machine(options, mounts), HOME, false), { kind: "machine", hash: null });
  });
}

Deno.test("readPlace compares nothing where /etc/machine-id can't be read, or the home can't be looked at", async () => {
  for (const path of ["/etc/machine-id", HOME, "/"]) {
    const host = failing(machine({ files: { "/etc/machine-id": ID } }), path);
    assertEquals(await readPlace(host, HOME, false), { kind: "machine", hash: null });
  }
});

const CONTAINER = { files: { "/etc/hostname": "3f2a\n" } };
const MOUNTED = { "/etc/hostname": 9 };
const SECONDS = NOON.getTime() / 1000;

Deno.test("readPlace takes a hash of a mounted /etc/hostname without its times in a container", async () => {
  const host = machine(CONTAINER, MOUNTED);
  const hash = await sha256(`rasa-telemetry container\n${inodeOf(host)} 9 - -\n3f2a\n`);
  assertEquals(await readPlace(host, HOME, true), { kind: "container", hash, own: true });
});

Deno.test("readPlace takes a hash of /etc/hostname with its times where it lies on the device of /", async () => {
  const host = machine(CONTAINER);
  const hash = await sha256(`rasa-telemetry container\n${inodeOf(host)} 1 ${SECONDS} ${NOON.getTime()}\n3f2a\n`);
  assertEquals(await readPlace(host, HOME, true), { kind: "container", hash, own: true });
});

Deno.test("readPlace spells an inode beyond 2^53 as the double that it is", async () => {
  const host = machine(CONTAINER, MOUNTED);
  const { stat } = host.files;
  host.files.stat = (path, follow) => ({ ...stat.call(host.files, path, follow), inode: 2 ** 63 + 2 ** 12 });
  const hash = await sha256("rasa-telemetry container\n9223372036854779904 9 - -\n3f2a\n");
  assertEquals(await readPlace(host, HOME, true), { kind: "container", hash, own: true });
});

/** Where the home is, and whether that is the container's own file system. */
const HOMES: readonly (readonly [string, mounts: Readonly<Record<string, number>>, string, own: boolean | null])[] = [
  ["a home that exists", {}, "/home/ada", true],
  ["a home that doesn't exist yet", {}, HOME, true],
  ["a home that is a volume", { [HOME]: 7 }, HOME, false],
  ["a home on a volume", { "/home": 7 }, HOME, false],
  ["a home that will be on a volume", { "/home/ada": 7 }, HOME, false],
  ["a home that is a file", {}, "/etc/hostname", null],
  ["a home below a file", {}, "/etc/hostname/rasa", null],
];

for (const [what, mounts, home, own] of HOMES) {
  Deno.test(`readPlace says ${own} for ${what} in a container`, async () => {
    const host = machine(CONTAINER, mounts);
    const place = await readPlace(host, home, true);
    assertEquals(place.kind === "container" && place.own, own);
  });
}

Deno.test("readPlace says in a container what can't be told", async () => {
  const host = machine(CONTAINER, MOUNTED);
  const { hash } = await readPlace(host, HOME, true);
  const places: readonly (readonly [string, Place])[] = [
    ["/", { kind: "container", hash: null, own: null }],
    [HOME, { kind: "container", hash, own: null }],
    ["/etc/hostname", { kind: "container", hash: null, own: true }],
  ];
  for (const [path, place] of places) {
    assertEquals(await readPlace(failing(host, path), HOME, true), place, path);
  }
  assertEquals(await readPlace(machine({}), HOME, true), { kind: "container", hash: null, own: true });
  const large = machine({ files: { "/etc/hostname": "x".repeat(4097) } });
  assertEquals(await readPlace(large, HOME, true), { kind: "container", hash: null, own: true });
});

/** What makes two containers with homes of their own different places. */
const DIFFERENCES: readonly (readonly [string, (host: MemoryHost) => void])[] = [
  ["another name", (host) => host.files.plant("/etc/hostname", "77aa\n")],
  ["another file of the same name", (host) => {
    host.files.stat("/etc");
    host.files.plant("/etc/hostname", "3f2a\n");
  }],
  ["the same file on another device", (host) => host.files.mounts.set("/etc/hostname", 10)],
  ["no /etc/hostname", (host) => host.files.remove("/etc/hostname")],
];

for (const [what, change] of DIFFERENCES) {
  Deno.test(`readPlace tells a container with ${what} from one with the same home`, async () => {
    const [first, second] = [machine(CONTAINER, MOUNTED), machine(CONTAINER, MOUNTED)];
    change(second);
    const [written, now] = [await readPlace(first, HOME, true), await readPlace(second, HOME, true)];
    assertEquals([isSamePlace(written, written), isSamePlace(written, now)], [true, false]);
  });
}

Deno.test("readPlace tells copies that were unpacked from one image apart by the times of /etc/hostname", async () => {
  const later = { ...CONTAINER, now: new Date(NOON.getTime() + 1) };
  const [written, now] = [await readPlace(machine(CONTAINER), HOME, true), await readPlace(machine(later), HOME, true)];
  assertEquals(isSamePlace(written, now), false);
});

Deno.test("readPlace takes a container whose mounted /etc/hostname is written anew for the same one", async () => {
  const host = machine(CONTAINER, MOUNTED);
  const written = await readPlace(host, HOME, true);
  host.clock += 60_000;
  host.files.append("/etc/hostname", new Uint8Array());
  assertEquals(await readPlace(host, HOME, true), written);
});

/** Places, and which of them what was written at each counts at. */
const PLACES = {
  "a machine without an id": { kind: "machine", hash: null },
  "machine A": { kind: "machine", hash: A },
  "machine B": { kind: "machine", hash: B },
  "a volume in container A": { kind: "container", hash: A, own: false },
  "a volume in container B": { kind: "container", hash: B, own: false },
  "a volume in a container without a name": { kind: "container", hash: null, own: false },
  "container A": { kind: "container", hash: A, own: true },
  "container B": { kind: "container", hash: B, own: true },
  "a container without a name": { kind: "container", hash: null, own: true },
  "somewhere in container A": { kind: "container", hash: A, own: null },
  "somewhere": { kind: "container", hash: null, own: null },
} as const satisfies Record<string, Place>;

const MACHINES = ["a machine without an id", "machine A", "machine B"];
const VOLUMES = ["a volume in container A", "a volume in container B", "a volume in a container without a name"];

const COUNTS: Readonly<Record<keyof typeof PLACES, { readonly at: readonly string[]; readonly key: string }>> = {
  "a machine without an id": { at: MACHINES, key: "machine" },
  "machine A": { at: ["a machine without an id", "machine A"], key: `machine-${A}` },
  "machine B": { at: ["a machine without an id", "machine B"], key: `machine-${B}` },
  "a volume in container A": { at: VOLUMES, key: "volume" },
  "a volume in container B": { at: VOLUMES, key: "volume" },
  "a volume in a container without a name": { at: VOLUMES, key: "volume" },
  // An engine fills a new volume with what the image has there: the container must be the same one.
  "container A": { at: ["a volume in container A", "container A"], key: `container-${A}` },
  "container B": { at: ["a volume in container B", "container B"], key: `container-${B}` },
  "a container without a name": { at: [], key: "nowhere" },
  "somewhere in container A": { at: [], key: "nowhere" },
  "somewhere": { at: [], key: "nowhere" },
};

for (const [name, written] of Object.entries<Place>(PLACES)) {
  Deno.test(`isSamePlace says where it counts what was written at ${name}`, () => {
    const at = Object.entries<Place>(PLACES).filter(([, now]) => isSamePlace(written, now)).map(([other]) => other);
    assertEquals({ at, key: placeKey(written) }, COUNTS[name as keyof typeof PLACES]);
  });

  Deno.test(`placeKey gives ${name} the text of no place where what was written there doesn't count`, () => {
    for (const now of Object.values<Place>(PLACES)) {
      if (!isSamePlace(written, now) && placeKey(written) !== "nowhere") {
        assertNotEquals(placeKey(written), placeKey(now));
      }
    }
  });

  Deno.test(`parsePlace reads ${name}`, () => {
    assertEquals(parsePlace(JSON.parse(JSON.stringify(written))), written);
  });
}

Deno.test("hasOwnFileSystem is true for containers whose home ends with them, or may", () => {
  const own = Object.entries<Place>(PLACES).filter(([, place]) => hasOwnFileSystem(place)).map(([name]) => name);
  assertEquals(own, [
    "container A",
    "container B",
    "a container without a name",
    "somewhere in container A",
    "somewhere",
  ]);
});

for (
  const value of [
    undefined,
    null,
    "machine",
    [],
    {},
    { kind: "machine" },
    { kind: "machine", hash: "" },
    { kind: "machine", hash: A.toUpperCase() },
    { kind: "machine", hash: A.slice(1) },
    { kind: "machine", hash: `${A}\n` },
    { kind: "ship", hash: A },
    { kind: "container", hash: A },
    { kind: "container", own: true },
    { kind: "container", hash: A, own: "true" },
  ]
) {
  Deno.test(`parsePlace takes ${JSON.stringify(value)} for no place`, () => {
    assertEquals(parsePlace(value), undefined);
  });
}

Deno.test("parsePlace leaves out what it doesn't know", () => {
  assertEquals(parsePlace({ kind: "machine", hash: A, own: true, more: 1 }), { kind: "machine", hash: A });
});

function machine(options: MemoryHostOptions, mounts: Readonly<Record<string, number>> = {}): MemoryHost {
  const host = new MemoryHost(options);
  for (const [path, device] of Object.entries(mounts)) {
    if (!host.files.nodes.has(path)) host.files.plantFolder(path);
    host.files.mounts.set(path, device);
  }
  return host;
}

function inodeOf(host: MemoryHost): number | undefined {
  return host.files.stat("/etc/hostname").inode;
}

function failing(host: MemoryHost, failingPath: string): MemoryHost {
  host.files.before = ({ path }) => {
    if (path === failingPath) throw new FileFault("look at a path", "EACCES");
  };
  return host;
}
