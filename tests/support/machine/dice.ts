import { seededRandom } from "./random.ts";

/** Random choices that a seed repeats. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** True once in `times`, on average. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error("There is nothing to pick from");
    return item;
  }

  /** A list of at most `most`. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  hex(length: number): string {
    return Array.from({ length }, () => this.below(16).toString(16)).join("");
  }
}

const ENCODER = new TextEncoder();

/** A text with one to four changes: cut, doubled, removed, and with pieces put into it that have surprised parsers before. */
export function mutate(dice: Dice, text: string, pieces: readonly string[]): string {
  let changed = text;
  for (let change = 0; change <= dice.below(4); change++) {
    const [from, to] = [dice.below(changed.length + 1), dice.below(changed.length + 1)].sort((a, b) => a - b);
    const [start, end] = [from ?? 0, Math.min(to ?? 0, (from ?? 0) + 40)];
    const piece = dice.pick(pieces);
    switch (dice.below(7)) {
      case 0:
        changed = changed.slice(0, start);
        break;
      case 1:
        changed = changed.slice(0, start) + changed.slice(end);
        break;
      case 2:
        changed = changed.slice(0, end) + changed.slice(start);
        break;
      case 3:
        changed = changed.slice(0, start) + String.fromCharCode(dice.below(dice.oneIn(3) ? 65_536 : 128)) +
          changed.slice(start + 1);
        break;
      default:
        changed = changed.slice(0, start) + piece + changed.slice(dice.oneIn(2) ? start : end);
    }
  }
  return changed;
}

/** The bytes of a text, now and then with bytes in it that are no text, in another encoding, or behind a mark of one. */
export function encode(dice: Dice, text: string): Uint8Array {
  const bytes = ENCODER.encode(text);
  switch (dice.below(12)) {
    case 0: {
      const noise = dice.bytes(1 + dice.below(4));
      const at = dice.below(bytes.length + 1);
      return new Uint8Array([...bytes.subarray(0, at), ...noise, ...bytes.subarray(at)]);
    }
    case 1:
      return new Uint8Array([0xef, 0xbb, 0xbf, ...bytes]);
    case 2:
      return dice.oneIn(3) ? new Uint8Array([0xff, 0xfe, ...[...bytes].flatMap((byte) => [byte, 0])]) : bytes;
    case 3:
      return dice.oneIn(3) ? dice.bytes(dice.below(200)) : bytes;
    default:
      return bytes;
  }
}
