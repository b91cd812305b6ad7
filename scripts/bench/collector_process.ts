import { ROOT } from "../toolchain/toolchain.ts";
import type { Arrivals } from "./collector.ts";

/** The collector in a process of its own. */
export class CollectorProcess {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts the process, and waits until it listens. */
  static async start(folder: string, port: number): Promise<CollectorProcess> {
    const collector = new CollectorProcess(
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          "--no-config",
          "--no-lock",
          `${ROOT}/scripts/bench/collector.ts`,
          String(port),
          `${folder}/cert.pem`,
          `${folder}/key.pem`,
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn(),
    );
    await collector.#answer();
    return collector;
  }

  /** Sets how long an answer takes, in milliseconds; null: none comes. */
  async delay(delayMs: number | null): Promise<void> {
    await this.#ask({ delayMs });
  }

  /** What has arrived since the last call. */
  async count(): Promise<Arrivals> {
    // The collector answers this question in this shape.
    return await this.#ask({ count: true }) as Arrivals;
  }

  async stop(): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
    await this.#answers.cancel();
  }

  async #ask(command: unknown): Promise<unknown> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify(command) + "\n"));
    return await this.#answer();
  }

  async #answer(): Promise<unknown> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#answers.read();
      if (done) throw new Error("Cannot measure: the collector has ended");
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return JSON.parse(line);
  }
}
