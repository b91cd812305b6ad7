import { assert, assertEquals, assertMatch } from "@std/assert";
import { basename } from "@std/path";
import { createSocket } from "node:dgram";
import { LINUX_LIBRARIES, OLDEST_GLIBC } from "../../scripts/release/assets.ts";
import { canReadHeaders, readHeaders } from "../../scripts/release/headers.ts";
import { Authority } from "../support/programs/authority.ts";
import {
  type BareOptions,
  CAN_ENTER,
  CAN_LIMIT_MEMORY,
  makeRoot,
  type MemoryGroup,
  runBare,
  withMemory,
} from "../support/programs/bare_root.ts";
import { binaryPath, httpsBinaryPath, httpsPort, nowhereBinaryPath } from "../support/programs/binary.ts";
import { filesIn } from "../support/inputs/folders.ts";
import { type Condition, ON_LINUX } from "../support/programs/conditions.ts";
import { type Ended } from "../support/programs/process.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** What the binary needs of a system, in a root as scripts/container/Dockerfile lays it out, without a container engine. */

const TRACK = ["track", "Shell Started", "--json"];
const ON = { RASA_TELEMETRY_ENABLED: "true" };

/** The memory that README promises to be enough, in bytes. */
const PROMISED_MEMORY = 96 * 1024 * 1024;

const CAN_READ_HEADERS: Condition = {
  met: ON_LINUX.met && await canReadHeaders(),
  reason: "no readelf",
};

endToEnd(
  "the binary asks for the libraries that images have, and for no newer glibc than README says",
  { needs: CAN_READ_HEADERS, endpoint: "nobody" },
  async () => {
    const arm = Deno.build.arch === "aarch64";
    assertEquals(await readHeaders(binaryPath()), {
      kind: `ELF for ${arm ? "arm64" : "x64"}`,
      interpreter: arm ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2",
      libraries: LINUX_LIBRARIES.filter((name) =>
        !(arm ? ["librt.so.1", "ld-linux-x86-64.so.2"] : ["ld-linux-aarch64.so.1"]).includes(name)
      ),
      glibc: OLDEST_GLIBC,
      faults: [],
    });
  },
);

endToEnd(
  "the image holds the binary, the libraries that it asks for, and nothing else",
  { needs: CAN_READ_HEADERS },
  async ({ folder }) => {
    const { libraries } = await readHeaders(binaryPath());
    const files = await filesIn(await makeRoot(binaryPath(), folder));
    assertEquals(files.map((name) => basename(name)).sort(), ["rasa-telemetry", ...libraries].sort());
  },
);

bare("track sends from a bare, read-only root as an unknown user", { env: ON }, async (run, { collector }) => {
  const { code, out, err } = await run(TRACK);
  assertEquals([code, err, JSON.parse(out).outcome], [0, "", "delivered"]);
  const [report] = collector.reports;
  assertEquals([collector.reports.length, report?.["event"]], [1, "Shell Started"]);
});

for (
  const env of [
    {},
    { HOME: "/home/nobody" },
    { RASA_TELEMETRY_HOME: "/var/lib/rasa" },
    { RASA_TELEMETRY_ENABLED: "false" },
    { DO_NOT_TRACK: "1" },
  ]
) {
  bare(`track stays quiet in a bare root with ${JSON.stringify(env)}`, { env }, async (run, { collector }) => {
    const { code, out, err } = await run(["track", "Shell Started"]);
    assertEquals([code, out, err, collector.arrivals], [0, "", "", []]);
  });
}

for (
  const [env, enabled, decidedBy] of [
    [{}, false, "unwritable"],
    [{ HOME: "/home/nobody" }, false, "unwritable"],
    [ON, true, "RASA_TELEMETRY_ENABLED"],
    [{ DO_NOT_TRACK: "1" }, false, "DO_NOT_TRACK"],
  ] as const
) {
  bare(`status says ${decidedBy} in a bare root with ${JSON.stringify(env)}`, { env }, async (run) => {
    const { code, out, err } = await run(["status", "--json"]);
    const status = JSON.parse(out);
    assertEquals([code, err, status.enabled, status.decidedBy, status.machineId], [0, "", enabled, decidedBy, null]);
  });
}

bare("status explains in words that nothing can be kept", {}, async (run) => {
  const { out } = await run(["status"]);
  assertMatch(out, /^Telemetry is off\.\n\nDecided by +the disk: no folder can be written, so nothing can be kept\n/);
});

bare(
  "track queues on a volume in a bare root where the server is down",
  { volume: "/data", env: { ...ON, RASA_TELEMETRY_HOME: "/data" } },
  async (run, { collector }) => {
    collector.answer = () => new Response("try later", { status: 503 });
    const { code, out, err } = await run(TRACK);
    assertEquals([code, err, JSON.parse(out).outcome], [0, "", "queued"]);
  },
);

bare(
  "status and track end with 1 without /proc, and say that they need it",
  { proc: false, env: ON },
  async (run, { collector }) => {
    for (const args of [["status"], TRACK]) {
      const { code, out, err } = await run(args);
      assertEquals([code, out, collector.arrivals], [1, "", []]);
      assertMatch(err, /no \/proc\/self\/exe available\. Is \/proc mounted\?/);
    }
  },
);

/** An address of this machine that nobody else's resolver listens on. */
const RESOLVER = "127.77.0.1";

endToEnd("track asks a resolver with the libraries of a bare root", { needs: CAN_ENTER }, async ({ folder }) => {
  const asked = new Set<string>();
  const resolver = createSocket("udp4");
  resolver.on("message", (query: Uint8Array, sender: { address: string; port: number }) => {
    asked.add(questionOf(query));
    const answer = query.slice();
    // An answer from a server that offers recursion: there is no such name.
    answer.set([0x81, 0x83], 2);
    resolver.send(answer, sender.port, sender.address);
  });
  await new Promise<void>((resolve) => resolver.bind(53, RESOLVER, () => resolve()));
  try {
    const etc = { "resolv.conf": `nameserver ${RESOLVER}\n` };
    const { code, out, err } = await runBare(nowhereBinaryPath(), folder, TRACK, { env: ON, etc });
    assertEquals([code, err, JSON.parse(out).outcome, [...asked]], [0, "", "dropped", ["collector.invalid"]]);
  } finally {
    await new Promise<void>((resolve) => resolver.close(() => resolve()));
  }
});

limited("track sends over HTTP", async (group, folder, { reports }) => {
  const { out } = await runBare(binaryPath(), folder, TRACK, { env: ON, group });
  assertEquals([JSON.parse(out).outcome, reports()], ["delivered", 1]);
});

limited("track sends over HTTPS", async (group, folder) => {
  const authority = await Authority.create();
  let requests = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: httpsPort(), ...await authority.issue(), onListen: () => {} },
    () => {
      requests++;
      return Response.json({ success: true });
    },
  );
  try {
    const env = { ...ON, SSL_CERT_FILE: "/etc/authority.pem" };
    const etc = { "authority.pem": authority.pem, "hosts": "127.0.0.1 localhost\n" };
    const { code, out, err } = await runBare(httpsBinaryPath(), folder, TRACK, { env, etc, group });
    assertEquals([code, err, JSON.parse(out).outcome, requests], [0, "", "delivered", 1]);
  } finally {
    await server.shutdown();
  }
});

/** A test of the binary in a bare root. */
function bare(
  name: string,
  options: BareOptions,
  work: (
    run: (args: readonly string[]) => Promise<Ended>,
    here: EndToEnd,
  ) => Promise<void>,
): void {
  endToEnd(
    name,
    { needs: CAN_ENTER },
    (here) => work((args) => runBare(binaryPath(), here.folder, args, options), here),
  );
}

/** A test of the binary in a bare root with as much memory as is promised to be enough, and none besides. */
function limited(
  name: string,
  work: (group: MemoryGroup, folder: string, collected: { reports(): number }) => Promise<void>,
): void {
  endToEnd(
    `${name} in a bare root with 96 MB of memory`,
    { needs: CAN_LIMIT_MEMORY },
    async ({ folder, collector }) => {
      await withMemory(PROMISED_MEMORY, async (group) => {
        await work(group, folder, { reports: () => collector.reports.length });
        // A count near zero would mean that it ran outside the group.
        const peak = await group.peak();
        assert(peak > 1024 * 1024 && peak <= PROMISED_MEMORY, `the most it had is ${peak} bytes`);
      });
    },
  );
}

/** The name that a resolver is asked for. */
function questionOf(query: Uint8Array): string {
  const labels: string[] = [];
  for (let at = 12; query[at]; at += (query[at] ?? 0) + 1) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + (query[at] ?? 0))));
  }
  return labels.join(".");
}
