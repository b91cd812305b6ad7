import { type Host, MOST_IDLE_MS } from "../host/host.ts";

/** Most requests that are under way. Why so many: docs/contributing/decisions/39-four-requests-of-a-stream.md. */
const MOST_REQUESTS = 4;

/**
 * Says when the next batch may go, so that batches arrive in the order in which they were filled, as far as several
 * connections allow that.
 *
 * - One at a time is made ready and handed over. The next one waits until that is done, or given up.
 * - A request that needs a new connection takes longer than one that finds a connection, and would be overtaken. So at
 *   first one request is under way, and one more only after as many were answered as may be under way. That one needs a
 *   new connection, and nothing follows it until it is answered.
 * - A failure ends that, and so does a pause after which the connections are closed: it begins again with one.
 */
export class Window<Shipment> {
  readonly #host: Pick<Host, "elapsed">;
  readonly #underWay = new Set<Shipment>();
  /** What is being made ready. */
  #leaving: Shipment | undefined;
  /** What needs a new connection. */
  #opening: Shipment | undefined;
  /** When one request was under way last, when two were, and so on: for each connection, by `host.elapsed()`. */
  readonly #used: number[] = [];
  /** How many answers came since the newest connection was asked for. */
  #answers = 0;

  constructor(host: Pick<Host, "elapsed">) {
    this.#host = host;
  }

  /** What is under way, oldest first. */
  get underWay(): readonly Shipment[] {
    return [...this.#underWay];
  }

  /** Whether something is being made ready. */
  get isLeaving(): boolean {
    return this.#leaving !== undefined;
  }

  /** Whether one more may go now. `beside`: also where others are under way. */
  hasRoom(beside: boolean): boolean {
    const size = this.#underWay.size;
    if (size === 0) return true;
    if (!beside || this.#leaving !== undefined || this.#opening !== undefined) return false;
    const connections = this.#connections();
    return size < connections || (size === connections && size < MOST_REQUESTS && this.#answers >= size);
  }

  /** One is under way from now on, and is being made ready. */
  begin(shipment: Shipment): void {
    if (this.#underWay.size === this.#connections()) {
      this.#opening = shipment;
      this.#answers = 0;
      this.#used.push(0);
    }
    this.#underWay.add(shipment);
    this.#leaving = shipment;
    this.#use();
  }

  /** It is made ready no longer: it was handed over, or isn't sent for now. */
  pass(shipment: Shipment): void {
    if (this.#leaving === shipment) this.#leaving = undefined;
  }

  /** The server has answered it. */
  answer(shipment: Shipment): void {
    this.#answers++;
    if (this.#opening === shipment) this.#opening = undefined;
  }

  /** A request failed. What an answer says that comes after it is older. */
  fail(): void {
    this.#used.length = 0;
    this.#opening = undefined;
  }

  /** It is under way no longer. */
  end(shipment: Shipment): void {
    // Nobody knows whether there is a connection.
    if (this.#opening === shipment) this.fail();
    this.pass(shipment);
    this.#use();
    this.#underWay.delete(shipment);
  }

  #use(): void {
    this.#used.fill(this.#host.elapsed(), 0, this.#underWay.size);
  }

  /** How many connections there are: one for each request that was under way with others and was answered. */
  #connections(): number {
    const closedBefore = this.#host.elapsed() - MOST_IDLE_MS / 2;
    // The one that was used last is used again first, so that the others stay unused.
    while (this.#used.length > this.#underWay.size && this.#used.at(-1)! < closedBefore) this.#used.pop();
    return this.#used.length;
  }
}
