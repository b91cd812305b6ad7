/** A request that arrived. */
export interface Arrival {
  readonly path: string;
  readonly authorization: string | null;
  readonly headers: Record<string, string>;
  /** The body, decompressed. */
  readonly body: Record<string, unknown>;
}

/** A server on the loopback interface that takes reports as the real one does and keeps what arrives. */
export class Collector {
  readonly arrivals: Arrival[] = [];
  /** What it answers; the server's own success unless a test says otherwise. */
  answer: (arrival: Arrival) => Response | Promise<Response> = () => Response.json({ success: true });
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Port 0 takes any that is free. */
  constructor(port = 0) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => this.#take(request));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Every report that arrived, out of batches too, without what the envelope adds (`sentAt`, and in a batch `type`). */
  get reports(): Record<string, unknown>[] {
    return this.arrivals.flatMap(({ body }) => {
      if (!Array.isArray(body["batch"])) return [withoutKey(body, "sentAt")];
      return body["batch"].map((item: Record<string, unknown>) => withoutKey(item, "type"));
    });
  }

  /** Forgets what arrived, and answers as at first. */
  reset(): void {
    this.arrivals.length = 0;
    this.answer = () => Response.json({ success: true });
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  async #take(request: Request): Promise<Response> {
    const gzipped = request.headers.get("content-encoding") === "gzip";
    const stream = gzipped ? request.body?.pipeThrough(new DecompressionStream("gzip")) : request.body;
    const text = await new Response(stream ?? null).text().catch(() => undefined);
    // The sender ended before the whole request had come.
    if (text === undefined) return new Response(null, { status: 400 });
    const arrival: Arrival = {
      path: new URL(request.url).pathname,
      authorization: request.headers.get("authorization"),
      headers: Object.fromEntries(request.headers),
      body: JSON.parse(text),
    };
    this.arrivals.push(arrival);
    return await this.answer(arrival);
  }
}

function withoutKey(value: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
