/** Most answers that are kept. All are dropped before there would be one more: that bounds the memory, and is rare. */
const LIMIT = 1_000;

/** Answers about texts, where finding an answer again costs more than looking it up. */
export class Cache<Answer> {
  readonly #answers = new Map<string, Answer>();

  /** The answer for a text, or undefined where none is kept. */
  get(text: string): Answer | undefined {
    return this.#answers.get(text);
  }

  /** Keeps an answer, and returns it. */
  keep(text: string, answer: Answer): Answer {
    if (this.#answers.size === LIMIT) this.#answers.clear();
    this.#answers.set(text, answer);
    return answer;
  }
}
