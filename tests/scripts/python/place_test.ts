import { assertEquals } from "@std/assert";
import { dirname, fromFileUrl } from "@std/path";
import { placeKey, readPlace } from "../../../lib/consent/place.ts";
import { toldFile } from "../../../lib/consent/told.ts";
import { homeAt } from "../../../lib/home.ts";
import { FileFault, isMissing } from "../../../lib/host/host.ts";
import { findPython } from "../../../scripts/toolchain/python.ts";
import { MemoryHost } from "../../support/machine/memory_host.ts";

/** Both languages on the same machines: where they are, and which file says that its user was told there. */

const HOME = "/home/ada/.config/rasa";
const ID = "0123456789abcdef0123456789abcdef\n";

/** A machine by its name: its files, the devices that are mounted on paths, and whether it is a container. */
const MACHINES: Readonly<
  Record<
    string,
    { files?: Record<string, string | Uint8Array>; mounts?: Record<string, number>; container?: boolean; home?: string }
  >
> = {
  "a machine": { files: { "/etc/machine-id": ` ${ID}` } },
  "a machine without an id": {},
  "a machine whose id isn't made yet": { files: { "/etc/machine-id": "uninitialized\n" } },
  "a machine whose id is blank": { files: { "/etc/machine-id": " \t\r\n" } },
  "a machine whose id is too large": { files: { "/etc/machine-id": "0".repeat(4097) } },
  "a machine whose id is no text": { files: { "/etc/machine-id": new Uint8Array([0xff, 0xfe, 0x0a]) } },
  "a machine whose home is on another device": { files: { "/etc/machine-id": ID }, mounts: { "/home": 7 } },
  "a container": { files: { "/etc/hostname": "3f2a\n" }, container: true },
  "a container with a mounted hostname": {
    files: { "/etc/hostname": "3f2a\n" },
    mounts: { "/etc/hostname": 9 },
    container: true,
  },
  "a container without a hostname": { container: true },
  "a container with its home on a volume": {
    files: { "/etc/hostname": "3f2a\n" },
    mounts: { [HOME]: 7 },
    container: true,
  },
  "a container with its home below a file": { files: { "/etc/hostname": "x" }, home: "/etc/hostname", container: true },
};

/** What Python is given of a machine, and what it makes of it. */
const PROGRAM = `
import json, os, sys
from rasa_telemetry import _answer, _place
machines = json.load(sys.stdin)
found = []
for machine in machines:
    class System:
        path, O_RDONLY = os.path, os.O_RDONLY
        @staticmethod
        def stat(path):
            if path not in machine["stats"]:
                raise FileNotFoundError(path)
            parts = machine["stats"][path]
            mode = {"directory": 0o040700, "file": 0o100600}[parts["kind"]]
            return type("Stat", (), {**parts, "st_mode": mode})
    _place.os = System
    _place._read = lambda path: bytes(machine["files"][path]) if path in machine["files"] else None
    _place.in_container = lambda: machine["container"]
    place = _place.read_place(machine["folder"])
    answer = {"notice": 1, "addressee": "Rasa \\u00e9"}
    told = None if place.key is None else _answer.told_file(machine["home"], answer, place, machine["terminal"])
    found.append([place.key or "nowhere", told])
print(json.dumps(found))
`;

Deno.test("Python finds the same place as the program, and the same file that says who was told", async () => {
  const python = await findPython();
  if (python === undefined) return;
  const described: unknown[] = [];
  const expected: (readonly [string, string | null])[] = [];
  for (const { files = {}, mounts = {}, container = false, home = HOME } of Object.values(MACHINES)) {
    const host = mounted(new MemoryHost({ files }), mounts);
    const folder = homeAt(home).telemetryDirectory;
    const place = await readPlace(host, folder, container);
    const key = placeKey(place);
    for (const terminal of [false, true]) {
      const about = { notice: 1, addressee: "Rasa é", place };
      expected.push([key, key === "nowhere" ? null : await toldFile(homeAt(home), about, terminal)]);
      described.push({ container, home, folder, terminal, stats: statsOf(host, folder), files: contentsOf(host) });
    }
  }
  assertEquals(new Set(expected.map(([key]) => key)).size, 6);
  assertEquals(await askPython(python, described), expected);
});

function mounted(host: MemoryHost, mounts: Readonly<Record<string, number>>): MemoryHost {
  const { stat } = host.files;
  const deepest = (path: string): number => mounts[path] ?? (path === "/" ? 1 : deepest(dirname(path)));
  host.files.stat = (path, follow) => ({ ...stat.call(host.files, path, follow), device: deepest(path) });
  return host;
}

/** What Python's \`os.stat\` says of the paths that a place is made of. */
function statsOf(host: MemoryHost, folder: string): Record<string, unknown> {
  const paths = ["/", "/etc/hostname"];
  for (let path = folder; path !== "/"; path = dirname(path)) paths.push(path);
  const found = paths.flatMap((path) => {
    try {
      const { kind, device, inode, changed, modified } = host.files.stat(path, true);
      const nanoseconds = (moment: Date | undefined) => (moment?.getTime() ?? 0) * 1_000_000;
      const times = { "st_ctime_ns": nanoseconds(changed), "st_mtime_ns": nanoseconds(modified) };
      return [[path, { kind, "st_dev": device, "st_ino": inode, ...times }] as const];
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  });
  return Object.fromEntries(found);
}

/** What Python reads of these files, as bytes; of one that is too large nothing. */
function contentsOf(host: MemoryHost): Record<string, readonly number[]> {
  const found = ["/etc/machine-id", "/etc/hostname"].flatMap((path) => {
    try {
      return [[path, [...host.files.read(path, 4096, true)]] as const];
    } catch (error) {
      if (error instanceof FileFault) return [];
      throw error;
    }
  });
  return Object.fromEntries(found);
}

async function askPython(python: string, machines: readonly unknown[]): Promise<unknown> {
  const sources = fromFileUrl(new URL("../../../python/src", import.meta.url));
  const child = new Deno.Command(python, {
    args: ["-c", PROGRAM],
    env: { PYTHONPATH: sources, PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(machines)));
  await writer.close();
  const { success, stdout } = await child.output();
  assertEquals(success, true);
  return JSON.parse(new TextDecoder().decode(stdout));
}
