import { assertEquals } from "@std/assert";
import { widthOf } from "../../../lib/terminal/width.ts";
import { MemoryHost, type MemoryHostOptions } from "../machine/memory_host.ts";
import { runHere } from "../scenes/scene.ts";

/** The widths that texts are tried at, in columns. */
export const WIDTHS: readonly number[] = [40, 60, 80, 120, 200];

/** A machine whose standard output is a terminal of that many columns, with colours off. */
export function terminalHost(columns: number | undefined, options: MemoryHostOptions = {}): MemoryHost {
  return new MemoryHost({
    ...options,
    env: { NO_COLOR: "1", ...options.env },
    terminal: { stdout: true, columns, ...options.terminal },
  });
}

/** What a command prints. */
export async function printed(host: MemoryHost, ...args: string[]): Promise<string> {
  host.out = "";
  assertEquals(await runHere(host, ...args), 0);
  return host.out;
}

/** Fails where a line doesn't fit, or ends with something invisible. */
export function assertFits(text: string, columns: number): void {
  const lines = text.split("\n");
  assertEquals(lines.filter((line) => widthOf(line) > columns || line !== line.trimEnd()), []);
}
