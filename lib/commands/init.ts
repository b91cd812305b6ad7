import { askForConsent, noticeFor } from "../consent/answer.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import { parseConfiguration } from "../consent/global_yml/parse.ts";
import { readConfiguration } from "../consent/global_yml/read.ts";
import { ConfigurationError, storeChoice, storeNo } from "../consent/global_yml/store.ts";
import { isEffective } from "../consent/permit.ts";
import { readNoticeDate, removeNoticeDate, UNSTORED, writeNoticeDate } from "../consent/told.ts";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import { clearQueue } from "../sender/disk_queue/files.ts";
import { type Command, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { printable } from "../terminal/printable.ts";

/** What `init --json` prints. */
export interface InitResult {
  /** Whether the notice was shown during this run, by this process or another one. Then this run must only queue. */
  readonly shown: boolean;
  /** The answer; null where nothing was asked or nobody answered. */
  readonly answer: boolean | null;
  /** Whether telemetry is on now. */
  readonly enabled: boolean;
  /** When the notice was shown on this machine; null where it never was, or where somebody has made a choice since. */
  readonly noticeDate: string | null;
}

/** `init` */
export const init: Command = {
  name: "init",
  summary: "show the notice once and, on a terminal, ask",
  description:
    `Shows the notice on standard error, and asks where standard input and standard error are terminals. No other
command does either. It does nothing where the user was told already or telemetry is off. A program that starts it
should send nothing during the run in which the notice was shown (track --timeout 0), so that there is time to say no.
--json prints {"shown", "answer", "enabled", "noticeDate"}; the answer is null where nothing was asked or nobody
answered. A run that began before noticeDate must only queue, whichever of its processes showed the notice.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry init --json", "before a program's first event"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const result: InitResult = { ...await tell(host, consent), noticeDate: readShownDate(host, consent) };
    if (invocation.switches.has("json")) printJson(host, result);
    return ExitCode.Done;
  },
};

/** What became of telling the user. */
type Told = Omit<InitResult, "noticeDate">;

/** When the notice was shown. Null where it wasn't, where somebody chose since, and where the environment says off. */
function readShownDate(host: Host, { home, configuration }: Consent): string | null {
  if (home === undefined || configuration === undefined) return null;
  const date = readNoticeDate(host, home);
  if (date === undefined || Number.isNaN(Date.parse(date))) return null;
  const now = readConfiguration(host, home, parseConfiguration);
  return now.kind === "stored" && now.stored.date !== date ? null : new Date(date).toISOString();
}

async function tell(host: Host, consent: Consent): Promise<Told> {
  const { home } = consent;
  const untold: Told = { shown: false, answer: null, enabled: consent.enabled };
  if (!consent.enabled || consent.told || home === undefined || isDebug(host)) {
    explainBroken(host, consent);
    return { ...untold, enabled: consent.enabled && (isDebug(host) || isEffective(host, consent)) };
  }
  let lock: FileLock | undefined;
  try {
    // Comes first: where the folder can't be written, nothing will be sent, and so nobody is told.
    host.files.makeDirectory(home.telemetryDirectory);
    lock = host.files.lock(home.noticeLock);
    // Another process is showing the notice on this machine right now, or has just shown it: this run must only queue
    // too.
    if (lock === undefined) return { ...untold, shown: true };
    if (readConfiguration(host, home, parseConfiguration).kind === "stored") return { ...untold, shown: true };
    if (readNoticeDate(host, home) === UNSTORED) return await storeAgain(host, consent, home);
    return await show(host, consent, home);
  } catch (error) {
    if (error instanceof FileFault || error instanceof ConfigurationError) return { ...untold, enabled: false };
    throw error;
  } finally {
    lock?.release();
  }
}

async function show(host: Host, consent: Consent, home: Home): Promise<Told> {
  const date = host.now().toISOString();
  writeNoticeDate(host, home, date);
  const locked = consent.decidedBy === "license";
  if (!host.say(noticeFor(host, locked))) {
    // Nobody can have read it.
    removeNoticeDate(host, home);
    return { shown: false, answer: null, enabled: consent.enabled };
  }
  const asked = !locked && host.terminal.stdin && host.terminal.stderr;
  const answer = asked ? await askForConsent(host) : null;
  if (answer === false) return await keepNo(host, home, date);
  const told = await keepYes(host, consent, home, date, answer);
  if (asked && told.enabled) {
    host.say(
      answer === true
        ? "Telemetry is on.\n"
        : "No answer: telemetry is on from the next run on; rasa-telemetry disable switches it off.\n",
    );
  }
  return told;
}

/** Stores what could not be stored when the notice was shown. The notice is not shown again. */
async function storeAgain(host: Host, consent: Consent, home: Home): Promise<Told> {
  const date = host.now().toISOString();
  writeNoticeDate(host, home, date);
  return { ...await keepYes(host, consent, home, date, null), shown: false };
}

async function keepYes(host: Host, consent: Consent, home: Home, date: string, answer: true | null): Promise<Told> {
  try {
    // A choice that somebody stored meanwhile stands.
    await storeChoice(host, home, (current) => current.kind === "stored" ? undefined : { enabled: true, date });
    return { shown: true, answer, enabled: true };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // Under the licence telemetry is on all the same, and the date alone tells that the notice was shown.
    if (!consent.byEnvironment) writeNoticeDate(host, home, UNSTORED);
    return { shown: true, answer, enabled: consent.byEnvironment };
  }
}

async function keepNo(host: Host, home: Home, date: string): Promise<Told> {
  clearQueue(host, home);
  await storeNo(host, home, () => ({ enabled: false, date }));
  // Again: another process may have recorded something before it could read the no.
  clearQueue(host, home);
  host.say("Telemetry is off.\n");
  return { shown: true, answer: false, enabled: false };
}

function explainBroken(host: Host, { configuration, home }: Consent): void {
  if (configuration?.kind !== "broken" || home === undefined) return;
  host.problem(`${printable(home.configFile)} can't be understood: ${configuration.problem}`);
}
