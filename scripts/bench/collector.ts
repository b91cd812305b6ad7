import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";

/**
 * A server on the loopback interface that takes what the benchmark's programs send, in a process of its own. It only
 * keeps what arrives, and looks at it when nothing is being measured.
 *
 * It is started with a port and the files of a certificate and its key. Each line of standard input is a command, and
 * is answered by one line: `{"delayMs": 50}` sets how long an answer takes (null: none comes), `{"count": true}` asks
 * what has arrived since the last such question.
 */

/** What arrived. */
export interface Arrivals {
  readonly requests: number;
  /** Reports, including those in batches. */
  readonly reports: number;
  /** Different reports, by id. */
  readonly distinct: number;
  /** Bytes of the bodies, as they were sent. */
  readonly bytes: number;
}

interface Arrival {
  readonly bytes: Uint8Array;
  readonly compressed: boolean;
}

if (import.meta.main) await serve();

async function serve(): Promise<void> {
  const [port, cert, key] = Deno.args;
  let delayMs: number | null = 0;
  let arrivals: Arrival[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const compressed = request.headers.get("content-encoding") === "gzip" ||
      new URL(request.url).searchParams.get("compression") === "gzip-js";
    const bytes = new Uint8Array(await request.arrayBuffer());
    arrivals.push({ bytes, compressed });
    if (delayMs === null) return await new Promise<Response>(() => {});
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs ?? 0));
    return Response.json({ success: true, status: "Ok" });
  };
  const tls = { cert: await Deno.readTextFile(cert ?? ""), key: await Deno.readTextFile(key ?? "") };
  Deno.serve({ hostname: "127.0.0.1", port: Number(port), ...tls, onListen: () => say({ ready: true }) }, answer);
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await lines.read(); !part.done; part = await lines.read()) {
    const commands = (text + part.value).split("\n");
    text = commands.pop() ?? "";
    for (const line of commands) {
      const command: { delayMs?: number | null; count?: boolean } = JSON.parse(line);
      if (command.delayMs !== undefined) delayMs = command.delayMs;
      say(command.count ? countArrivals(arrivals) : {});
      if (command.count) arrivals = [];
    }
  }
  Deno.exit(0);
}

function countArrivals(arrivals: readonly Arrival[]): Arrivals {
  const ids = new Set<string>();
  let reports = 0;
  let bytes = 0;
  for (const arrival of arrivals) {
    bytes += arrival.bytes.length;
    for (const id of idsIn(arrival)) {
      reports++;
      ids.add(id);
    }
  }
  return { requests: arrivals.length, reports, distinct: ids.size, bytes };
}

/** The ids of the reports in a request. Segment's client and this program call them `messageId`, PostHog's `uuid`. */
function idsIn({ bytes, compressed }: Arrival): string[] {
  const text = Buffer.from(compressed ? gunzipSync(bytes) : bytes).toString();
  const body: { batch?: unknown[] } = JSON.parse(text);
  const items = (body.batch ?? [body]) as { messageId?: string; uuid?: string }[]; // What the clients send.
  return items.map(({ messageId, uuid }) => messageId ?? uuid ?? "");
}

function say(answer: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(answer) + "\n"));
}
