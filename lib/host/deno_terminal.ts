import { readSome } from "./deno_streams.ts";
import { denoSystem, orUndefined } from "./deno_system.ts";
import type { Keyboard } from "./host.ts";

/** Room for one piece, in bytes: more than the longest line of a terminal (Linux: 4,096), so that none comes in two. */
const PIECE_BYTES = 16 * 1024;
/** The signals that people and programs end a program with, and their numbers. */
const ENDING = { SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
/** How long a caught signal may take until the program learns of it, in milliseconds. */
const SIGNAL_MS = 50;

/**
 * Whether somebody can read standard error, now or later. A device that is no terminal keeps nothing that is written
 * to it: above all the null device, which the runtime also opens in place of a closed stream. Only the device itself is
 * looked at, because the runtime refuses to open anything there.
 */
export function canReadStderr(): boolean {
  if (Deno.stderr.isTerminal() || denoSystem.isWindows) return true;
  const path = denoSystem.name === "Linux" ? "/proc/self/fd/2" : "/dev/fd/2";
  // Where it can't be told, nobody counts as told.
  return orUndefined(() => Deno.statSync(path).isCharDevice) === false;
}

/** The keyboard of the terminal that standard input is. */
export function openKeyboard(): Keyboard {
  const closed = new AbortController();
  return {
    async read() {
      const buffer = new Uint8Array(PIECE_BYTES);
      try {
        const count = await readSome(buffer, closed.signal);
        return count === null ? undefined : buffer.subarray(0, count);
      } catch {
        // The terminal closed (EIO).
        return undefined;
      }
    },
    flush() {
      if (!denoSystem.isWindows) handOverLine();
    },
    close() {
      closed.abort();
    },
  };
}

/**
 * Switches the terminal's line editor off and on again. The system then hands over the line that was begun. On macOS
 * the line stays, but the terminal shows it again behind the question.
 *
 * No read may begin in between: Linux would go by the other mode to its end, and not notice Ctrl-D.
 */
function handOverLine(): void {
  // A signal must not end the program in between, and leave the terminal without its line editor.
  const release = catchSignals();
  try {
    Deno.stdin.setRaw(true, { cbreak: true });
    Deno.stdin.setRaw(false);
  } catch {
    // The terminal closed: the next read says so.
  }
  setTimeout(release, SIGNAL_MS);
}

/** Lets signals end the program only once nothing else is being done, with the exit code that a shell would give. */
function catchSignals(): () => void {
  const listeners = Object.entries(ENDING).map(([name, number]) => {
    // Object.entries forgets the names' type; the table is a constant with exactly these keys.
    const signal = name as keyof typeof ENDING;
    const listener = () => Deno.exit(128 + number);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => listeners.forEach((remove) => remove());
}
