import { storeChoice } from "../consent/global_config.ts";
import { ConfigurationError } from "../consent/global_config.ts";
import { askForConsent, LOCKED_NOTICE, NOTICE, writeNoticeDate } from "../consent/notice.ts";
import { type Consent, isDebug, readConsent } from "../consent/read_consent.ts";
import { FileFault, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import { clearQueue } from "../sender/queue.ts";
import { type Command, ExitCode, JSON_OPTION, printJson } from "./command.ts";

/** What `init --json` prints. */
export interface InitResult {
  /** Whether the notice was shown just now. */
  readonly shown: boolean;
  /** The answer; null where nothing was asked or nobody answered. */
  readonly answer: boolean | null;
  /** Whether telemetry is on now. */
  readonly enabled: boolean;
}

/** `init` */
export const init: Command = {
  name: "init",
  summary: "show the notice once and, on a terminal, ask",
  description:
    `The one command that shows the notice, on standard error, and the one that asks, where standard input and standard error are
terminals. It does nothing where the user was told already or telemetry is off. Whoever starts it should send nothing during
the run in which the notice was shown (track --timeout 0), so that there is time to say no.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry init --json", "before a program's first event"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const result = await tell(host, consent);
    if (invocation.switches.has("json")) printJson(host, result);
    return ExitCode.Done;
  },
};

async function tell(host: Host, consent: Consent): Promise<InitResult> {
  const { home } = consent;
  const untold: InitResult = { shown: false, answer: null, enabled: consent.enabled };
  if (!consent.enabled || consent.told || home === undefined || isDebug(host)) {
    if (consent.configuration?.kind === "broken") explainBroken(host, consent);
    return untold;
  }
  const date = host.now().toISOString();
  try {
    // First, so that a folder that can't be written is noticed before anybody is told something that won't happen.
    writeNoticeDate(host, home, date);
  } catch (error) {
    if (error instanceof FileFault) return { ...untold, enabled: false };
    throw error;
  }
  const locked = consent.decidedBy === "license";
  host.stderr(NOTICE + (locked ? LOCKED_NOTICE : ""));
  const answer = !locked && host.terminal.stdin && host.terminal.stderr ? await askForConsent(host) : null;
  return await keepAnswer(host, home, date, answer);
}

async function keepAnswer(host: Host, home: Home, date: string, answer: boolean | null): Promise<InitResult> {
  const enabled = answer !== false;
  try {
    // Another `init` may have been answered meanwhile: its answer stands, unless this one is a no.
    await storeChoice(host, home, (current) => current.kind === "stored" && enabled ? undefined : { enabled, date });
    if (!enabled) clearQueue(host, home);
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof FileFault)) throw error;
    if (!enabled) host.stderr(`rasa-telemetry: ${error.message}; set RASA_TELEMETRY_ENABLED=false instead\n`);
    return { shown: true, answer, enabled: false };
  }
  if (answer !== null) host.stderr(enabled ? "Telemetry is on.\n" : "Telemetry is off.\n");
  return { shown: true, answer, enabled };
}

function explainBroken(host: Host, consent: Consent): void {
  if (consent.configuration?.kind !== "broken" || consent.home === undefined) return;
  host.stderr(`rasa-telemetry: ${consent.home.configFile} can't be understood: ${consent.configuration.problem}\n`);
}
