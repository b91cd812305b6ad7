/** Longest line that is taken, in bytes: more than any report can hold. */
export const MAX_LINE_BYTES = 256 * 1024;

/** One line of an input, counted from 1, without its end. */
export interface Line {
  readonly number: number;
  /** Undefined where the line can't be taken. */
  readonly text: string | undefined;
  /** Why it can't be taken. */
  readonly problem: "too long" | "not UTF-8" | undefined;
}

const LINE_FEED = 0x0a;

/** Cuts bytes into lines as they come, and never holds more than one line of `MAX_LINE_BYTES`. Blank lines are left out. */
export class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #number = 0;

  /** The lines that end in this chunk. */
  *push(chunk: Uint8Array): Generator<Line> {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      this.#hold(chunk.subarray(from, end));
      from = end + 1;
      const line = this.#take();
      if (line !== undefined) yield line;
    }
    // A copy: whoever gave the chunk may use its memory again.
    this.#hold(chunk.slice(from));
  }

  /** The last line, where nothing ended it. */
  end(): Line | undefined {
    return this.#take();
  }

  #hold(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MAX_LINE_BYTES) this.#held = [];
    else if (bytes.length > 0) this.#held.push(bytes);
  }

  #take(): Line | undefined {
    const [held, length] = [this.#held, this.#heldBytes];
    [this.#held, this.#heldBytes] = [[], 0];
    const number = ++this.#number;
    if (length > MAX_LINE_BYTES) return { number, text: undefined, problem: "too long" };
    try {
      const text = this.#decoder.decode(held.length === 1 ? held[0] : joined(held, length));
      return text.trim() === "" ? undefined : { number, text, problem: undefined };
    } catch (error) {
      if (error instanceof TypeError) return { number, text: undefined, problem: "not UTF-8" };
      throw error;
    }
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
