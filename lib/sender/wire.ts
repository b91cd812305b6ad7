import { ConnectFault, type Host } from "../host/host.ts";
import { joinBytes } from "../join_bytes.ts";
import { isObject } from "../json_object.ts";
import type { WrittenReport } from "../report/written_report.ts";
import { encodeTexts } from "./encode_texts.ts";
import type { Destination } from "./route.ts";
import { type Answer, parseRetryAfter } from "./verdicts.ts";

/** Bodies from this size on are compressed: below, the round trip costs more than the bytes. */
const COMPRESS_FROM_BYTES = 4 * 1024;
/** Longest answer that is read, in bytes. The server's own is under 100. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** What a request is made with. */
export interface SendOptions {
  readonly timeoutMs: number;
  /** Asked at the last moment: the user may have said no while the request was being prepared. */
  readonly isPermitted: () => boolean;
  /** Told once another request would not overtake this one on its way out of the program. */
  readonly onHandedOver?: (() => void) | undefined;
}

/**
 * Sends reports in one request: one alone to its own address, more as a batch. Never throws for what the network does.
 * The body is the reports as they are, with the time of this attempt (`sentAt`) and, in a batch, each one's `type`.
 */
export async function send(
  host: Host,
  destination: Destination,
  reports: readonly WrittenReport[],
  { timeoutMs, isPermitted, onHandedOver }: SendOptions,
): Promise<Answer> {
  const timer = new AbortController();
  const abort = new AbortController();
  let handedOver = false;
  // Time may be up before the request was ready.
  const mayLeave = () => handedOver = !abort.signal.aborted && isPermitted();
  const unanswered = (reason: "network" | "timeout", bodySent = handedOver): Answer => {
    return { kind: "unanswered", reason, bodySent };
  };
  const expired = host.sleep(timeoutMs, timer.signal).then(() => unanswered("timeout"));
  try {
    const exchanged = exchange(host, destination, reports, abort.signal, { mayLeave, onHandedOver });
    return await Promise.race([exchanged, expired]);
  } catch (error) {
    if (error instanceof ConnectFault) {
      const { proxy } = error;
      return { ...unanswered("network", false), ...proxy === undefined ? {} : { proxy } };
    }
    // TypeError is what fetch throws for everything else between here and there.
    if (error instanceof Error) return unanswered("network");
    throw error;
  } finally {
    timer.abort();
    abort.abort();
  }
}

async function exchange(
  host: Host,
  destination: Destination,
  reports: readonly WrittenReport[],
  signal: AbortSignal,
  { mayLeave, onHandedOver }: Pick<SendOptions, "onHandedOver"> & { readonly mayLeave: () => boolean },
): Promise<Answer> {
  const request = await buildRequest(host, destination, reports, signal);
  if (!mayLeave()) return { kind: "unanswered", reason: "forbidden", bodySent: false };
  const answering = host.fetch(request, destination.authorities);
  // The runtime sends only while this program waits, and of several requests often the last one first.
  if (onHandedOver !== undefined) void host.sleep(0, signal).then(onHandedOver);
  const response = await answering;
  const accepted = acceptedBy(await readAnswer(response));
  return {
    kind: "answered",
    status: response.status,
    accepted,
    retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), host.now()),
  };
}

async function buildRequest(
  host: Host,
  destination: Destination,
  reports: readonly WrittenReport[],
  signal: AbortSignal,
): Promise<Request> {
  const sentAt = host.now().toISOString();
  const [first] = reports;
  const alone = reports.length === 1 && first !== undefined;
  const path = alone ? `/v1/${typeOf(first)}` : "/v1/batch";
  const end = `,"sentAt":${JSON.stringify(sentAt)}}`;
  const bytes = encodeTexts(
    alone ? [first.json.slice(0, -1), end] : ['{"batch":[', ...reports.map(batchItem), `]${end}`],
  );
  const headers = new Headers({
    "authorization": `Basic ${basicCredentials(destination.writeKey)}`,
    "content-type": "application/json",
    // The runtime's own value would name its version.
    "user-agent": "rasa-telemetry",
    "accept": "application/json",
    "accept-language": "*",
  });
  const compressed = bytes.length >= COMPRESS_FROM_BYTES;
  if (compressed) headers.set("content-encoding", "gzip");
  return new Request(`${destination.endpoint}${path}`, {
    method: "POST",
    headers,
    body: compressed ? await gzip(bytes) : bytes,
    // It isn't followed: its status is the answer.
    redirect: "manual",
    signal,
  });
}

function batchItem(report: WrittenReport, index: number): string {
  return `${index === 0 ? "" : ","}{"type":"${typeOf(report)}",${report.json.slice(1)}`;
}

/** What the HTTP tracking API calls it. */
function typeOf({ kind }: WrittenReport): "track" | "identify" {
  return kind === "event" ? "track" : "identify";
}

/** The write key as user with an empty password. Source: the HTTP tracking API's authentication. */
function basicCredentials(writeKey: string): string {
  const bytes = new TextEncoder().encode(`${writeKey}:`);
  return btoa(String.fromCharCode(...bytes));
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { writable, readable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  // Written and read at the same time: the stream takes no more than is read of it.
  const [parts] = await Promise.all([Array.fromAsync(readable), writer.write(bytes), writer.close()]);
  return joinBytes(parts);
}

async function readAnswer(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_BYTES) return undefined;
  }
  return text;
}

/** Whether the server took the reports; undefined where the answer isn't the server's (a captive portal). */
function acceptedBy(text: string | undefined): boolean | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
  if (!isObject(answer)) return undefined;
  return !("success" in answer) || answer.success !== false;
}
