import { assertEquals, assertMatch } from "@std/assert";
import {
  another,
  plantFiles,
  QUEUE_ONLY,
  takePattern,
  tellUser,
  TRACK,
  TRACK_JSON,
  waitingIn,
} from "../support/inputs/queue_folder.ts";
import { STORED_ON } from "../support/scenes/scene.ts";
import { snapshot } from "../support/inputs/folders.ts";
import { nodeKinds, plantNode } from "../support/inputs/nodes.ts";
import { CAN_LIMIT, CAN_MOUNT, ON_POSIX } from "../support/programs/conditions.ts";
import { type Mounts, withMounts } from "../support/programs/mounts.ts";
import { asNobody } from "../support/programs/other_user.ts";
import { type EndToEnd, endToEnd, type RunOptions } from "../support/scenes/end_to_end.ts";

/** Full, broken and read-only disks, and files that others planted: the binary stays quiet, follows no link, overwrites nothing. */

const DISABLED = { outcome: "disabled", messageId: null, heldUntil: null, withheld: [], withheldUnknown: 0 };
const FORCED = { RASA_TELEMETRY_ENABLED: "true" };
const UNWRITABLE = /no folder can be written, so nothing can be kept/;

/** Asserts that telemetry is off by this rule, that `status` says why, and that nothing under `root` changes by that. */
async function assertOff(
  here: EndToEnd,
  how: RunOptions,
  decidedBy: "unwritable" | "configuration",
  why: RegExp,
  root = here.folder,
): Promise<void> {
  const before = await snapshot(root);
  const commands = [TRACK, TRACK_JSON, ["status", "--json"], ["status"]];
  const [plain, track, status, people] = await Promise.all(commands.map((args) => here.run(args, how)));
  assertEquals([plain?.code, plain?.out, plain?.err], [0, "", ""]);
  assertEquals([track?.code, track?.err, JSON.parse(track?.out ?? "")], [0, "", DISABLED]);
  const { enabled, decidedBy: rule, queued } = JSON.parse(status?.out ?? "");
  assertEquals([status?.code, enabled, rule, queued], [0, false, decidedBy, 0]);
  assertMatch(`${people?.out}${people?.err}`, why);
  assertEquals(here.collector.arrivals, []);
  assertEquals(await snapshot(root), before);
}

/**
 * Asserts that where the environment says on there is one attempt for each report, and nothing under `root` changes but
 * the log of what was sent, and the count of what it lacks, as far as the disk takes them.
 */
async function assertDirect(here: EndToEnd, how: RunOptions, root = here.folder): Promise<void> {
  const before = await snapshot(root);
  const forced = { ...how, env: FORCED };
  for (const [status, outcome] of [[200, "delivered"], [503, "dropped"]] as const) {
    here.collector.reset();
    here.collector.answer = () => Response.json({ success: true }, { status });
    const { code, out, err } = await here.run(TRACK_JSON, forced);
    assertEquals([code, err, JSON.parse(out).outcome, here.collector.arrivals.length], [0, "", outcome, 1]);
  }
  const after = Object.entries(await snapshot(root)).filter(([path]) => !/telemetry\/(sent\.log|unlogged)$/.test(path));
  assertEquals(Object.fromEntries(after), before);
}

/** Homes in which nothing can be kept. Each gives how to start the binary there. */
const HOMES: Readonly<Record<string, (here: EndToEnd) => Promise<RunOptions>>> = {
  "a home without write permission": async (here) => {
    const user = await asNobody(here);
    await Deno.chmod(here.home, 0o500);
    return { user };
  },
  "somebody else's home": async (here) => {
    const user = await asNobody(here);
    if (user !== undefined) await Deno.chown(here.home, 0, 0);
    await Deno.chmod(here.home, 0o555);
    return { user };
  },
  "a home that isn't there and can't be made": async (here) => {
    const user = await asNobody(here);
    await Deno.chmod(here.home, 0o500);
    return { user, home: `${here.home}/nobody` };
  },
  "no HOME": () => Promise.resolve({ home: undefined }),
  "a device as HOME": () => Promise.resolve({ home: "/dev/null" }),
  "a file as ~/.config": async ({ home }) => {
    await Deno.writeTextFile(`${home}/.config`, "a file");
    return {};
  },
  "a file as the telemetry folder": async ({ home }) => {
    const queue = await tellUser(home);
    await Deno.remove(queue, { recursive: true });
    await Deno.writeTextFile(queue, "a file");
    return {};
  },
  "a dangling link as the telemetry folder": async ({ folder, home }) => {
    const queue = await tellUser(home);
    await Deno.remove(queue, { recursive: true });
    await Deno.symlink(`${folder}/nowhere`, queue);
    return {};
  },
};

for (const [name, prepare] of Object.entries(HOMES)) {
  endToEnd(
    `the binary is off and quiet with ${name}, and forced on makes one attempt`,
    { needs: ON_POSIX },
    async (here) => {
      const how = await prepare(here);
      try {
        await assertOff(here, how, "unwritable", UNWRITABLE);
        await assertDirect(here, how);
      } finally {
        await Deno.chmod(here.home, 0o700);
      }
    },
  );
}

/** Repeats the work until the disk is full. */
async function untilFull(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOSPC") return;
      throw error;
    }
  }
}

/** A disk for the home: the script that mounts it, and what fills or breaks it. */
interface Disk {
  readonly script: string;
  spoil(mounts: Mounts, here: EndToEnd): Promise<void>;
}

const FULL: Disk = {
  script: 'mount -t tmpfs -o size=256k,mode=0700 tmpfs "$1"',
  async spoil({ outside }, { home }) {
    using filler = await Deno.open(outside(`${home}/filler`), { write: true, create: true });
    for (const size of [65_536, 4_096, 1]) await untilFull(() => filler.write(new Uint8Array(size)));
  },
};

const WITHOUT_NAMES: Disk = {
  script: 'mount -t tmpfs -o nr_inodes=64,mode=0700 tmpfs "$1"',
  async spoil({ outside }, { home }) {
    let count = 0;
    await untilFull(() => Deno.writeFile(outside(`${home}/filler-${count++}`), new Uint8Array()));
  },
};

const READ_ONLY: Disk = {
  script: 'mount -t tmpfs -o mode=0700 tmpfs "$1"',
  async spoil({ wrap }, here) {
    const { code } = await here.run([], { wrap: () => wrap(["mount", "-o", "remount,ro", here.home]) });
    assertEquals(code, 0);
  },
};

/** A test among the mounts of a disk with the folder of a queue on it; gives that folder's path, as the binary sees it. */
function onDisk(
  name: string,
  disk: Disk,
  work: (here: EndToEnd, how: RunOptions, mounts: Mounts, queue: string) => Promise<void>,
): void {
  endToEnd(name, { needs: CAN_MOUNT }, (here) =>
    withMounts(here, disk.script, async (mounts) => {
      const queue = `${here.home}/.config/rasa/telemetry`;
      await Deno.mkdir(mounts.outside(queue), { recursive: true });
      await work(here, { wrap: mounts.wrap }, mounts, queue);
    }));
}

for (
  const [name, disk] of Object.entries({
    "a full disk": FULL,
    "a disk without room for another name": WITHOUT_NAMES,
    "a disk that was remounted read-only": READ_ONLY,
  })
) {
  onDisk(`the binary is off and quiet on ${name}, and forced on makes one attempt`, disk, async (here, how, mounts) => {
    await tellUser(mounts.outside(here.home));
    await disk.spoil(mounts, here);
    await assertOff(here, how, "unwritable", UNWRITABLE, mounts.outside(here.home));
    await assertDirect(here, how, mounts.outside(here.home));
  });

  onDisk(`the binary is off and quiet on ${name} that nobody was told on`, disk, async (here, how, mounts, queue) => {
    // Empty files still find room where nothing else does.
    for (const lock of ["configuration.lock", "sending.lock"]) {
      await Deno.writeTextFile(mounts.outside(`${queue}/${lock}`), "");
    }
    await disk.spoil(mounts, here);
    await assertOff(here, how, "unwritable", UNWRITABLE, mounts.outside(here.home));
  });
}

for (
  const [name, disk] of Object.entries({ "a full disk": FULL, "a disk without room for another name": WITHOUT_NAMES })
) {
  onDisk(`the binary delivers what waits on ${name}, once`, disk, async (here, how, mounts, queue) => {
    await tellUser(mounts.outside(here.home));
    // Any delivery leaves it.
    await Deno.writeTextFile(mounts.outside(`${queue}/delivery.lock`), "");
    const ids: string[] = [];
    for (let count = 0; count < 2; count++) ids.push(JSON.parse((await here.run(QUEUE_ONLY, how)).out).messageId);
    await disk.spoil(mounts, here);
    assertEquals((await here.run(["flush"], how)).err, "2 delivered, 0 rejected, 0 left\n");
    assertEquals((await here.run(["flush"], how)).err, "0 delivered, 0 rejected, 0 left\n");
    assertEquals(here.collector.reports.map((report) => report["messageId"]), ids);
  });
}

onDisk(
  "flush sends nothing from a read-only disk, from which it would go again each time",
  READ_ONLY,
  async (here, how, mounts) => {
    await tellUser(mounts.outside(here.home));
    await here.run(QUEUE_ONLY, how);
    await READ_ONLY.spoil(mounts, here);
    const { code, err } = await here.run(["flush"], how);
    assertEquals([code, here.collector.arrivals], [4, []]);
    assertMatch(err, /^0 delivered, 0 rejected, 1 left: .*\n$/);
  },
);

onDisk("disable makes room on a full disk, and stores the choice", FULL, async (here, how, mounts) => {
  await tellUser(mounts.outside(here.home));
  for (let count = 0; count < 2; count++) await here.run(QUEUE_ONLY, how);
  await FULL.spoil(mounts, here);
  const { code, out, err } = await here.run(["disable", "--json"], how);
  assertEquals([code, err], [0, "Telemetry is off. 2 waiting reports were deleted.\n"]);
  assertEquals(JSON.parse(out), { enabled: false, decidedBy: "configuration" });
});

onDisk("disable keeps the choice beside global.yml on a full disk", FULL, async (here, how, mounts, queue) => {
  await tellUser(mounts.outside(here.home));
  await FULL.spoil(mounts, here);
  const { code, out, err } = await here.run(["disable", "--json"], how);
  assertEquals([code, JSON.parse(out)], [0, { enabled: false, decidedBy: "configuration" }]);
  assertMatch(err, /: ENOSPC; the choice is kept in .*\/telemetry instead\nTelemetry is off\.\n$/);
  assertEquals(await Deno.readTextFile(mounts.outside(`${queue}/disabled`)), "");
  await assertOff(here, how, "configuration", /Telemetry is off/, mounts.outside(here.home));
});

for (const bytes of [0, 100]) {
  const limited = `prlimit --fsize=${bytes} "$0" "$@"`;

  // As a child of Python, which ignores the signal of that limit and lets its children inherit that.
  endToEnd(`the binary is quiet where no file may grow beyond ${bytes} bytes, and leaves no part of a file`, {
    needs: CAN_LIMIT,
  }, async (here) => {
    await tellUser(here.home);
    const how = { wrap: (argv: readonly string[]) => ["sh", "-c", `trap "" XFSZ; exec ${limited}`, ...argv] };
    const before = await snapshot(here.folder);
    const plain = await here.run(TRACK, how);
    assertEquals([plain.signal, plain.code, plain.out, plain.err], [null, 0, "", ""]);
    assertEquals(JSON.parse((await here.run(TRACK_JSON, how)).out), DISABLED);
    assertEquals((await here.run(["status"], how)).code, 0);
    assertEquals([here.collector.arrivals, await snapshot(here.folder)], [[], before]);
    await assertDirect(here, how);
  });

  // The signal ends any program that doesn't handle it. The runtime can't handle it without catching other signals too.
  endToEnd(
    `the binary says nothing, overwrites nothing and loses nothing where a signal ends it after ${bytes} bytes`,
    {
      needs: CAN_LIMIT,
    },
    async (here) => {
      const queue = await tellUser(here.home);
      const { messageId } = JSON.parse((await here.run(QUEUE_ONLY)).out);
      const before = await snapshot(here.home);
      const how = { wrap: (argv: readonly string[]) => ["sh", "-c", `exec ${limited}`, ...argv] };
      const plain = await here.run(TRACK, how);
      assertEquals([plain.out, plain.err, here.collector.arrivals], ["", "", []]);
      const after = await snapshot(here.home);
      assertEquals(Object.fromEntries(Object.keys(before).map((path) => [path, after[path]])), before);
      assertEquals((await here.run(["flush"])).code, 0);
      assertEquals(here.collector.reports.map((report) => report["messageId"]), [messageId]);
      assertEquals(await waitingIn(queue), []);
    },
  );
}

endToEnd("track loses nothing where few file descriptors are left", { needs: CAN_LIMIT }, async (here) => {
  await tellUser(here.home);
  for (const limit of [16, 17, 20]) {
    here.collector.reset();
    const wrap = (argv: readonly string[]) => ["prlimit", `--nofile=${limit}`, ...argv];
    const { code, out, err } = await here.run(TRACK_JSON, { wrap });
    const { outcome, messageId } = JSON.parse(out);
    assertEquals([limit, code, err, ["delivered", "queued"].includes(outcome)], [limit, 0, "", true]);
    await here.run(["flush"]);
    assertEquals(here.collector.reports.map((report) => report["messageId"]), [messageId]);
  }
});

/** What people are told about a `global.yml`, and what makes such a file. */
type Planting = readonly [why: RegExp, plant: (path: string, here: EndToEnd) => Promise<RunOptions | void>];

const because = (problem: string) => new RegExp(`global\\.yml can't be used: ${problem}, so telemetry is off; .*\n$`);

const CONTENTS: Readonly<Record<string, Planting>> = {
  "broken YAML": [because(".*"), (path) => Deno.writeTextFile(path, "metrics: [")],
  "two documents": [because(".*"), (path) => Deno.writeTextFile(path, `${STORED_ON}---\n${STORED_ON}`)],
  "bytes that are no text": [
    because("it is not UTF-8 text"),
    (path) => Deno.writeFile(path, Uint8Array.from({ length: 4096 }, (_, at) => at * 167)),
  ],
  "a file of 100 MB": [because("it is larger than 1 MiB"), async (path) => {
    await Deno.writeTextFile(path, STORED_ON);
    await Deno.truncate(path, 100_000_000);
  }],
  "a file that may not be read": [because("its permissions don't allow reading it"), async (path, here) => {
    const user = await asNobody(here);
    await Deno.writeTextFile(path, STORED_ON);
    await Deno.chmod(path, 0);
    return { user };
  }],
  ...Object.fromEntries(
    nodeKinds().map((kind): [string, Planting] => {
      const problem = kind.endsWith("link") ? "it is a symbolic link, which is not followed" : "it is not a file";
      return [`a ${kind}`, [because(problem), (path, { folder }) => plantNode(kind, path, `${folder}/canary`)]];
    }),
  ),
};

for (const [name, [why, plant]] of Object.entries(CONTENTS)) {
  endToEnd(
    `the binary takes ${name} in the place of global.yml for a no, and leaves it as it is`,
    { needs: ON_POSIX },
    async (here) => {
      await Deno.writeTextFile(`${here.folder}/canary`, STORED_ON);
      await Deno.mkdir(`${here.home}/.config/rasa`, { recursive: true });
      const how = await plant(`${here.home}/.config/rasa/global.yml`, here) ?? {};
      await assertOff(here, how, "configuration", why);
      const files = async () => {
        const found = await snapshot(here.folder);
        return [found["home/.config/rasa/global.yml"], found["canary"], found["canary-that-is-not-there"]];
      };
      const before = await files();
      const [enable, flush, forced] = await Promise.all([
        here.run(["enable"], how),
        here.run(["flush"], how),
        here.run(TRACK_JSON, { ...how, env: FORCED }),
      ]);
      assertEquals([enable.code, flush.code, forced.code, forced.err], [2, 0, 0, ""]);
      assertEquals([JSON.parse(forced.out).outcome, here.collector.reports.length], ["delivered", 1]);
      assertEquals(await files(), before);
    },
  );
}

function removeFiles(folder: string, names: readonly string[]): void {
  for (const name of names) Deno.removeSync(`${folder}/${name}`);
}

const DAY_MS = 24 * 60 * 60 * 1000;

for (const kind of nodeKinds()) {
  endToEnd(
    `track delivers although a ${kind} is in the place of each file but the locks and the veto`,
    { needs: ON_POSIX },
    async (here) => {
      const queue = await tellUser(here.home);
      const pattern = await takePattern(here, queue);
      const canary = `${here.folder}/canary`;
      await Deno.writeTextFile(canary, pattern.content);
      const posing = another(pattern, Date.now()).name;
      for (
        const name of ["delivery.json", "sent.log", "dropped", "crashed.json.tmp", "x.broken", "notice.lock", posing]
      ) {
        await plantNode(kind, `${queue}/${name}`, canary);
      }
      // A report so old that it is dropped, which is counted in a file.
      plantFiles(queue, 1, () => another(pattern, Date.now() - 40 * DAY_MS));
      const { code, out, err } = await here.run(TRACK_JSON);
      const { outcome, messageId } = JSON.parse(out);
      assertEquals([code, err, outcome], [0, "", "delivered"]);
      for (const command of ["status", "log", "flush", "disable"]) {
        assertEquals([command, (await here.run([command])).code], [command, 0]);
      }
      assertEquals(here.collector.reports.map((report) => report["messageId"]), [messageId]);
      assertEquals([await waitingIn(queue), await Deno.readTextFile(canary)], [[], pattern.content]);
      assertEquals((await snapshot(here.folder))["canary-that-is-not-there"], undefined);
    },
  );

  endToEnd(`track only queues where a ${kind} is in the place of a lock, and disable deletes what waits`, {
    needs: ON_POSIX,
  }, async (here) => {
    const queue = await tellUser(here.home);
    await Deno.writeTextFile(`${here.folder}/canary`, "untouched");
    for (const lock of ["delivery.lock", "configuration.lock"]) {
      await plantNode(kind, `${queue}/${lock}`, `${here.folder}/canary`);
    }
    const { code, out, err } = await here.run(TRACK_JSON);
    assertEquals([code, err, JSON.parse(out).outcome, (await waitingIn(queue)).length], [0, "", "queued", 1]);
    assertEquals([(await here.run(["flush"])).code, here.collector.arrivals], [4, []]);
    await here.run(["disable"]);
    assertEquals([await waitingIn(queue), await Deno.readTextFile(`${here.folder}/canary`)], [[], "untouched"]);
    assertEquals((await snapshot(here.folder))["canary-that-is-not-there"], undefined);
  });

  endToEnd(`track takes a ${kind} in the place of a veto for a veto`, { needs: ON_POSIX }, async (here) => {
    const queue = await tellUser(here.home);
    await plantNode(kind, `${queue}/disabled`, `${here.folder}/canary`);
    assertEquals([JSON.parse((await here.run(TRACK_JSON)).out), here.collector.arrivals], [DISABLED, []]);
  });
}

endToEnd("track delivers from a queue with 10,000 files that are no reports", async (here) => {
  const queue = await tellUser(here.home);
  plantFiles(queue, 10_000, (index) => ({ name: `junk-${index}`, content: "" }));
  const { code, out, err } = await here.run(TRACK_JSON);
  assertEquals([code, err, JSON.parse(out).outcome, here.collector.reports.length], [0, "", "delivered", 1]);
});

endToEnd("track drops the oldest of 10,000 reports down to 1,000, and counts them", async (here) => {
  const queue = await tellUser(here.home);
  const pattern = await takePattern(here, queue);
  const spent: number[] = [];
  for (const count of [999, 10_000]) {
    removeFiles(queue, await waitingIn(queue));
    const since = Date.now() - count;
    plantFiles(queue, count, (index) => another(pattern, since + index));
    const before = await waitingIn(queue);
    const start = performance.now();
    const { code, out, err } = await here.run(QUEUE_ONLY);
    spent.push(performance.now() - start);
    const { outcome, messageId } = JSON.parse(out);
    assertEquals([code, err, outcome], [0, "", "queued"]);
    const after = await waitingIn(queue);
    assertEquals([after.length, after.slice(0, 999), after[999]?.includes(messageId)], [
      1000,
      before.slice(-999),
      true,
    ]);
    const { queued, dropped } = JSON.parse((await here.run(["status", "--json"])).out);
    assertEquals([queued, dropped], [1000, count - 999]);
  }
  const [few, many] = spent.map((time) => `${time.toFixed(0)} ms`);
  await Deno.stderr.write(new TextEncoder().encode(`track among 999 waiting reports: ${few}; among 10,000: ${many}\n`));
});
