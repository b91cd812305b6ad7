/** How many answers are remembered. All are forgotten when there would be more: that bounds the memory, and is rare. */
const MOST = 1_000;

/** What was answered about texts before, where working it out again costs more than looking it up. */
export class Cache<T> {
  readonly #answers = new Map<string, T>();

  /** The answer, or undefined where it isn't known (any more). */
  get(text: string): T | undefined {
    return this.#answers.get(text);
  }

  /** Remembers an answer, and gives it back. */
  keep(text: string, answer: T): T {
    if (this.#answers.size === MOST) this.#answers.clear();
    this.#answers.set(text, answer);
    return answer;
  }
}
