import { assertEquals } from "@std/assert";
import { endpointPort, httpsBinaryPath, httpsPort, nowhereBinaryPath } from "../support/programs/binary.ts";
import { QUEUE_ONLY, TRACK, TRACK_JSON } from "../support/inputs/queue_folder.ts";
import { type Trace, trace } from "../support/programs/strace.ts";
import type { Occasion } from "../../scripts/docs/paths.ts";
import { addressesOf, effectOf, unexplained } from "../support/programs/system_calls.ts";
import { snapshot } from "../support/inputs/folders.ts";
import { plantNode } from "../support/inputs/nodes.ts";
import { CAN_TRACE, CAN_UNPLUG } from "../support/programs/conditions.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** What the binary asks of the kernel, by a record of its system calls: which files, which addresses, and nothing else. */

/** A folder with a repository and a `.env`, and a temporary folder in which opening a code cache would hang or be noticed. */
async function furnish({ folder, home }: EndToEnd): Promise<void> {
  for (const name of ["objects", "refs"]) await Deno.mkdir(`${folder}/project/.git/${name}`, { recursive: true });
  await Deno.writeTextFile(`${folder}/project/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.writeTextFile(`${folder}/project/.git/config`, '[remote "origin"]\n\turl = https://git.example/a.git\n');
  await Deno.writeTextFile(`${folder}/project/.env`, "SECRET=hunter2\n");
  await Deno.writeTextFile(`${home}/.gitconfig`, "[user]\n\tname = Ada\n");
  await Deno.mkdir(`${folder}/tmp`);
  await plantNode("pipe", `${folder}/tmp/deno-compile-rasa-telemetry.cache`, "");
  await Deno.writeTextFile(`${folder}/tmp/deno-compile-main.cache`, "planted");
}

/** Asserts that a command started nothing, touched no other process, listened to nobody, and left the planted caches alone. */
async function assertAlone({ calls, folder, binary }: Trace): Promise<void> {
  const started = calls.filter(({ name }) => name.startsWith("execve")).map(({ args }) => /^"([^"]*)"/.exec(args)?.[1]);
  assertEquals(started, [binary]);
  // What getaddrinfo binds is a socket to the kernel itself, for a list of this machine's addresses.
  const forbidden = calls.filter(({ name, args }) =>
    /^(v?fork|kill|tkill|tgkill|ptrace|process_vm|pidfd|open_by_handle|io_uring|memfd|listen|accept|setns|unshare|bpf|perf)/
      .test(name) ||
    (/^clone/.test(name) && !args.includes("CLONE_THREAD")) ||
    (name === "bind" && !args.includes("AF_NETLINK"))
  );
  assertEquals(forbidden, []);
  const left = Object.keys(await snapshot(`${folder}/tmp`)).sort();
  assertEquals(left, ["deno-compile-main.cache", "deno-compile-rasa-telemetry.cache"]);
}

const POLICY = ".rasa-telemetry.yml";
const FORCED = { RASA_TELEMETRY_ENABLED: "true" };
const OFF = { RASA_TELEMETRY_ENABLED: "false" };
const MACHINE_ID = { RASA_TELEMETRY_MACHINE_ID: "0123456789abcdef0123456789abcdef" };
const ENDPOINT = `127.0.0.1:${CAN_TRACE.met ? endpointPort() : 0}`;

/** Commands that change nothing and talk to nobody, and what they may use. */
const QUIET: readonly (readonly [
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  occasions: readonly Occasion[],
])[] = [
  ["track with RASA_TELEMETRY_ENABLED=false", TRACK, OFF, ["start"]],
  ["track with DO_NOT_TRACK=1", TRACK, { DO_NOT_TRACK: "1" }, ["start"]],
  ["track in debug mode", TRACK, { ...FORCED, ...MACHINE_ID, RASA_TELEMETRY_DEBUG: "1" }, [
    "start",
    "stored",
    "report",
  ]],
  ["status", ["status"], { DO_NOT_TRACK: "1" }, ["start", "stored"]],
  ["inspect", ["inspect"], FORCED, ["start", "stored", "report"]],
  ["export", ["export", "-"], FORCED, ["start", "stored", "report"]],
  ["flush with nothing to do", ["flush"], FORCED, ["start", "stored"]],
];

for (const [name, args, env, occasions] of QUIET) {
  endToEnd(
    `${name} reads only what is listed for it, changes nothing and talks to nobody`,
    { needs: CAN_TRACE },
    async (here) => {
      await furnish(here);
      const before = await snapshot(here.folder);
      const record = await trace(here, args, { env });
      assertEquals([unexplained(record, occasions, "read"), addressesOf(record)], [[], []]);
      assertEquals(record.calls.filter(({ name }) => name === "socket"), []);
      await assertAlone(record);
      assertEquals([await snapshot(here.folder), here.collector.arrivals], [before, []]);
    },
  );
}

/** Noes that stand in files, how they come there, and whether the stored choice is read beside them. */
const NOES: Readonly<Record<string, readonly [prepare: (here: EndToEnd) => Promise<unknown>, isStored: boolean]>> = {
  "a stored no": [({ run }) => run(["disable"]), true],
  "a no stored over a yes": [async ({ run }) => (await run(["enable"]), await run(["disable"])), true],
  "a project's policy": [({ project }) => Deno.writeTextFile(`${project}/${POLICY}`, "enabled: false\n"), false],
};

for (const [name, [prepare, isStored]] of Object.entries(NOES)) {
  endToEnd(
    `track, identify, init and flush under ${name} read only what is listed, change nothing and talk to nobody`,
    { needs: CAN_TRACE },
    async (here) => {
      await furnish(here);
      await prepare(here);
      const before = await snapshot(here.folder);
      for (const args of [TRACK, ["identify"], ["init"], ["flush"]]) {
        const record = await trace(here, args);
        assertEquals([args, unexplained(record, ["start", "stored"], "read"), addressesOf(record)], [args, [], []]);
        const opened = record.calls.filter((call) => effectOf(call) !== "look" && call.args.includes("/.config/rasa"));
        // How many reports wait is all that flush looks for beside a policy.
        assertEquals([args, opened.length > 0], [args, isStored || args[0] === "flush"]);
        await assertAlone(record);
      }
      assertEquals([await snapshot(here.folder), here.collector.arrivals], [before, []]);
    },
  );
}

endToEnd(
  "track looks for a policy and for a repository in each folder above a project without one, and opens nothing there",
  { needs: CAN_TRACE },
  async (here) => {
    await furnish(here);
    await Deno.remove(`${here.project}/.git`, { recursive: true });
    const record = await trace(here, TRACK, { env: FORCED });
    // The project's own are in the list. git looks on the way up for its folder, and for a repository without one.
    const names = [POLICY, ".git", "HEAD"];
    const above = foldersAbove(here.folder).flatMap((folder) => names.map((name) => `look ${folder}${name}`));
    const found = unexplained(record, ["start", "stored", "report"], "write");
    assertEquals(found.filter((use) => !above.includes(use)), []);
    assertEquals(found.includes(`look ${here.folder}/${POLICY}`), true);
  },
);

/** A folder and those above it, each with a slash at its end. */
function foldersAbove(folder: string): string[] {
  const parts = folder.split("/");
  return parts.map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
}

endToEnd(
  "enable, disable, local mode and reset-id use only what is listed, and talk to nobody",
  { needs: CAN_TRACE },
  async (here) => {
    await furnish(here);
    for (
      const args of [
        ["enable"],
        ["disable"],
        ["enable", "--local"],
        TRACK,
        ["log", "--local"],
        ["enable"],
        QUEUE_ONLY,
        ["reset-id"],
        ["reset-id", "--forget"],
        ["disable"],
      ]
    ) {
      const record = await trace(here, args);
      assertEquals([args, unexplained(record, ["start", "stored", "report"], "write")], [args, []]);
      assertEquals([args, addressesOf(record)], [args, []]);
      await assertAlone(record);
    }
    assertEquals(here.collector.arrivals, []);
  },
);

endToEnd(
  "track and flush use only what is listed, and talk only to the endpoint",
  { needs: CAN_TRACE },
  async (here) => {
    await furnish(here);
    for (const [args, addresses] of [[TRACK, [ENDPOINT]], [QUEUE_ONLY, []], [["flush"], [ENDPOINT]]] as const) {
      const record = await trace(here, args, { env: FORCED });
      assertEquals([unexplained(record, ["start", "stored", "report"], "write"), addressesOf(record)], [[], addresses]);
      await assertAlone(record);
    }
    assertEquals(here.collector.reports.length, 2);
  },
);

endToEnd("track writes only under RASA_TELEMETRY_HOME where that is set", { needs: CAN_TRACE }, async (here) => {
  await furnish(here);
  const before = await snapshot(here.home);
  const record = await trace(here, TRACK, { env: { ...FORCED, RASA_TELEMETRY_HOME: `${here.folder}/elsewhere` } });
  assertEquals([unexplained(record, ["start", "stored", "report"], "write"), addressesOf(record)], [[], [ENDPOINT]]);
  assertEquals([await snapshot(here.home), here.collector.reports.length], [before, 1]);
});

endToEnd(
  "status writes one small file into the nearest folder, to try whether something can be kept",
  { needs: CAN_TRACE },
  async (here) => {
    await furnish(here);
    const before = await snapshot(here.folder);
    const record = await trace(here, ["status"]);
    assertEquals(unexplained(record, ["start", "stored"], "read"), [
      "look ~/.rasa-telemetry-*.tmp",
      "write ~/.rasa-telemetry-*.tmp",
    ]);
    assertEquals([addressesOf(record), await snapshot(here.folder)], [[], before]);
  },
);

endToEnd("init uses no other path than those listed, and talks to nobody", { needs: CAN_TRACE }, async (here) => {
  await furnish(here);
  const record = await trace(here, ["init"]);
  assertEquals([unexplained(record, ["start", "stored"], "write"), addressesOf(record)], [[], []]);
  await assertAlone(record);
});

/** What a system's resolver may ask on the machine itself: its services, and the kernel for this machine's addresses. */
const RESOLVER = /^(\/(var\/)?run\/(nscd|systemd\/resolve|avahi-daemon)\/.*|AF_NETLINK|AF_UNSPEC)$/;

endToEnd(
  "track looks a named endpoint up by the system's own means, and talks to nobody else",
  { needs: CAN_TRACE },
  async (here) => {
    await furnish(here);
    using server = Deno.listen({ hostname: "127.0.0.1", port: httpsPort() });
    const accepted = server.accept().then((connection) => connection.close());
    const record = await trace(here, TRACK, { env: FORCED, binary: httpsBinaryPath() });
    await accepted;
    assertEquals(unexplained(record, ["start", "stored", "report", "https"], "write"), []);
    // With port 0 the resolver asks the kernel which of several addresses is near. Nothing is sent there.
    const own = [0, httpsPort()].flatMap((port) => [`127.0.0.1:${port}`, `::1:${port}`]);
    const addresses = addressesOf(record).filter((address) => !RESOLVER.test(address));
    assertEquals(addresses.filter((address) => !own.includes(address)), []);
    assertEquals(addresses.includes(`127.0.0.1:${httpsPort()}`), true);
    await assertAlone(record);
  },
);

endToEnd(
  "track reads a file of authorities where a variable names it, and nothing beside it",
  { needs: CAN_TRACE },
  async (here) => {
    await furnish(here);
    await Deno.writeTextFile(`${here.folder}/authorities.pem`, "no certificates");
    const env = { ...FORCED, SSL_CERT_FILE: `${here.folder}/authorities.pem` };
    const record = await trace(here, QUEUE_ONLY, { env });
    assertEquals(
      record.calls.some((call) => call.args.includes("/authorities.pem") && effectOf(call) === "read"),
      true,
    );
    assertEquals([unexplained(record, ["start", "stored", "report"], "write"), addressesOf(record)], [[], []]);
  },
);

endToEnd(
  "track asks name servers alone about a name that nobody knows",
  { needs: [CAN_TRACE, CAN_UNPLUG] },
  async (here) => {
    await furnish(here);
    const record = await trace(here, [...TRACK_JSON, "--timeout", "3"], {
      env: FORCED,
      binary: nowhereBinaryPath(),
      // A network without a way out: the question itself stays here.
      wrap: (argv) => ["unshare", "--net", ...argv],
    });
    assertEquals(JSON.parse(record.out).outcome, "queued");
    assertEquals(unexplained(record, ["start", "stored", "report", "https"], "write"), []);
    assertEquals(addressesOf(record).filter((address) => !RESOLVER.test(address) && !address.endsWith(":53")), []);
    await assertAlone(record);
  },
);

endToEnd("track syncs what it queues, and its removal, and nothing else", { needs: CAN_TRACE }, async (here) => {
  await furnish(here);
  // Makes what is made once: the machine id, and the files that later runs add to.
  await trace(here, TRACK, { env: FORCED });
  for (
    const [args, synced] of [
      [QUEUE_ONLY, ["~/.config/rasa/telemetry", "~/.config/rasa/telemetry/REPORT"]],
      [TRACK, ["~/.config/rasa/telemetry", "~/.config/rasa/telemetry", "~/.config/rasa/telemetry/REPORT"]],
    ] as const
  ) {
    const { calls } = await trace(here, args, { env: FORCED });
    const paths = calls.filter(({ name }) => /^f(data)?sync$/.test(name)).map(({ args }) =>
      (/<([^>]*)>/.exec(args)?.[1] ?? args).replace(here.home, "~").replace(/\d{15}-.*\.tmp$/, "REPORT")
    );
    assertEquals(paths.sort(), [...synced]);
  }
});
