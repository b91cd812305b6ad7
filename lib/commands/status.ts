import { format as formatBytes } from "@std/fmt/bytes";
import type { BuildConfig } from "../build_config.ts";
import { knownMachineId } from "../consent/identity.ts";
import { readDecision } from "../consent/permit.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import { type DecidedBy, isYes, ruleOf, RULES } from "../consent/rules.ts";
import { describeTold } from "../consent/told.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import type { Home } from "../home.ts";
import { type LastDelivery, readServerState } from "../sender/server_state.ts";
import { countDropped, countQueued, listQueue } from "../sender/disk_queue/files.ts";
import { warningsOf } from "../sender/warnings.ts";
import { readWriteKey } from "../sender/route.ts";
import { type Command, EXACT_OPTION, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { printable } from "../terminal/printable.ts";
import { type Paint, paintFor } from "../terminal/paint.ts";
import { alignRows, paragraph } from "../terminal/table.ts";
import { countInWords, momentsFor } from "../terminal/words.ts";

/** What `status --json` prints. */
export interface Status {
  readonly enabled: boolean;
  readonly decidedBy: DecidedBy;
  readonly debug: boolean;
  /** Whether the user counts as told: the notice was shown, a choice is stored, or RASA_TELEMETRY_ENABLED says on. */
  readonly noticeShown: boolean;
  readonly machineId: string | null;
  readonly configFile: string | null;
  readonly queueDirectory: string | null;
  /** Reports that wait to be sent. */
  readonly queued: number;
  /** Reports dropped so far: too many waited, they waited too long, or their choice has changed. */
  readonly dropped: number;
  readonly endpoint: string;
  readonly lastDelivery: LastDelivery | null;
  readonly version: string;
}

/** `status` */
export const status: Command = {
  name: "status",
  summary: "say whether telemetry is on, and why",
  description:
    `Runs when no command is given. It changes nothing: to find out whether reports can be kept, it makes a small file
and removes it again. --json prints {"enabled", "decidedBy", "debug", "noticeShown", "machineId", "configFile",
"queueDirectory", "queued", "dropped", "endpoint", "lastDelivery": {"at", "outcome", "reports", "status"}, "version"};
decidedBy is one of ${RULES.map(({ decidedBy }) => `"${decidedBy}"`).join(", ")}.`,
  options: { json: JSON_OPTION, exact: EXACT_OPTION },
  examples: [["rasa-telemetry", "for people"], ["rasa-telemetry status --json", "for programs"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const now = readStatus(host, build, consent);
    if (invocation.switches.has("json")) printJson(host, now);
    else host.stdout(describe(host, build, consent, now, momentsFor(host, invocation.switches.has("exact"))));
    for (const warning of warningsOf(host, build, consent)) host.problem(warning);
    return ExitCode.Done;
  },
};

function readStatus(host: Host, build: BuildConfig, consent: Consent): Status {
  const { home } = consent;
  return {
    ...readDecision(host, consent),
    debug: isDebug(host),
    noticeShown: consent.told,
    machineId: knownMachineId(host, consent) ?? null,
    configFile: home?.configFile ?? null,
    queueDirectory: home?.telemetryDirectory ?? null,
    queued: countQueued(host, home),
    dropped: home === undefined ? 0 : countDropped(host, home),
    endpoint: build.endpoint,
    lastDelivery: home === undefined ? null : readServerState(host, home).last,
    version: build.version,
  };
}

function describe(
  host: Host,
  build: BuildConfig,
  consent: Consent,
  now: Status,
  inWords: (moment: string) => string,
): string {
  const paint = paintFor(host);
  const state = now.enabled ? paint.good("on") : paint.warning("off");
  const rows: [string, string][] = [
    ["Decided by", ruleOf(now.decidedBy).reason],
    ["Notice", describeTold(now.noticeShown, consent.configuration, isYes(host.env("RASA_TELEMETRY_ENABLED")))],
    ["Machine id", now.machineId ?? "none yet"],
    [
      "Endpoint",
      now.endpoint +
      (readWriteKey(host, build) ? "" : " (no write key: nothing is queued or sent)"),
    ],
    [
      "Waiting",
      `${countInWords(now.queued, "report")}${sizeInWords(host, consent.home)}${
        now.dropped > 0 ? `, ${now.dropped} dropped so far` : ""
      }`,
    ],
    ["Last delivery", now.lastDelivery === null ? "none yet" : lastInWords(now.lastDelivery, inWords)],
    ["Settings", printable(now.configFile ?? "none: no home folder is known")],
    ["Queue", printable(now.queueDirectory ?? "none")],
    ["Sent log", printable(consent.home?.sentLog ?? "none")],
    ["Version", now.version],
  ];
  // Off by the environment means that global.yml was not even opened, so that the notice and the id are not known.
  const shown = now.enabled
    ? rows
    : rows.filter(([label]) => label !== "Notice" && (label !== "Machine id" || now.machineId !== null));
  return `Telemetry is ${paint.bold(state)}.\n\n${alignRows(shown, paint)}${now.debug ? debugNote(paint) : ""}`;
}

function debugNote(paint: Paint): string {
  const text = "RASA_TELEMETRY_DEBUG is set: reports are printed, and nothing is written or sent.";
  return `\n${paragraph(text, paint.width)}`;
}

function sizeInWords(host: Host, home: Home | undefined): string {
  if (home === undefined) return "";
  const sizeOf = () => listQueue(host, home).reduce((sum, file) => sum + host.files.stat(file.path).size, 0);
  const bytes = orElse(sizeOf, 0);
  return bytes === 0 ? "" : `, ${formatBytes(bytes, { binary: true })}`;
}

function lastInWords(last: LastDelivery, inWords: (moment: string) => string): string {
  const what = `${countInWords(last.reports, "report")} ${last.outcome}`;
  const answer = last.status === null ? "no answer" : `HTTP ${last.status}`;
  return `${inWords(last.at)}: ${what} (${answer})`;
}
