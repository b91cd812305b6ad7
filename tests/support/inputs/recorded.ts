import { ROOT } from "../../../scripts/toolchain/toolchain.ts";

/** Events and traits as Rasa's own functions made them of real objects: what `scripts/drift/record_events.py` wrote. */
export const RELEASES = ["rasa-3.6.21", "rasa-pro-3.21.0"] as const;

/** One event, or the traits, as Rasa gave it. */
export interface Recorded {
  readonly event?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly traits?: Readonly<Record<string, unknown>>;
}

/** The lines of a recording. */
export function readRecorded(release: typeof RELEASES[number]): Recorded[] {
  const text = Deno.readTextFileSync(`${ROOT}/tests/report/recorded/${release}.jsonl`);
  return text.trim().split("\n").map((line) => JSON.parse(line));
}
