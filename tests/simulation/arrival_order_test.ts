import { assertEquals } from "@std/assert";
import { MOST_IDLE_MS } from "../../lib/host/host.ts";
import { range } from "../support/inputs/numbered_events.ts";
import { seededRandom } from "../support/machine/random.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import { addAll, COUNTS, LARGE, memoryQueueOf, sent } from "../support/scenes/memory_queue_scene.ts";

/** The order in which the batches of a stream arrive over connections that are kept, used again and closed. */

/**
 * A machine whose requests go over connections, as the runtime's client has them: a request takes the one that was used
 * last. Where all are taken it asks for another one, and goes over whichever comes first: that, or one that is free
 * again. One that nobody has used for a while is closed.
 */
class ConnectedHost extends TimedHost {
  /** How many connections were asked for. */
  connections = 0;
  readonly #connectMs: () => number;
  /** When those became free that nobody uses. */
  #free: number[] = [];
  /** Those who wait for one, longest first. */
  readonly #waiting = new Set<() => void>();

  constructor(connectMs: () => number, answerMs: () => number) {
    super({ respond: () => this.sleep(answerMs()).then(() => 200) });
    this.#connectMs = connectMs;
  }

  override async fetch(request: Request, authorities: readonly string[]): Promise<Response> {
    await this.#connect();
    const response = await super.fetch(request, authorities);
    this.#release();
    return response;
  }

  async #connect(): Promise<void> {
    this.#free = this.#free.filter((since) => this.clock - since < MOST_IDLE_MS);
    if (this.#free.pop() !== undefined) return;
    this.connections++;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#waiting.delete(go);
        resolve();
      };
      this.#waiting.add(go);
      this.after(this.#connectMs(), () => this.#waiting.has(go) ? go() : this.#release());
    });
  }

  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free.push(this.clock);
    else next();
  }
}

for (let seed = 1; seed <= 10; seed++) {
  Deno.test(`batches arrive in their order, however slow connections and answers are (${seed})`, async () => {
    const random = seededRandom(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const [connectMs, answerMs] = [below(4) * 70, below(4) * 50];
    const host = new ConnectedHost(() => connectMs + below(connectMs + 1), () => below(answerMs + 1));
    const queue = memoryQueueOf(host);
    let next = 0;
    for (let step = 0; step < 20; step++) {
      // Batches that aren't full, several full ones, or many.
      const count = below(3) === 0 ? below(100) : below(1_500);
      await host.until(addAll(queue, range(next, next + count), LARGE));
      next += count;
      await host.pass(below(3) === 0 ? below(3 * MOST_IDLE_MS) : below(1_500));
    }
    assertEquals(await host.until(queue.close(60_000)), { ...COUNTS, delivered: next });
    assertEquals([sent(host).flat(), host.connections > 1], [range(0, next), true]);
  });
}
