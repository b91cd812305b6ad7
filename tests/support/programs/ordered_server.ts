import type { Identity } from "./authority.ts";
import { closeQuietly, writeText } from "./faulty_server.ts";
import type { Rounds } from "./rounds.ts";

const SUCCESS =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\nConnection: keep-alive\r\n\r\n{"success":true}';

/** A server over TLS that keeps requests in the order in which they come, and answers them in rounds. */
export class OrderedServer {
  readonly #listener: Deno.TlsListener;
  readonly #open = new Set<Deno.TlsConn>();
  readonly #rounds: Rounds;
  readonly #bodies: Uint8Array<ArrayBuffer>[] = [];
  readonly #running: Promise<void>;

  constructor(identity: Identity, port: number, rounds: Rounds) {
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port, ...identity });
    this.#rounds = rounds;
    this.#running = this.#accept();
  }

  /** Every report that arrived, in the order in which the requests did. */
  async reports(): Promise<Record<string, unknown>[]> {
    const batches = this.#bodies.map(async (body) => {
      const text = await new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
      return JSON.parse(text).batch;
    });
    return (await Promise.all(batches)).flat();
  }

  /** Ends with every connection closed. */
  async close(): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) closeQuietly(connection);
    await this.#running;
  }

  async #accept(): Promise<void> {
    const serving: Promise<void>[] = [];
    for await (const connection of this.#listener) serving.push(this.#serve(connection));
    await Promise.all(serving);
  }

  async #serve(connection: Deno.TlsConn): Promise<void> {
    this.#open.add(connection);
    try {
      for (;;) {
        const body = await readBody(connection);
        if (body === undefined) break;
        this.#bodies.push(body);
        await this.#rounds.come();
        await writeText(connection, SUCCESS);
      }
    } catch {
      // The connection was closed.
    }
    this.#open.delete(connection);
    closeQuietly(connection);
  }
}

/** The body of the next request; undefined where the connection ends before it. */
async function readBody(connection: Deno.TlsConn): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const buffer = new Uint8Array(1024 * 1024);
  let size = 0;
  for (;;) {
    const count = await connection.read(buffer.subarray(size));
    if (count === null) return undefined;
    size += count;
    const text = new TextDecoder("latin1").decode(buffer.subarray(0, size));
    const head = text.indexOf("\r\n\r\n") + 4;
    const length = Number(/^content-length: (\d+)\r$/im.exec(text.slice(0, head))?.[1]);
    if (head > 3 && size >= head + length) return buffer.slice(head, size);
  }
}
