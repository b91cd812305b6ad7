import type { Identity } from "../../../scripts/support/authority.ts";
import { closeQuietly, join } from "./faulty_server.ts";

export { Authority, type Identity, issueAlone } from "../../../scripts/support/authority.ts";

/** A server on the loopback interface that takes TLS off what comes and passes it on to another port there. */
export class TlsFront {
  /** How many connections got through the handshake, and how many didn't. */
  readonly handshakes = { done: 0, failed: 0 };
  readonly #listener: Deno.TlsListener;
  readonly #target: number;
  readonly #open = new Set<{ close(): void }>();
  readonly #running: Promise<void>;

  /** Port 0 takes any that is free. */
  constructor(identity: Identity, target: number, port = 0) {
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port, ...identity });
    this.#target = target;
    this.#running = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends with every connection closed. */
  async close(): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) closeQuietly(connection);
    await this.#running;
  }

  async #accept(): Promise<void> {
    const passing: Promise<void>[] = [];
    for await (const connection of this.#listener) passing.push(this.#pass(connection));
    await Promise.all(passing);
  }

  async #pass(connection: Deno.TlsConn): Promise<void> {
    this.#open.add(connection);
    try {
      await connection.handshake();
      this.handshakes.done++;
    } catch {
      // Whatever the other side found wrong with the certificate.
      this.handshakes.failed++;
      return closeQuietly(connection);
    }
    const target = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    this.#open.add(target);
    await join(connection, target);
  }
}
