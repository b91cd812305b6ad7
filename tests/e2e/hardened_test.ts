import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { ROOT } from "../../scripts/toolchain/toolchain.ts";
import { eventLines } from "../support/inputs/numbered_events.ts";
import { Authority, TlsFront } from "../support/programs/authority.ts";
import { httpsBinaryPath, httpsPort } from "../support/programs/binary.ts";
import { Collector } from "../support/programs/collector.ts";
import { CAN_MOUNT, type Condition, ON_LINUX } from "../support/programs/conditions.ts";
import { succeeds } from "../support/programs/process.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";
import { HTTPS } from "../support/scenes/endpoints.ts";

/** The binary under what docs/systemd.md takes from a service, without systemd. */

const HARDENING = fromFileUrl(new URL("../support/programs/hardening.py", import.meta.url));
const TRACK = ["track", "Shell Started", "--json"];
const ON = { RASA_TELEMETRY_ENABLED: "true" };

/** The command line that starts another one with less. */
const without = (what: readonly string[]) => (argv: readonly string[]) => ["python3", HARDENING, what.join(), ...argv];

const works = ([program = "", ...args]: readonly string[]) => succeeds(program, ...args);

/** Filters of system calls, for each process on Linux that has Python. */
const CAN_FILTER: Condition = {
  met: ON_LINUX.met && await works(without(["no_pkey_refused"])(["/bin/true"])),
  reason: "no filters of system calls, or no Python",
};
/** Memory that the kernel itself lets nobody make executable. */
const CAN_DENY: Condition = {
  met: CAN_FILTER.met && await works(without(["memory_deny_write_execute"])(["/bin/true"])),
  reason: "a kernel before 6.3",
};
const UNSHARE = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--uts", "--ipc"];
const OWN_USERS = ["unshare", "--user", "--map-current-user"];
/** Users of its own. */
const CAN_OWN_USERS: Condition = {
  met: ON_LINUX.met && await works([...OWN_USERS, "true"]),
  reason: "no user namespaces",
};
/** A Python that isn't in anybody's home. */
const PYTHON = "/usr/bin/python3";
/** Mounts of their own, and a `/proc` without what isn't about processes. */
const CAN_ENTER_UNIT: Condition = {
  met: CAN_MOUNT.met && CAN_FILTER.met && await works([PYTHON, "--version"]) && await works(
    [...UNSHARE, "mount", "-t", "proc", "-o", "hidepid=invisible,subset=pid", "proc", "/proc"],
  ),
  reason: "no mounts, no Python of the system, or a kernel before 5.8",
};

/**
 * What tries each line of the unit: functions of hardening.py, or mounts and namespaces. `name`: a line for systemd
 * itself, or one against what the program has no way to do.
 */
const TRIED: Readonly<Record<string, readonly string[] | "namespaces" | "private users" | "name">> = {
  StateDirectory: "namespaces",
  StateDirectoryMode: "namespaces",
  Environment: "namespaces",
  TimeoutStopSec: "name",
  DynamicUser: "namespaces",
  NoNewPrivileges: "namespaces",
  CapabilityBoundingSet: "namespaces",
  PrivateUsers: "private users",
  UMask: "namespaces",
  ProtectSystem: "namespaces",
  ProtectHome: "namespaces",
  PrivateTmp: "namespaces",
  PrivateDevices: "namespaces",
  ProtectProc: "namespaces",
  ProcSubset: "namespaces",
  ProtectHostname: "namespaces",
  ProtectClock: ["system_service"],
  ProtectKernelLogs: ["system_service"],
  ProtectKernelModules: ["system_service"],
  ProtectKernelTunables: "namespaces",
  ProtectControlGroups: "name",
  PrivateIPC: "namespaces",
  RemoveIPC: "name",
  MemoryDenyWriteExecute: ["memory_deny_write_execute_by_filter"],
  LockPersonality: ["lock_personality_scheduler_namespaces"],
  RestrictRealtime: ["lock_personality_scheduler_namespaces"],
  RestrictSUIDSGID: "name",
  RestrictNamespaces: ["lock_personality_scheduler_namespaces"],
  RestrictAddressFamilies: ["restrict_address_families"],
  SystemCallArchitectures: ["system_service"],
  SystemCallFilter: ["system_service"],
};

const FILTERS = [...new Set(Object.values(TRIED).flatMap((how) => typeof how === "string" ? [] : how))];

Deno.test("docs/systemd.md has a unit each of whose lines is tried here, or said not to be", async () => {
  const [, unit = ""] = /```ini\n([^`]*)/.exec(await Deno.readTextFile(`${ROOT}/docs/systemd.md`)) ?? [];
  const names = [...unit.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  assertEquals([...new Set(names)], Object.keys(TRIED));
});

/** What is tried by itself: the command line that starts another one with less. */
const HARDENED: Readonly<Record<string, readonly [wrap: ReturnType<typeof without>, needs: Condition]>> = {
  "memory_deny_write_execute": [without(["memory_deny_write_execute"]), CAN_DENY],
  ...Object.fromEntries([...FILTERS, "no_pkey_refused"].map((name) => [name, [without([name]), CAN_FILTER]] as const)),
  "private users": [(argv) => [...OWN_USERS, ...argv], CAN_OWN_USERS],
};

for (const [name, [wrap, needs]] of Object.entries(HARDENED)) {
  endToEnd(`track and stream deliver under ${name.replaceAll("_", " ")}`, { needs, env: ON }, async (here) => {
    const how = { wrap };
    const track = await here.run(TRACK, how);
    assertEquals([track.code, track.err, JSON.parse(track.out).outcome], [0, "", "delivered"]);
    const stream = await here.run(["stream", "--json"], { ...how, stdin: eventLines(0, 2_000) });
    const { accepted, delivered } = JSON.parse(stream.out);
    assertEquals([stream.code, stream.err, accepted, delivered], [0, "", 2_000, 2_000]);
    assertEquals(here.collector.reports.length, 2_001);
  });
}

endToEnd(
  "a filter without @pkey kills the runtime before the program starts, as docs/systemd.md says",
  { needs: CAN_FILTER, env: ON },
  async (here) => {
    const { signal, out } = await here.run(TRACK, { wrap: without(["no_pkey"]) });
    assertEquals([signal, out, here.collector.arrivals], ["SIGSYS", "", []]);
  },
);

/** A user that no file knows, as DynamicUser makes one. */
const USER = "12345";

/** Lays out the file system of the unit, and becomes a program in it. The state's folder is `$1`, the root's `$2`. */
const IN_UNIT = `
root=$2
mount --rbind / "$root"
mount -o remount,bind,ro "$root"
mount --bind "$1" "$root$1"
mount -t proc -o hidepid=invisible,subset=pid proc "$root/proc"
[ ! -d /proc/sys ] || [ ! -e "$root/proc/sys" ]
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
  touch "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
for path in /root /home; do
  [ ! -d "$path" ] || mount -t tmpfs -o mode=0000 tmpfs "$root$path"
done
hostname unit
umask 0077
shift 2
exec chroot "$root" setpriv --reuid=${USER} --regid=${USER} --clear-groups --bounding-set=-all --no-new-privs "$@"
`;
endToEnd(
  "track delivers over HTTPS, and keeps its home, in all of the unit of docs/systemd.md",
  { ...HTTPS, needs: CAN_ENTER_UNIT },
  async ({ folder, run }) => {
    const authority = await Authority.create();
    const collector = new Collector();
    const front = new TlsFront(await authority.issue(), Number(new URL(collector.endpoint).port), httpsPort());
    try {
      // DynamicUser makes the state's folder a link.
      const [state, root] = [`${folder}/state`, `${folder}/root`];
      await Deno.mkdir(`${state}/private/rasa`, { recursive: true, mode: 0o755 });
      await Deno.symlink("private/rasa", `${state}/rasa`);
      await Deno.chmod(`${state}/private/rasa`, 0o700);
      await Deno.chown(`${state}/private/rasa`, Number(USER), Number(USER));
      await Deno.mkdir(root);
      await Deno.chmod(folder, 0o755);
      await Deno.writeTextFile(`${folder}/authority.pem`, authority.pem);
      const env = {
        ...ON,
        RASA_TELEMETRY_HOME: `${state}/rasa`,
        TMPDIR: "/",
        SSL_CERT_FILE: `${folder}/authority.pem`,
      };
      // Where these are otherwise, other users may not read them.
      const [binary, hardening] = [`${folder}/rasa-telemetry`, `${folder}/hardening.py`];
      await Deno.copyFile(httpsBinaryPath(), binary);
      await Deno.copyFile(HARDENING, hardening);
      const wrap = (argv: readonly string[]) => {
        const inside = [PYTHON, hardening, FILTERS.join(), ...argv];
        return [...UNSHARE, "sh", "-ec", IN_UNIT, "sh", state, root, ...inside];
      };
      const how = { env, wrap, binary, home: undefined };
      const track = await run(TRACK, how);
      assertEquals([track.code, track.err, JSON.parse(track.out || "{}").outcome], [0, "", "delivered"]);
      const status = await run(["status", "--json"], how);
      const { enabled, machineId } = JSON.parse(status.out || "{}");
      assertEquals([status.code, enabled, status.err], [0, true, ""]);
      assertEquals(collector.reports.map((report) => report["userId"]), [machineId]);
    } finally {
      await front.close();
      await collector.close();
    }
  },
);
