import type { Verdict } from "./verdicts.ts";

/** After so many batches in a row that were taken, twice as many reports are tried. */
const GROW_AFTER = 32;

/** How many reports a request may hold. It shrinks where the server finds a batch too large, and grows again. */
export class BatchSize {
  readonly #limit: number;
  #most: number;
  #takenInARow = 0;
  /** Whether a report alone was refused, and nothing taken since. */
  #foundOne = false;

  /** `limit` is the most that is ever tried. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#most = limit;
  }

  /** Most reports in the next request. */
  get most(): number {
    return this.#most;
  }

  /** Learns from the verdict on a request of so many reports. */
  learn(verdict: Verdict, reports: number): void {
    if (verdict === "retry") return;
    if (verdict === "halve") {
      this.#most = Math.ceil(reports / 2);
      this.#takenInARow = 0;
    } else if ((verdict === "rejected" || verdict === "aside") && reports === 1) this.#foundOne = true;
    else if (this.#foundOne) {
      // The one report that made the batches too large has been found: the others were not the reason.
      this.#most = this.#limit;
      this.#foundOne = false;
    } else if (++this.#takenInARow === GROW_AFTER) {
      this.#most = Math.min(2 * this.#most, this.#limit);
      this.#takenInARow = 0;
    }
  }
}
