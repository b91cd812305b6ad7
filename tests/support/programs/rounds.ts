/** Lets requests wait for their answers until so many have come, and so on: a round after the other. */
export class Rounds {
  /** How many wait for an answer, and how many did at the same time, at most. */
  open = 0;
  most = 0;
  readonly #sizes: number[];
  #waiting: (() => void)[] = [];
  #released = false;

  /** How many requests each round has. What comes after the last round waits until it is released. */
  constructor(sizes: readonly number[]) {
    this.#sizes = [...sizes];
  }

  /** A request has come. Resolves when it is to be answered. */
  async come(): Promise<void> {
    this.most = Math.max(this.most, ++this.open);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === this.#sizes[0]) {
      this.#sizes.shift();
      this.#answerAll();
    } else if (this.#released) this.#answerAll();
    await promise;
    this.open--;
  }

  /** Has all answered at once, and whatever comes from now on. */
  release(): void {
    this.#released = true;
    this.#answerAll();
  }

  #answerAll(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }
}
