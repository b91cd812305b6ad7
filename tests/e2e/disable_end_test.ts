import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventLines, range } from "../support/inputs/numbered_events.ts";
import { Authority, TlsFront } from "../support/programs/authority.ts";
import { endpointPort, httpsBinaryPath, httpsPort } from "../support/programs/binary.ts";
import { ON_POSIX } from "../support/programs/conditions.ts";
import { FaultyServer, isBroken, join, writeText } from "../support/programs/faulty_server.ts";
import { STREAM, StreamChild } from "../support/programs/stream_child.ts";
import { pause, until } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd, type Setting } from "../support/scenes/end_to_end.ts";

/** When `disable` has returned, not one byte of a report follows, or it has said which request may be under way. */

/** Nobody at the endpoint but whom the test puts there, and nothing that switches telemetry on but the user's yes. */
const ALONE: Setting = { endpoint: "nobody" };

/** What it says where it isn't certain that no request is under way. */
const UNCERTAIN = /Whether a request is under way can't be told/;

/** How long a test waits for what must not come, in milliseconds. */
const SILENCE_MS = 1_500;

/** Answers as the real server does. */
const TAKEN = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{"success":true}';

/** A server that writes down when each byte came. */
class Witness {
  /** When bytes came, by `performance.now()`. */
  readonly times: number[] = [];
  /** How many requests came whole. */
  requests = 0;
  readonly server: FaultyServer;

  /** `answerMs`: how long it thinks before it answers; undefined: it closes the connection without an answer. */
  constructor(port: number, answerMs: number | undefined) {
    this.server = new FaultyServer(async (connection) => {
      const buffer = new Uint8Array(64 * 1024);
      let [head, missing] = ["", NaN];
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) return;
        this.times.push(performance.now());
        if (Number.isNaN(missing)) {
          head += new TextDecoder("latin1").decode(buffer.subarray(0, count));
          const end = head.indexOf("\r\n\r\n");
          if (end === -1) continue;
          missing = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0) - head.length;
        } else missing -= count;
        if (missing > 0) continue;
        this.requests++;
        if (answerMs === undefined) return;
        await pause(answerMs);
        await writeText(connection, TAKEN);
        [head, missing] = ["", NaN];
      }
    }, port);
  }
}

/** Runs `disable`, waits a while, and fails where a byte came after it had returned without its having said so. */
async function assertEnds(here: EndToEnd, witness: Witness): Promise<void> {
  const { code, err } = await here.run(["disable"]);
  const returned = performance.now();
  assertEquals(code, 0);
  await pause(SILENCE_MS);
  const later = witness.times.filter((time) => time > returned);
  assert(later.length === 0 || UNCERTAIN.test(err), `${later.length} reads after disable had returned: ${err}`);
}

endToEnd("disable waits for a request whose server takes 3 s for its handshake", {
  ...ALONE,
  binary: httpsBinaryPath,
}, async (here) => {
  const authority = await Authority.create();
  const witness = new Witness(0, 0);
  const front = new TlsFront(await authority.issue(), witness.server.port);
  const slow = new FaultyServer(async (connection) => {
    await pause(3_000);
    try {
      await join(connection, await Deno.connect({ hostname: "127.0.0.1", port: front.port }));
    } catch (error) {
      if (!isBroken(error)) throw error;
    }
  }, httpsPort());
  try {
    await Deno.writeTextFile(`${here.folder}/ours.pem`, authority.pem);
    await here.run(["enable"]);
    const env = { SSL_CERT_FILE: `${here.folder}/ours.pem` };
    const track = here.start(["track", "Shell Started", "--json"], { env });
    await until("a request", () => slow.connections > 0);
    await assertEnds(here, witness);
    assertEquals((await track.ended()).code, 0);
    assertEquals(witness.requests <= 1, true);
  } finally {
    await slow.close();
    await front.close();
    await witness.server.close();
  }
});

endToEnd("disable ends what a server closes without an answer: one attempt is one request", ALONE, async (here) => {
  const witness = new Witness(endpointPort(), undefined);
  try {
    await here.run(["enable"]);
    assertEquals((await here.run(["track", "Shell Started"])).code, 0);
    assertEquals(witness.requests, 1);
    await assertEnds(here, witness);
    await here.run(["track", "Shell Started"]);
    assertEquals(witness.requests, 1);
  } finally {
    await witness.server.close();
  }
});

endToEnd("disable ends six streams under load", { ...ALONE, needs: ON_POSIX }, async (here) => {
  const witness = new Witness(endpointPort(), 20);
  const streams: StreamChild[] = [];
  try {
    await here.run(["enable"]);
    streams.push(...range(0, 6).map(() => new StreamChild(here, { longestMs: 60_000 })));
    let writing = true;
    const load = streams.map(async (stream) => {
      for (let from = 0; writing; from += 100) {
        await stream.write(eventLines(from, from + 100));
        await pause(10);
      }
    });
    await until("a request", () => witness.requests >= 12);
    await assertEnds(here, witness);
    writing = false;
    await Promise.all(load);
    const ended = await Promise.all(streams.splice(0).map((stream) => stream.close()));
    assertEquals(ended.map(({ code }) => code), Array(6).fill(0));
  } finally {
    for (const stream of streams) await stream.close();
    await witness.server.close();
  }
});

endToEnd("disable ends a stream that has 500 reports in memory", ALONE, async (here) => {
  const witness = new Witness(endpointPort(), 2_000);
  const stream = await begun(here);
  try {
    // The first batch is on its way, and the next one fills.
    await stream.write(eventLines(0, 500));
    await until("a request", () => witness.requests > 0);
    await stream.write(eventLines(500, 1_000));
    await pause(500);
    await assertEnds(here, witness);
    assertEquals(witness.requests, 1);
    const { out } = await stream.close();
    const { delivered, dropped } = JSON.parse(out);
    assertEquals([delivered, dropped], [500, 500]);
    const { droppedBy, queued } = JSON.parse((await here.run(["status", "--json"])).out);
    assertEquals([droppedBy.withdrawn >= 500, queued], [true, 0]);
  } finally {
    await witness.server.close();
  }
});

endToEnd("disable says that a request may be under way where its sender doesn't go on", {
  ...ALONE,
  needs: ON_POSIX,
}, async (here) => {
  const witness = new Witness(endpointPort(), 60_000);
  const stream = await begun(here);
  try {
    await stream.write(eventLines(0, 500));
    await until("a request", () => witness.requests > 0);
    Deno.kill(stream.pid, "SIGSTOP");
    const { code, err } = await here.run(["disable"]);
    assertEquals(code, 0);
    assertMatch(err, UNCERTAIN);
    Deno.kill(stream.pid, "SIGCONT");
    await stream.close();
    assertEquals(witness.requests, 1);
  } finally {
    await witness.server.close();
  }
});

endToEnd("a no that Rasa stores by itself ends what a stream has in memory", ALONE, async (here) => {
  const witness = new Witness(endpointPort(), 1_000);
  const stream = await begun(here);
  try {
    await stream.write(eventLines(0, 500));
    await until("a request", () => witness.requests > 0);
    await stream.write(eventLines(500, 900));
    const file = `${here.home}/.config/rasa/global.yml`;
    const text = await Deno.readTextFile(file);
    // As Rasa does: it empties the file first.
    await Deno.writeTextFile(file, "");
    await pause(20);
    await Deno.writeTextFile(file, text.replaceAll("enabled: true", "enabled: false"));
    const { out } = await stream.close();
    const { accepted, delivered, dropped } = JSON.parse(out);
    // Lines that come after the no are thrown away unseen.
    assertEquals([delivered, accepted - dropped, witness.requests], [500, 500, 1]);
    assert(dropped > 0, "nothing was in memory");
  } finally {
    await witness.server.close();
  }
});

/** A stream of a user who said yes. */
async function begun(here: EndToEnd): Promise<StreamChild> {
  await here.run(["enable"]);
  return new StreamChild(here, { longestMs: 60_000 }, STREAM);
}
