import { join } from "@std/path";
import { ConfigurationError, readConfiguration, storeChoice, storeVeto } from "../consent/global_yml/store.ts";
import { askForConsent, LOCKED_NOTICE, NOTICE } from "../consent/answer.ts";
import { readNoticeDate, removeNoticeDate, UNSTORED, writeNoticeDate } from "../consent/told.ts";
import { isEffective } from "../consent/permit.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import { clearQueue } from "../sender/disk_queue/files.ts";
import { type Command, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { printable } from "../terminal/printable.ts";
import { paragraph } from "../terminal/table.ts";

/** What `init --json` prints. */
export interface InitResult {
  /** Whether the notice was shown just now, by this process or by another at the same moment: then this run only queues. */
  readonly shown: boolean;
  /** The answer; null where nothing was asked or nobody answered. */
  readonly answer: boolean | null;
  /** Whether telemetry is on now. */
  readonly enabled: boolean;
  /** When the notice was shown on this machine, by whichever process; null where it never was, or somebody has chosen since. */
  readonly noticeDate: string | null;
}

/** `init` */
export const init: Command = {
  name: "init",
  summary: "show the notice once and, on a terminal, ask",
  description:
    `The one command that shows the notice, on standard error, and the one that asks, where standard input and standard error are
terminals. It does nothing where the user was told already or telemetry is off. Whoever starts it should send nothing during
the run in which the notice was shown (track --timeout 0), so that there is time to say no. --json prints {"shown", "answer",
"enabled", "noticeDate"}; the answer is null where nothing was asked or nobody answered. A run that began before the notice's
date is the one in which it was shown, whichever of its processes did.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry init --json", "before a program's first event"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const result: InitResult = { ...await tell(host, consent), noticeDate: noticeDateOf(host, consent) };
    if (invocation.switches.has("json")) printJson(host, result);
    return ExitCode.Done;
  },
};

type Told = Omit<InitResult, "noticeDate">;

/** Null, too, once somebody has chosen since. Off by the environment nothing is read. */
function noticeDateOf(host: Host, { home, configuration }: Consent): string | null {
  if (home === undefined || configuration === undefined) return null;
  const date = readNoticeDate(host, home);
  if (date === undefined || Number.isNaN(Date.parse(date))) return null;
  const now = readConfiguration(host, home);
  return now.kind === "stored" && now.stored.date !== date ? null : new Date(date).toISOString();
}

async function tell(host: Host, consent: Consent): Promise<Told> {
  const { home } = consent;
  const untold: Told = { shown: false, answer: null, enabled: consent.enabled };
  if (!consent.enabled || consent.told || home === undefined || isDebug(host)) {
    if (consent.configuration?.kind === "broken") explainBroken(host, consent);
    return { ...untold, enabled: consent.enabled && (isDebug(host) || isEffective(host, consent)) };
  }
  let lock: FileLock | undefined;
  try {
    // First, so that a folder that can't be written is noticed before anybody is told something that won't happen.
    host.files.makeDirectory(home.telemetryDirectory);
    lock = host.files.lock(join(home.telemetryDirectory, "notice.lock"));
    // Another process is showing it on the same machine right now: this run too must only queue.
    if (lock === undefined) return { ...untold, shown: true };
    if (readConfiguration(host, home).kind === "stored") return { ...untold, shown: true };
    if (readNoticeDate(host, home) === UNSTORED) return await storeAfterAll(host, consent, home);
    return await show(host, consent, home);
  } catch (error) {
    if (error instanceof FileFault) return { ...untold, enabled: false };
    throw error;
  } finally {
    lock?.release();
  }
}

async function show(host: Host, consent: Consent, home: Home): Promise<Told> {
  const date = host.now().toISOString();
  writeNoticeDate(host, home, date);
  const locked = consent.decidedBy === "license";
  if (!host.say(fitted(host, NOTICE + (locked ? LOCKED_NOTICE : "")))) {
    // Nobody can have read it.
    removeNoticeDate(host, home);
    return { shown: false, answer: null, enabled: consent.enabled };
  }
  const asked = !locked && host.terminal.stdin && host.terminal.stderr;
  const answer = asked ? await askForConsent(host) : null;
  return await keepAnswer(host, consent, home, date, answer, asked);
}

/** What the notice is laid out for. */
const NOTICE_COLUMNS = 80;

/** The notice for a terminal that has fewer columns. */
function fitted(host: Host, text: string): string {
  const { stderr, columns } = host.terminal;
  if (!stderr || columns === undefined || columns >= NOTICE_COLUMNS) return text;
  return text.split("\n").map((line) => {
    const indent = line.startsWith("          ") ? "    " : /^ */.exec(line)?.[0] ?? "";
    return paragraph(line.trim().replace(/ +/g, " "), columns, indent).trimEnd();
  }).join("\n");
}

/** The notice was shown once, and could not be remembered where it should be. It is not shown at every start. */
async function storeAfterAll(host: Host, consent: Consent, home: Home): Promise<Told> {
  const date = host.now().toISOString();
  writeNoticeDate(host, home, date);
  return { ...await keepAnswer(host, consent, home, date, null), shown: false };
}

async function keepAnswer(
  host: Host,
  consent: Consent,
  home: Home,
  date: string,
  answer: boolean | null,
  asked = false,
): Promise<Told> {
  const enabled = answer !== false;
  if (!enabled) clearQueue(host, home);
  try {
    // A choice may have been stored meanwhile: it stands, unless this answer is a no.
    await storeChoice(host, home, (current) => current.kind === "stored" && enabled ? undefined : { enabled, date });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    if (!enabled) storeVeto(host, home);
    // Under the licence telemetry is on all the same, and the date is what tells that it was shown.
    else if (!consent.byEnvironment) writeNoticeDate(host, home, UNSTORED);
    return { shown: true, answer, enabled: consent.byEnvironment };
  }
  if (!enabled) clearQueue(host, home);
  if (answer !== null) host.say(enabled ? "Telemetry is on.\n" : "Telemetry is off.\n");
  else if (asked) {
    host.say("No answer: telemetry is on from the next run on; rasa-telemetry disable switches it off.\n");
  }
  return { shown: true, answer, enabled };
}

function explainBroken(host: Host, consent: Consent): void {
  if (consent.configuration?.kind !== "broken" || consent.home === undefined) return;
  host.problem(`${printable(consent.home.configFile)} can't be understood: ${consent.configuration.problem}`);
}
