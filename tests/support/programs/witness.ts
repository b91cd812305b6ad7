import { FaultyServer, writeText } from "./faulty_server.ts";
import { pause } from "./waiting.ts";

/** How a witness treats each connection. */
export interface WitnessOptions {
  /** Resolves when it begins to read; at once unless given. */
  readonly readsAfter?: Promise<void>;
  /** Resolves when it begins to answer; at once unless given. */
  readonly answersAfter?: Promise<void>;
  /** How long it thinks before it answers, in milliseconds; `"never"` answers nothing, `"closes"` ends the connection. */
  readonly answerMs?: number | "never" | "closes";
}

/** Answers as the real server does. */
const TAKEN = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{"success":true}';

/** A server on the loopback interface that writes down when bytes came, and how many requests came whole. */
export class Witness {
  /** How many requests came whole. */
  requests = 0;
  readonly #server: FaultyServer;
  /** When bytes came, by `performance.now()`. */
  readonly #times: number[] = [];

  /** Port 0 takes any that is free. */
  constructor(port: number, options: WitnessOptions = {}) {
    this.#server = new FaultyServer((connection, over) => this.#take(connection, over, options), port);
  }

  get port(): number {
    return this.#server.port;
  }

  /** How many connections were made to it. */
  get connections(): number {
    return this.#server.connections;
  }

  /** Whether bytes came after a moment of `performance.now()`. */
  sawAfter(moment: number): boolean {
    return this.#times.some((time) => time > moment);
  }

  /** Ends with every connection closed. */
  async close(): Promise<void> {
    await this.#server.close();
  }

  async #take(
    connection: Deno.TcpConn,
    over: AbortSignal,
    { readsAfter, answersAfter, answerMs = 0 }: WitnessOptions,
  ): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    await readsAfter;
    let [head, missing] = ["", NaN];
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return;
      this.#times.push(performance.now());
      if (Number.isNaN(missing)) {
        head += new TextDecoder("latin1").decode(buffer.subarray(0, count));
        const end = head.indexOf("\r\n\r\n");
        if (end === -1) continue;
        missing = end + 4 + Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0) - head.length;
      } else missing -= count;
      if (missing > 0) continue;
      this.requests++;
      if (answerMs === "closes") return;
      if (answerMs !== "never") {
        await answersAfter;
        await pause(answerMs);
        if (over.aborted) return;
        await writeText(connection, TAKEN);
      }
      [head, missing] = ["", NaN];
    }
  }
}
