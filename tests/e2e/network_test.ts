import { assert, assertEquals, assertMatch } from "@std/assert";
import { createSocket } from "node:dgram";
import { endpointPort } from "../support/programs/binary.ts";
import { Collector } from "../support/programs/collector.ts";
import {
  type Behaviour,
  FaultyServer,
  readRequest,
  says,
  saysAndStays,
  saysSlowly,
  saysWithoutEnd,
  stays,
  writeText,
} from "../support/programs/faulty_server.ts";
import { deliveryState, sentLog, waitingIds } from "../support/inputs/queue_folder.ts";
import { CAN_MOUNT } from "../support/programs/conditions.ts";
import { say, timed } from "../support/programs/figures.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";
import { NOWHERE, PLAIN } from "../support/scenes/endpoints.ts";

const TRACK = ["track", "Shell Started", "--json"];
/** A deadline that ends before the longest request does. */
const SHORT = ["--timeout", "1"];
/** Longest run with that deadline, in milliseconds: less than one request may take, and enough to start on a busy machine. */
const SHORT_LIMIT_MS = 4_500;

const OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const ACCEPTED = '{"success":true}';

/** Networks and servers that break what they should do, by what they do. Undefined: nobody listens. */
const FAULTS: Readonly<Record<string, Behaviour | undefined>> = {
  "can't be reached": undefined,
  "takes the connection and never reads": stays,
  "reads the request and never answers": saysAndStays(""),
  "hangs up at once": () => Promise.resolve(),
  // Ending a connection with something unread in it resets it.
  "resets the connection": async (connection) => void await connection.read(new Uint8Array(1)),
  "hangs up after the request": says(""),
  "answers garbage": says(String.fromCharCode(...Array.from({ length: 4096 }, (_, index) => (index * 37) % 256))),
  "speaks another protocol": says("220 mail.example ESMTP ready\r\n"),
  "answers half a header": says(`${OK}Content-Le`),
  "answers less than it promised": says(`${OK}Content-Length: 100\r\n\r\n${ACCEPTED}`),
  "answers half of a chunk": says(`${OK}Transfer-Encoding: chunked\r\n\r\nff\r\n${ACCEPTED}`),
  "answers a header and no body": saysAndStays(`${OK}Content-Length: 16\r\n\r\n`),
  "answers one byte a second": saysSlowly(`${OK}Content-Length: 16\r\n\r\n${ACCEPTED}`),
  "answers without end": saysWithoutEnd(`${OK}\r\n${ACCEPTED}`, " ".repeat(64 * 1024)),
  "answers headers without end": saysWithoutEnd(OK, "X-More: more\r\n".repeat(64)),
  "answers one header without end": saysWithoutEnd(`${OK}X-More: `, "more".repeat(1024)),
  "announces its answer without end": saysWithoutEnd("", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(64)),
  "answers what isn't compressed as it says": says(
    `${OK}Content-Encoding: gzip\r\nContent-Length: 16\r\n\r\n${ACCEPTED}`,
  ),
  "answers a status that doesn't exist": says(`HTTP/1.1 999 Odd\r\nContent-Length: 16\r\n\r\n${ACCEPTED}`),
  "wants to speak another protocol": says(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  ),
  "is a captive portal": says(
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<html>Sign in</html>\r\n",
  ),
};

for (const [name, behave] of Object.entries(FAULTS)) {
  endToEnd(`track keeps its report, in time and without a word, where the server ${name}`, PLAIN, async (here) => {
    const server = behave && new FaultyServer(behave, endpointPort());
    const other = { RASA_TELEMETRY_HOME: `${here.folder}/other` };
    try {
      const [json, silent] = await Promise.all([
        timed(() => here.run([...TRACK, ...SHORT])),
        timed(() => here.run(["track", "Shell Started", ...SHORT], { env: other })),
      ]);
      assertEquals([silent.code, silent.out, silent.err], [0, "", ""]);
      assertKept(json, await waitingIds(here));
      assert((server?.connections ?? 0) <= 2, `${server?.connections} connections`);
      for (const { took } of [json, silent]) assert(took < SHORT_LIMIT_MS, `it took ${took} ms`);
    } finally {
      await server?.close();
    }
    await assertDeliversLater(here);
  });
}

endToEnd("track and flush give one request 5 s and themselves 10 s", PLAIN, async (here) => {
  const other = { RASA_TELEMETRY_HOME: `${here.folder}/other` };
  await here.run([...TRACK, "--timeout", "0"], { env: other });
  const server = new FaultyServer(saysAndStays(""), endpointPort());
  try {
    const [track, flush] = await Promise.all([
      timed(() => here.run(TRACK)),
      timed(() => here.run(["flush"], { env: other })),
    ]);
    assertKept(track, await waitingIds(here));
    assertEquals([flush.code, flush.out], [4, ""]);
    assertMatch(flush.err, /^0 delivered, 0 rejected, 1 left: the server can't be reached/);
    for (const { took } of [track, flush]) assert(took >= 5_000 && took < 10_000, `it took ${took} ms`);
    assertEquals(server.connections, 2);
  } finally {
    await server.close();
  }
  await assertDeliversLater(here);
});

for (const status of [301, 302, 303, 307, 308]) {
  endToEnd(`track and flush follow no redirect with HTTP ${status}`, PLAIN, async (here) => {
    const elsewhere = new FaultyServer(says(`${OK}Content-Length: 16\r\n\r\n${ACCEPTED}`));
    // First to the same server, where nothing but the program stands in the way.
    const locations = ["/v1/elsewhere", `http://127.0.0.1:${elsewhere.port}/v1/track`];
    const requests: (string | undefined)[] = [];
    const server = new FaultyServer(async (connection) => {
      requests.push((await readRequest(connection)).split("\r\n")[0]);
      const location = locations[requests.length - 1];
      await writeText(connection, `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
    }, endpointPort());
    try {
      assertKept(await here.run(TRACK), await waitingIds(here));
      assertEquals((await here.run(["flush"])).code, 4);
      assertEquals([requests, elsewhere.connections], [["POST /v1/track HTTP/1.1", "POST /v1/track HTTP/1.1"], 0]);
    } finally {
      await server.close();
      await elsewhere.close();
    }
    await assertDeliversLater(here);
  });
}

const NOT_OURS = "the answer wasn't the server's";

/** Answers and what becomes of a report; the reason is the one in the log of sent reports. */
const VERDICTS: readonly (readonly [
  name: string,
  answer: () => Response | Promise<Response>,
  outcome: "delivered" | "queued" | "rejected",
  reason?: string,
])[] = [
  ["HTTP 200 and success", () => Response.json({ success: true }), "delivered"],
  ["HTTP 200 and an object without success", () => Response.json({}), "delivered"],
  ["HTTP 200 and JSON that calls itself text", () => new Response(ACCEPTED), "delivered"],
  ["HTTP 200 and JSON that calls itself an image", () => typed(ACCEPTED, "image/png"), "delivered"],
  ["HTTP 200 and no success", () => Response.json({ success: false }), "rejected", "the server did not accept it"],
  [
    "HTTP 200 and a page that calls itself JSON",
    () => typed("<html>Sign in</html>", "application/json"),
    "queued",
    NOT_OURS,
  ],
  ["HTTP 200 and nothing", () => new Response(), "queued", NOT_OURS],
  ["HTTP 200 and a list", () => Response.json([{ success: true }]), "queued", NOT_OURS],
  ["HTTP 200 and null", () => Response.json(null), "queued", NOT_OURS],
  ["HTTP 200 and success in UTF-16", () => new Response(Uint16Array.from(ACCEPTED, codeOf)), "queued", NOT_OURS],
  [
    "HTTP 200 and 16 MB that were a few KB on the wire",
    () => compressed(`{"success":true${" ".repeat(2 ** 24)}}`),
    "queued",
    NOT_OURS,
  ],
  ...[201, 204, 304, 401, 403, 407, 408, 425, 429, 460, 500, 502, 503, 504, 511]
    .map((status) => [`HTTP ${status}`, () => withStatus(status), "queued", `HTTP ${status}`] as const),
  ...[413, 501, 505]
    .map((status) => [`HTTP ${status}`, () => withStatus(status), "rejected", `HTTP ${status}`] as const),
  ...[400, 402, 404, 405, 410, 422, 451, 499].flatMap((status) =>
    [
      [`HTTP ${status} and JSON`, () => Response.json({}, { status }), "rejected", `HTTP ${status}`],
      [`HTTP ${status} and a page`, () => new Response("<html>", { status }), "queued", `HTTP ${status}`],
    ] as const
  ),
];

for (const [name, answer, outcome, reason = null] of VERDICTS) {
  endToEnd(`track ends as ${outcome} after ${name}`, PLAIN, async (here) => {
    const collector = new Collector(endpointPort());
    collector.answer = answer;
    try {
      const { code, out, err } = await here.run(TRACK);
      const { messageId, ...result } = JSON.parse(out);
      assertEquals([code, err, result], [0, "", { outcome, heldUntil: null, withheld: [], withheldUnknown: 0 }]);
      assertEquals(collector.reports.map((report) => report["messageId"]), [messageId]);
      assertEquals(await waitingIds(here), outcome === "queued" ? [messageId] : []);
      assertEquals(
        (await sentLog(here)).map((entry) => [entry["outcome"], entry["reason"], entry["report"]]),
        [[outcome === "queued" ? "attempted" : outcome, reason, collector.reports[0]]],
      );
      const { last, failures } = await deliveryState(here);
      // The moment is the machine's.
      assertEquals([{ ...last as object, at: "" }, failures], [
        { at: "", outcome: outcome === "queued" ? "failed" : outcome, reports: 1, status: statusIn(name) },
        outcome === "queued" ? 1 : 0,
      ]);
    } finally {
      await collector.close();
    }
  });
}

endToEnd("flush halves a batch that is too large, and keeps every report and their order", PLAIN, async (here) => {
  for (let count = 0; count < 5; count++) await here.run([...TRACK, "--timeout", "0"]);
  const waiting = await waitingIds(here);
  const collector = new Collector(endpointPort());
  const sizes: number[] = [];
  collector.answer = ({ body }) => {
    const size = Array.isArray(body["batch"]) ? body["batch"].length : 1;
    sizes.push(size);
    return size > 2 ? withStatus(413) : Response.json({ success: true });
  };
  try {
    const { code, err } = await here.run(["flush"]);
    assertEquals([code, err, sizes], [0, "5 delivered, 0 rejected, 0 left\n", [5, 3, 2, 2, 1]]);
    const entries = (await sentLog(here)).filter(({ outcome }) => outcome === "delivered");
    assertEquals(entries.map(({ report }) => (report as Record<string, unknown>)["messageId"]), waiting);
  } finally {
    await collector.close();
  }
});

const MINUTE_MS = 60_000;
/** The header Retry-After and for how long nobody tries, in milliseconds: at most 300 s; null where it makes no sense. */
const RETRY_AFTER: readonly (readonly [name: string, header: () => string, waitMs: number | null])[] = [
  ["seconds", () => "120", 2 * MINUTE_MS],
  ["no time at all", () => "0", 0],
  ["more seconds than are ever waited", () => "86400", 5 * MINUTE_MS],
  ["more seconds than there are", () => "999999999999999", 5 * MINUTE_MS],
  ["more digits than a number has", () => "9".repeat(400), null],
  ["fewer than no seconds", () => "-120", null],
  ["half seconds", () => "120.5", null],
  ["hexadecimal seconds", () => "0x78", null],
  ["words", () => "soon", null],
  ["nothing", () => "", null],
  ["a date", () => new Date(Date.now() + 2 * MINUTE_MS).toUTCString(), 2 * MINUTE_MS],
  ["a date in the far future", () => "Fri, 31 Dec 9999 23:59:59 GMT", 5 * MINUTE_MS],
  ["a date in the past", () => "Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["a day that doesn't exist", () => "Xyz, 99 Foo 2099 99:99:99 GMT", null],
];

for (const [name, header, waitMs] of RETRY_AFTER) {
  const what = waitMs ? `waits ${waitMs / 1000} s` : "doesn't wait";
  endToEnd(`flush ${what} where Retry-After is ${name}`, PLAIN, async (here) => {
    const collector = new Collector(endpointPort());
    collector.answer = () => new Response("later", { status: 429, headers: { "retry-after": header() } });
    try {
      const before = Date.now();
      const { code, out, err } = await here.run(TRACK);
      const after = Date.now();
      assertEquals([code, err, JSON.parse(out).outcome], [0, "", "queued"]);
      const stored = Number((await deliveryState(here))["serverNotBefore"]);
      if (waitMs === null) assertEquals(stored, 0);
      // A date has whole seconds.
      else assert(stored >= before + waitMs - 1_000 && stored <= after + waitMs, `${stored - before} ms`);
      collector.answer = () => Response.json({ success: true });
      const flush = await here.run(["flush"]);
      assertEquals(
        [flush.code, flush.err, collector.arrivals.length],
        waitMs
          ? [4, "0 delivered, 0 rejected, 1 left: the server asked to wait; try again in a few minutes\n", 1]
          : [0, "1 delivered, 0 rejected, 0 left\n", 2],
      );
    } finally {
      await collector.close();
    }
  });
}

endToEnd("track started a hundred times during an outage makes at most ten requests", PLAIN, async (here) => {
  const collector = new Collector(endpointPort());
  try {
    collector.answer = () => withStatus(503);
    const ids: string[] = [];
    for (let start = 0; start < 100; start++) {
      const { code, out, err } = await here.run([...TRACK, "--timeout", "3"]);
      const { outcome, messageId } = JSON.parse(out);
      assertEquals([code, err, outcome], [0, "", "queued"]);
      ids.push(messageId);
    }
    const requests = collector.arrivals.length;
    say(`100 starts during an outage made ${requests} requests`);
    assert(requests >= 1 && requests <= 10, `${requests} requests`);
    collector.reset();
    assertEquals((await here.run(["flush"])).err, "100 delivered, 0 rejected, 0 left\n");
    assertEquals(collector.arrivals.map(({ path }) => path), ["/v1/batch"]);
    assertEquals(collector.reports.map((report) => report["messageId"]), ids);
  } finally {
    await collector.close();
  }
});

endToEnd(
  "track keeps its report, in time and without a word, where no name is resolved",
  NOWHERE,
  async (here) => {
    const json = await timed(() => here.run([...TRACK, ...SHORT]));
    assertKept(json, await waitingIds(here));
    assert(json.took < SHORT_LIMIT_MS, `it took ${json.took} ms`);
  },
);

/** An address of this machine's own at which no name server listens. */
const SILENT_RESOLVER = "127.77.0.2";
/** Starts a program on a machine whose only name server is that one: its configuration lies in the working folder. */
const withSilentResolver = (argv: readonly string[]) => [
  ...["unshare", "--mount", "--propagation", "private", "sh", "-ec"],
  `mount --bind resolv.conf /etc/resolv.conf
   if [ -e /etc/nsswitch.conf ]; then mount --bind nsswitch.conf /etc/nsswitch.conf; fi
   exec "$@"`,
  "sh",
  ...argv,
];

endToEnd(
  "track keeps its report, in time and without a word, where no name server answers",
  { ...NOWHERE, needs: CAN_MOUNT },
  async (here) => {
    await Deno.writeTextFile(`${here.folder}/project/resolv.conf`, `nameserver ${SILENT_RESOLVER}\n`);
    await Deno.writeTextFile(`${here.folder}/project/nsswitch.conf`, "hosts: files dns\n");
    const resolver = createSocket("udp4");
    const questions: string[] = [];
    resolver.on("message", (question: Uint8Array) => questions.push(String.fromCharCode(...question)));
    const bound = Promise.withResolvers<void>();
    resolver.bind(53, SILENT_RESOLVER, bound.resolve);
    await bound.promise;
    try {
      const json = await timed(() => here.run([...TRACK, ...SHORT], { wrap: withSilentResolver }));
      assertKept(json, await waitingIds(here));
      assert(json.took >= 1_000 && json.took < SHORT_LIMIT_MS, `it took ${json.took} ms`);
      assert(questions.length > 0, "nobody asked");
      assert(questions.every((question) => question.includes("collector\x07invalid")), "somebody else asked");
    } finally {
      const closed = Promise.withResolvers<void>();
      resolver.close(closed.resolve);
      await closed.promise;
    }
  },
);

/** Asserts that a report waits, and that its caller was told so and nothing else. */
function assertKept({ code, out, err }: { code: number; out: string; err: string }, waiting: readonly string[]): void {
  assertEquals([code, err, waiting.length], [0, "", 1]);
  assertEquals(JSON.parse(out), {
    outcome: "queued",
    messageId: waiting[0],
    heldUntil: null,
    withheld: [],
    withheldUnknown: 0,
  });
}

/** Asserts that what waits arrives, as the same report, once the server is back. */
async function assertDeliversLater(here: EndToEnd): Promise<void> {
  const waiting = await waitingIds(here);
  const collector = new Collector(endpointPort());
  try {
    const { code, out, err } = await here.run(["flush"]);
    assertEquals([code, out, err], [0, "", "1 delivered, 0 rejected, 0 left\n"]);
    assertEquals(collector.reports.map((report) => report["messageId"]), waiting);
    assertEquals(await waitingIds(here), []);
  } finally {
    await collector.close();
  }
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}

function typed(body: string, type: string): Response {
  return new Response(body, { headers: { "content-type": type } });
}

function withStatus(status: number): Response {
  return new Response([204, 304].includes(status) ? null : `HTTP ${status}`, { status });
}

/** The status in a row's name. */
function statusIn(name: string): number {
  return Number(/\d{3}/.exec(name)?.[0]);
}

async function compressed(text: string): Promise<Response> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = await new Response(stream).arrayBuffer();
  return new Response(body, { headers: { "content-type": "application/json", "content-encoding": "gzip" } });
}
