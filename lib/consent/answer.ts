import type { BuildConfig } from "../build_config.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { orElse, orIfMissing } from "../host/or_else.ts";
import { replaceFile } from "../host/replace_file.ts";
import type { Consent } from "./consent.ts";
import { NOTICE_NUMBER } from "./notice_number.ts";
import { placeKey } from "./place.ts";

/** The format of `telemetry/answer.json`. A host that knows another one asks this program. */
const ANSWER_FORMAT = 1;

/** The largest answer that is read, in bytes. It has a few hundred. */
const MAX_ANSWER_BYTES = 4096;

/** The files under the home that decide whether telemetry is on, by their paths as seen from there. */
export const DECIDING_FILES = {
  "global.yml": "configFile",
  "telemetry/consent.json": "consentRecord",
  "telemetry/disabled": "vetoFile",
} as const satisfies Record<string, keyof Home>;

/**
 * Leaves the answer that telemetry is on for hosts that start later, so that they need not start this program. It holds
 * for as long as the program and the files that decide are the same. What else decides, a host looks at itself: the
 * variables, a licence, policies. `tells`: whether a telling would count for anything here. Throws `FileFault`.
 *
 * Only a yes is left: under a no nothing is written.
 */
export function leaveAnswer(host: Host, build: BuildConfig, consent: Consent, home: Home, tells: boolean): void {
  const key = placeKey(consent.ground.place);
  const program = host.program === undefined ? null : identityOf(host, host.program, true);
  if (!consent.enabled || consent.ground.settings.locked || key === "nowhere" || program === null) return;
  const files = Object.entries(DECIDING_FILES).map(([path, name]) => [path, identityOf(host, home[name], false)]);
  const answer = {
    format: ANSWER_FORMAT,
    enabled: true,
    tells,
    notice: NOTICE_NUMBER,
    addressee: build.recipient,
    place: key,
    program,
    files: Object.fromEntries(files),
  };
  const text = JSON.stringify(answer, null, 2) + "\n";
  if (orElse(() => new TextDecoder().decode(host.files.readOwn(home.answerFile, MAX_ANSWER_BYTES)), "") === text) {
    return;
  }
  replaceFile(host, home.answerFile, text, { sync: "nothing" });
}

/** What changes whenever a file does: its time in milliseconds, its size, its number. Null where there is none. */
function identityOf(host: Host, path: string, follow: boolean): readonly (number | undefined)[] | null {
  const stat = orIfMissing(() => host.files.stat(path, follow), undefined);
  return stat === undefined ? null : [stat.modified?.getTime(), stat.size, stat.inode];
}
