import type { BuildConfig } from "../build_config.ts";
import { type Command, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { leaveAnswer } from "../consent/answer.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import { ConfigurationError } from "../consent/global_yml/configuration_error.ts";
import { NOTICE_NUMBER } from "../consent/notice_number.ts";
import { outlookOf } from "../consent/outlook.ts";
import { isEffective } from "../consent/effective.ts";
import { hasOwnFileSystem } from "../consent/place.ts";
import { shouldAsk } from "../consent/should_ask.ts";
import { isAsGood } from "../consent/record.ts";
import { leaveTold } from "../consent/told.ts";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { settleChanges } from "../recording/settle_changes.ts";
import { printable } from "../terminal/printable.ts";

/** What `init --json` prints. */
export interface InitResult {
  /** Whether the notice was shown by this process. */
  readonly shown: boolean;
  /** The answer; null where nothing was asked or nobody answered. */
  readonly answer: boolean | null;
  /** Whether telemetry is on now. */
  readonly enabled: boolean;
  /** When reports that are recorded now may leave; null where no date is known: never, or after somebody was told. */
  readonly leavesFrom: string | null;
}

/** `init` */
export const init: Command = {
  name: "init",
  summary: "show the notice once and, on a terminal, ask",
  description:
    `Shows the notice on standard error, and asks where standard input and standard error are terminals. No other
command does either. It does nothing where the user was told already, where telemetry is off, or where nobody could read
the notice. Whoever was told off a terminal is told once more on the first one. Without an answer nothing leaves for one
hour. --json prints {"shown", "answer", "enabled", "leavesFrom"}; the answer is null where nothing was asked or nobody
answered, and leavesFrom where no date is known.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry init --json", "before a program's first event"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const { shown, answer } = await tellOnce(host, build, consent);
    if (!shown) {
      await settleChanges(host, consent);
      await leaveMissingTold(host, build, consent);
    }
    const now = shown ? await readConsent(host, build) : consent;
    if (!shown) explainBroken(host, now);
    const enabled = now.enabled && (isDebug(host) || isEffective(host, now));
    if (enabled) leaveAnswerQuietly(host, build, now);
    const { leavesFrom } = outlookOf(now, NOTICE_NUMBER);
    const result: InitResult = {
      shown,
      answer,
      enabled,
      leavesFrom: enabled ? leavesFrom?.toISOString() ?? null : null,
    };
    if (invocation.switches.has("json")) printJson(host, result);
    return ExitCode.Done;
  },
};

/** What became of telling the user. */
type Told = Pick<InitResult, "shown" | "answer">;

const UNTOLD: Told = { shown: false, answer: null };

async function tellOnce(host: Host, build: BuildConfig, consent: Consent): Promise<Told> {
  const { home } = consent;
  const asks = shouldAsk(host, hasOwnFileSystem(consent.ground.place)) && consent.decidedBy !== "licence";
  if (home === undefined || !needsTelling(host, build, consent, asks)) return UNTOLD;
  let lock: FileLock | undefined;
  try {
    // Comes first: where the folder can't be written, nothing can be kept, and so nobody is told.
    host.files.makeDirectory(home.telemetryDirectory);
    lock = host.files.lock(home.noticeLock);
    // Another process is showing the notice on this machine right now.
    if (lock === undefined) return UNTOLD;
    const now = await readConsent(host, build);
    if (!needsTelling(host, build, now, asks)) return UNTOLD;
    // Nearly every run finds that users were told before.
    const { showNotice } = await import("../cli/show_notice.ts");
    return await showNotice(host, build, now, home, asks) ?? UNTOLD;
  } catch (error) {
    if (error instanceof FileFault || error instanceof ConfigurationError) return UNTOLD;
    throw error;
  } finally {
    lock?.release();
  }
}

/** Whether the notice is to be shown here and now: it says something new, and somebody can read it. */
function needsTelling(host: Host, build: BuildConfig, consent: Consent, asks: boolean): boolean {
  if (host.quiet || !host.terminal.canBeRead) return false;
  return isTellingPlace(host, consent) && !isTold(build, consent, asks);
}

/** Whether a telling counts here for anything. */
function isTellingPlace(host: Host, { enabled, decidedBy, ground: { isPlaceKnown } }: Consent): boolean {
  // Where the variable says on, nobody waits for a notice; under local mode nothing leaves.
  if (!enabled || decidedBy === "local" || decidedBy === "RASA_TELEMETRY_ENABLED") return false;
  // What is kept where nobody can tell the place counts for no other process: it would be told again and again.
  return isPlaceKnown && !isDebug(host);
}

/** Whether the user knows what a notice would say. */
function isTold(build: BuildConfig, { decidedBy, standing: { record } }: Consent, terminal: boolean): boolean {
  const knows = record.asked !== null && record.asked.notice >= NOTICE_NUMBER;
  const telling = { notice: NOTICE_NUMBER, addressee: build.recipient, terminal };
  return isAsGood(record.told, telling) || (knows && decidedBy !== "licence");
}

/**
 * Leaves the files that tell a host that nobody must be told, or it would start this program each time: after a yes
 * there are none, nor where they were deleted, or are named after another place that counts here.
 */
async function leaveMissingTold(host: Host, build: BuildConfig, consent: Consent): Promise<void> {
  const { home, file, ground: { place } } = consent;
  if (home === undefined || file?.kind !== "record" || !isTellingPlace(host, consent)) return;
  if (!isTold(build, consent, false)) return;
  try {
    const about = { notice: NOTICE_NUMBER, addressee: build.recipient, place };
    await leaveTold(host, home, about, isTold(build, consent, true));
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

/** Leaves the answer where somebody keeps a record: then a folder is there for it, and what decides is known. */
function leaveAnswerQuietly(host: Host, build: BuildConfig, consent: Consent): void {
  const { home, file, rule } = consent;
  // What a variable says counts while it is set, and a host looks at it by itself.
  if (home === undefined || file?.kind !== "record" || rule === "variable on" || isDebug(host)) return;
  orElse(() => leaveAnswer(host, build, consent, home, isTellingPlace(host, consent)), undefined);
}

function explainBroken(host: Host, { configuration, home }: Consent): void {
  if (configuration?.kind !== "broken" || home === undefined) return;
  host.problem(`${printable(home.configFile)} can't be understood: ${configuration.problem}`);
}
