import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import type { Identity } from "../support/authority.ts";
import type { Phase } from "./phases.ts";

/** A server over HTTPS, and the one proxy that leads to it, both on the loopback interface. */
export class Servers {
  /** What holds now. */
  phase: Phase;
  /** The event's number and the messageId of each report that was taken, as often as it was. */
  readonly taken: (readonly [number: number, messageId: string])[] = [];
  /** How many requests reached the server, and how many the proxy was asked for. */
  requests = 0;
  asked = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #proxy: Deno.TcpListener;
  readonly #open = new Set<Deno.Conn>();

  constructor(identity: Identity, port: number, phase: Phase) {
    this.phase = phase;
    const listening = { hostname: "127.0.0.1", port, ...identity, onListen: () => {} };
    this.#server = Deno.serve(listening, (request) => this.#answer(request));
    this.#proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#listen(port);
  }

  get proxyPort(): number {
    return this.#proxy.addr.port;
  }

  async close(): Promise<void> {
    this.#proxy.close();
    for (const connection of this.#open) closeQuietly(connection);
    await this.#server.shutdown();
  }

  /** Takes a request, or not. What a slow or silent server has read, it has taken. */
  async #answer(request: Request): Promise<Response> {
    const { answer } = this.phase;
    this.requests++;
    const bytes = new Uint8Array(await request.arrayBuffer());
    const page = (status: number) =>
      new Response("<html>Not here</html>", { status, headers: { "content-type": "text/html" } });
    const good = () => Response.json({ success: true });
    switch (answer) {
      case "429, again in 5 s":
        return new Response("", { status: 429, headers: { "retry-after": "5" } });
      case "500":
        return page(500);
      case "200 with a page":
        return page(200);
      case "404 with a page":
        return page(404);
    }
    this.#take(bytes, request.headers.get("content-encoding") === "gzip");
    switch (answer) {
      case "takes all":
        return good();
      case "takes all after 3 s":
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        return good();
      case "hangs up after reading":
        throw new Error("the soak's server hangs up");
      case "no answer":
        await new Promise((resolve) => setTimeout(resolve, 20_000));
        return page(500);
    }
  }

  #take(bytes: Uint8Array, compressed: boolean): void {
    const body = JSON.parse(Buffer.from(compressed ? gunzipSync(bytes) : bytes).toString());
    // What the program sends: a report, or a batch of them.
    const reports: { messageId: string; properties: Record<string, unknown> }[] = body.batch ?? [body];
    for (const { messageId, properties } of reports) {
      this.taken.push([Number(properties["conversation_count"]), messageId]);
    }
  }

  async #listen(port: number): Promise<void> {
    for await (const connection of this.#proxy) {
      this.#open.add(connection);
      this.#tunnel(connection, port).catch(() => {}).finally(() => {
        this.#open.delete(connection);
        closeQuietly(connection);
      });
    }
  }

  /** Where the way closes, tunnels that are open close too: a program that keeps its connections must notice. */
  async #tunnel(client: Deno.Conn, port: number): Promise<void> {
    this.asked++;
    const { way } = this.phase;
    if (way === "gone") return;
    await client.read(new Uint8Array(4096));
    const say = (text: string) => client.write(new TextEncoder().encode(text));
    if (way === "hangs") return await new Promise((resolve) => setTimeout(resolve, 20_000));
    if (way !== "open") {
      await say(`HTTP/1.1 ${way} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    const watch = setInterval(() => {
      if (this.phase.way === "open") return;
      closeQuietly(client);
      closeQuietly(server);
    }, 200);
    try {
      await say("HTTP/1.1 200 Connection established\r\n\r\n");
      const options = { preventCancel: true };
      await Promise.race([
        client.readable.pipeTo(server.writable, options),
        server.readable.pipeTo(client.writable, options),
      ]);
    } finally {
      clearInterval(watch);
      closeQuietly(server);
    }
  }
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed.
  }
}
