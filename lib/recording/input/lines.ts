import { joinBytes } from "../../join_bytes.ts";

/** Longest line that is taken, in bytes: more than any report can hold. */
export const MAX_LINE_BYTES = 256 * 1024;

/** One line of an input, without its end. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Undefined where the line can't be taken. */
  readonly text: string | undefined;
  /** Why it can't be taken. */
  readonly problem: "too long" | "not UTF-8" | undefined;
}

const LINE_FEED = 0x0a;

/**
 * Cuts bytes into lines as they come. Holds at most one line of `MAX_LINE_BYTES` and one chunk. Blank lines are left
 * out, but counted.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #number = 0;

  /** The lines that end in this chunk. */
  push(chunk: Uint8Array): Line[] {
    const first = chunk.indexOf(LINE_FEED);
    const last = chunk.lastIndexOf(LINE_FEED);
    const lines: Line[] = [];
    if (first !== -1) {
      this.#hold(chunk.subarray(0, first));
      this.#take(lines);
      if (last > first) this.#takeWhole(chunk.subarray(first + 1, last), lines);
    }
    // A copy: whoever gave the chunk may use its memory again.
    this.#hold(chunk.slice(last + 1));
    return lines;
  }

  /** The last line, where nothing ended it. */
  end(): Line | undefined {
    const lines: Line[] = [];
    this.#take(lines);
    return lines[0];
  }

  /** Takes a part of a chunk in which all lines are whole. */
  #takeWhole(bytes: Uint8Array, lines: Line[]): void {
    const text = bytes.length > MAX_LINE_BYTES ? undefined : this.#decode(bytes);
    if (text !== undefined) {
      // All at once is four times as fast as line by line.
      for (const line of text.split("\n")) this.#add(line, lines);
      return;
    }
    for (let from = 0; from <= bytes.length;) {
      const feed = bytes.indexOf(LINE_FEED, from);
      const end = feed === -1 ? bytes.length : feed;
      this.#hold(bytes.subarray(from, end));
      this.#take(lines);
      from = end + 1;
    }
  }

  #hold(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MAX_LINE_BYTES) this.#held = [];
    else if (bytes.length > 0) this.#held.push(bytes);
  }

  /** Takes what is held as a line. */
  #take(lines: Line[]): void {
    const [held, length] = [this.#held, this.#heldBytes];
    [this.#held, this.#heldBytes] = [[], 0];
    const [first] = held;
    // Nearly always one part, which isn't copied.
    const bytes = first !== undefined && held.length === 1 ? first : joinBytes(held);
    const text = length > MAX_LINE_BYTES ? undefined : this.#decode(bytes);
    if (text !== undefined) return this.#add(text, lines);
    const problem = length > MAX_LINE_BYTES ? "too long" : "not UTF-8";
    lines.push({ number: ++this.#number, text, problem });
  }

  /**
   * Adds a line, unless it is blank. A byte order mark at its beginning is not part of it: files that begin with one
   * get concatenated.
   */
  #add(content: string, lines: Line[]): void {
    const number = ++this.#number;
    const text = content.startsWith("\uFEFF") ? content.slice(1) : content;
    if (text.trim() !== "") lines.push({ number, text, problem: undefined });
  }

  /** Undefined where it is no UTF-8. */
  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
}
