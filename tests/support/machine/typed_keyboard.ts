import type { Keyboard } from "../../../lib/host/host.ts";

/**
 * A terminal's keyboard as Linux has it: a read gives one line, and the beginning of a line only once that is flushed.
 * Otherwise it begins the next line.
 */
export class TypedKeyboard implements Keyboard {
  closed = false;
  readonly #answers: string[];
  readonly #staysOpen: boolean;
  readonly #lines: string[] = [];
  #begun = "";
  #ended = false;
  #give: ((piece: Uint8Array | undefined) => void) | undefined;

  /** `answers`: one is typed whenever the program waits for it. `staysOpen`: the terminal does, after the last one. */
  constructor(answers: readonly string[], staysOpen: boolean) {
    this.#answers = [...answers];
    this.#staysOpen = staysOpen;
  }

  /** Types the next answer, where the program waits for one. */
  answer(): void {
    if (this.#give === undefined) return;
    const answer = this.#answers.shift();
    if (answer !== undefined) this.type(answer);
    if (!answer?.endsWith("\n") && !this.#staysOpen) this.end();
  }

  /** Types a text; `\n` is Enter. */
  type(text: string): void {
    const lines = (this.#begun + text).split("\n");
    this.#begun = lines.pop() ?? "";
    this.#lines.push(...lines.map((line) => `${line}\n`));
    this.#serve();
  }

  /** Presses Ctrl-D, or closes the terminal. */
  end(): void {
    this.flush();
    this.#ended = true;
    this.#serve();
  }

  read(): Promise<Uint8Array | undefined> {
    if (this.#give !== undefined) throw new Error("Two reads at a time");
    return new Promise((resolve) => {
      this.#give = resolve;
      this.#serve();
    });
  }

  flush(): void {
    if (this.#begun !== "") this.#lines.push(this.#begun);
    this.#begun = "";
    this.#serve();
  }

  close(): void {
    this.closed = true;
  }

  #serve(): void {
    const give = this.#give;
    if (give === undefined || (this.#lines.length === 0 && !this.#ended)) return;
    this.#give = undefined;
    const line = this.#lines.shift();
    give(line === undefined ? undefined : new TextEncoder().encode(line));
  }
}
