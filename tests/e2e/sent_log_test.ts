import { assertEquals } from "@std/assert";
import { Authority, TlsFront } from "../support/programs/authority.ts";
import { endpointPort, httpsPort } from "../support/programs/binary.ts";
import { Collector } from "../support/programs/collector.ts";
import { CAN_MOUNT, ON_POSIX } from "../support/programs/conditions.ts";
import { type Behaviour, FaultyServer, says, saysAndStays } from "../support/programs/faulty_server.ts";
import { fill, withMounts } from "../support/programs/mounts.ts";
import { forgetDelivery, queueOf, TRACK_JSON, waitingIds } from "../support/inputs/queue_folder.ts";
import { asNobody } from "../support/programs/other_user.ts";
import { pause, until } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd, type RunOptions, type Setting } from "../support/scenes/end_to_end.ts";
import { HTTPS, NOWHERE, PLAIN } from "../support/scenes/endpoints.ts";

/** What went out is in the log, whatever came of it and whatever was said afterwards. */

const SHORT = ["--timeout", "1"];

/** What the log says: the outcome and the reason of each entry. */
async function logged(here: EndToEnd, options: RunOptions = {}): Promise<string[]> {
  const { out } = await here.run(["log", "--json", "--last", "0"], options);
  return out.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
    .map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

/** A server's whole answer with a status. */
function answer(status: string, body = ""): Behaviour {
  return says(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

/** Servers that take a report and don't say so, with the reason in the log. */
const TAKEN_AWAY: Readonly<Record<string, readonly [behave: Behaviour, reason: string]>> = {
  "answers HTTP 500": [answer("500 Internal Server Error"), "HTTP 500"],
  "answers HTTP 401": [answer("401 Unauthorized", "{}"), "HTTP 401"],
  "answers HTTP 429": [answer("429 Too Many Requests"), "HTTP 429"],
  "redirects": [answer("307 Temporary Redirect\r\nLocation: /elsewhere"), "HTTP 307"],
  "answers as a captive portal": [answer("200 OK", "<html>"), "the answer wasn't the server's"],
  "never answers": [saysAndStays(""), "no answer"],
  "hangs up without an answer": [says(""), "no answer"],
  "answers half": [says("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"), "no answer"],
};

for (const [name, [behave, reason]] of Object.entries(TAKEN_AWAY)) {
  endToEnd(`the log has a report once whose server ${name}, also after disable`, PLAIN, async (here) => {
    const server = new FaultyServer(behave, endpointPort());
    try {
      await here.run([...TRACK_JSON, ...SHORT]);
      await forgetDelivery(here);
      await here.run([...TRACK_JSON, ...SHORT]);
      assertEquals(await logged(here), [`attempted: ${reason}`, `attempted: ${reason}`]);
    } finally {
      await server.close();
    }
    await here.run(["disable"]);
    assertEquals(await logged(here), [`attempted: ${reason}`, `attempted: ${reason}`]);
  });
}

endToEnd(
  "the log has a report that was attempted once more when it is delivered, as that alone",
  PLAIN,
  async (here) => {
    const collector = new Collector(endpointPort());
    try {
      collector.answer = () => new Response(null, { status: 503 });
      await here.run(TRACK_JSON);
      collector.reset();
      await here.run(["flush"]);
      assertEquals(await logged(here), ["delivered: null"]);
    } finally {
      await collector.close();
    }
  },
);

const authority = await Authority.create();
const stranger = await Authority.create();

/** A place that no request can be begun to. */
interface Unreached {
  readonly setting: Setting;
  /** Opens what is there. */
  readonly open?: () => Promise<{ close(): Promise<void> }>;
  readonly env?: Readonly<Record<string, string>>;
}

const UNREACHED: Readonly<Record<string, Unreached>> = {
  "nobody listens": { setting: PLAIN },
  "no name is resolved": { setting: NOWHERE },
  "the certificate isn't trusted": {
    setting: HTTPS,
    open: async () => new TlsFront(await stranger.issue(), endpointPort(), httpsPort()),
  },
  "the handshake is broken off": {
    setting: HTTPS,
    open: () => Promise.resolve(new FaultyServer(async (connection) => void await connection.read(ROOM), httpsPort())),
  },
  "a proxy makes no tunnel": {
    setting: HTTPS,
    open: () => Promise.resolve(new FaultyServer(answer("502 Bad Gateway"), endpointPort())),
    env: { HTTPS_PROXY: `http://127.0.0.1:${endpointPort()}` },
  },
};

const ROOM = new Uint8Array(4096);

for (const [name, { setting, open, env }] of Object.entries(UNREACHED)) {
  endToEnd(`the log has no report where ${name}`, setting, async (here) => {
    await Deno.writeTextFile(`${here.folder}/ours.pem`, authority.pem);
    const server = await open?.();
    try {
      await here.run(TRACK_JSON, { env: { SSL_CERT_FILE: `${here.folder}/ours.pem`, ...env } });
      assertEquals(await logged(here), []);
    } finally {
      await server?.close();
    }
  });
}

endToEnd("log and status say what the log lacks where a folder is in its place", PLAIN, async (here) => {
  const collector = new Collector(endpointPort());
  try {
    await here.run([...TRACK_JSON, "--timeout", "0"]);
    await Deno.mkdir(`${queueOf(here.home)}/sent.log/kept`, { recursive: true });
    assertEquals((await here.run(["flush"])).err, "1 delivered, 0 rejected, 0 left\n");
    const told = [
      `${queueOf(here.home)}/sent.log can't be read (NotAFile): not everything that left is shown; repair it, or ` +
      "delete it with rasa-telemetry log clear",
      LACKS,
    ];
    for (const command of ["log", "status"]) await assertTold(here, [command], told);
    await Deno.remove(`${queueOf(here.home)}/sent.log`, { recursive: true });
    await assertTold(here, ["log"], [LACKS]);
    await here.run(["log", "clear"]);
    assertEquals((await here.run(["log"])).err.split(":")[0], "The log is empty");
  } finally {
    await collector.close();
  }
});

endToEnd("log says that it lacks something where the disk was full", { ...PLAIN, needs: CAN_MOUNT }, async (here) => {
  await withMounts(here, 'mount -t tmpfs -o size=256k tmpfs "$1"', async ({ wrap, outside }) => {
    const collector = new Collector(endpointPort());
    const filler = outside(`${here.home}/filler`);
    try {
      collector.answer = async () => {
        await fill(filler);
        return Response.json({ success: true });
      };
      assertEquals(JSON.parse((await here.run(TRACK_JSON, { wrap })).out).outcome, "delivered");
      const told = [LACKS.replace("lacks", "lacks at least")];
      await assertTold(here, ["log"], told, { wrap });
      await Deno.remove(filler);
      await assertTold(here, ["log"], told, { wrap });
    } finally {
      await collector.close();
    }
  });
});

endToEnd("log and status name a request whose process was killed, until the report goes again", {
  ...PLAIN,
  needs: ON_POSIX,
}, async (here) => {
  const server = new FaultyServer(saysAndStays(""), endpointPort());
  try {
    const track = here.start(TRACK_JSON);
    await until("a connection", () => server.connections > 0);
    assertEquals((await here.run(["log"])).err.split(":")[0], "The log is empty");
    // The connection comes a moment before what goes through it.
    await pause(500);
    Deno.kill(track.child.pid, "SIGKILL");
    await track.ended();
    const [id] = await waitingIds(here);
    const lost = `with 1 report (${id}) was under way when its process ended: whether it arrived isn't known\n`;
    for (const command of ["log", "status"]) {
      const { err } = await here.run([command]);
      assertEquals(err.replace(/^rasa-telemetry: the request of [0-9: UTC-]+/, ""), lost);
    }
  } finally {
    await server.close();
  }
  const collector = new Collector(endpointPort());
  try {
    assertEquals((await here.run(["flush"])).err, "1 delivered, 0 rejected, 0 left\n");
    await assertTold(here, ["status"], []);
  } finally {
    await collector.close();
  }
});

endToEnd(
  "the log has what went out while nothing could be kept but the log",
  { ...PLAIN, needs: ON_POSIX },
  async (here) => {
    const user = await asNobody(here);
    const options = { user, env: { RASA_TELEMETRY_ENABLED: "true" } };
    const collector = new Collector(endpointPort());
    try {
      await here.run(TRACK_JSON, options);
      await Deno.chmod(queueOf(here.home), 0o500);
      for (const args of [TRACK_JSON, ["stream"]]) {
        const stdin = args === TRACK_JSON ? undefined : '{"event": "Shell Started"}\n';
        assertEquals((await here.run(args, { ...options, stdin })).code, 0);
      }
      assertEquals([collector.reports.length, await logged(here)], [3, Array(3).fill("delivered: null")]);
    } finally {
      await Deno.chmod(queueOf(here.home), 0o700);
      await collector.close();
    }
  },
);

const LACKS =
  "the log of what was sent lacks 1 entry: its file could not be written, the disk was full, or a process was killed " +
  "while it sent; rasa-telemetry log clear begins a new one";

/** Asserts that a command says just this on standard error. */
async function assertTold(
  here: EndToEnd,
  args: readonly string[],
  told: readonly string[],
  options: RunOptions = {},
): Promise<void> {
  const { code, err } = await here.run(args, options);
  assertEquals([code, err], [0, told.map((line) => `rasa-telemetry: ${line}\n`).join("")]);
}
