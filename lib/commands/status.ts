import { format as formatBytes } from "@std/fmt/bytes";
import type { BuildConfig } from "../build_config.ts";
import { type Command, EXACT_OPTION, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import { chosenAt, describeOutlook, reasonInWords, whyNotTold } from "../consent/describe.ts";
import { knownMachineId } from "../consent/identity.ts";
import { NOTICE_NUMBER } from "../consent/notice_number.ts";
import { type Outlook, outlookOf } from "../consent/outlook.ts";
import { type Permission, PERMISSIONS } from "../consent/permission.ts";
import { readDecision } from "../consent/effective.ts";
import { readStored } from "../consent/stored.ts";
import { type DecidedBy, RULES } from "../consent/rules.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import type { DeliveryState } from "../sender/delivery_locks.ts";
import type { PassedBy } from "../sender/disk_queue/passed_by.ts";
import {
  countDropped,
  countQueued,
  type DroppedCounts,
  droppedInWords,
  listQueue,
  sumOfDropped,
} from "../sender/disk_queue/files.ts";
import { type HeldBy, heldInWords, sumOfHeld } from "../sender/held.ts";
import { type LastDelivery, nextRequest } from "../sender/server_state.ts";
import { type Survey, survey } from "../sender/survey.ts";
import { warningsOf } from "../sender/warnings.ts";
import { readWriteKey } from "../sender/write_key.ts";
import { clockTime } from "../terminal/clock_time.ts";
import { type Paint, paintFor } from "../terminal/paint.ts";
import { printable } from "../terminal/printable.ts";
import { alignRows, paragraph } from "../terminal/table.ts";
import { countInWords, momentsFor } from "../terminal/words.ts";

/** What `status --json` prints. */
export interface Status {
  readonly enabled: boolean;
  readonly decidedBy: DecidedBy;
  /** The rules that say no, and local mode, where the licence overrules them. */
  readonly overruled: readonly DecidedBy[];
  /** When the choice that decides was made; null where none decides, or it carries no date. */
  readonly since: string | null;
  readonly debug: boolean;
  /** Under what a report would be recorded now; null where nothing is recorded. */
  readonly permission: Permission | "local" | null;
  /** When reports that are recorded now may leave; null where no date is known: never, or after somebody was told. */
  readonly leavesFrom: string | null;
  /** When the notice was shown; null where it wasn't, or a no, a new id or a copy came after it. */
  readonly toldAt: string | null;
  readonly machineId: string | null;
  readonly formerIds: readonly string[];
  /** Who receives reports. */
  readonly addressee: string;
  readonly endpoint: string;
  readonly configFile: string | null;
  /** The policy file that says no; null where none does, or none was looked for. */
  readonly policyFile: string | null;
  readonly queueDirectory: string | null;
  /** Reports that wait to be sent. */
  readonly queued: number;
  /** How many of these may not leave yet, or would not if no variable or policy said no. */
  readonly held: number;
  /** The same, by what they wait for. */
  readonly heldBy: HeldBy;
  /** How many of these never leave: the next delivery deletes them, or sets them aside. */
  readonly hopeless: number;
  /** How many of these every delivery passes by. */
  readonly passedBy: PassedBy;
  /** Whether a delivery could begin right now; null where no home folder is known. */
  readonly delivery: DeliveryState | null;
  /** Before when nothing is sent by itself: the server asked to wait, or a request failed. Null where neither is so. */
  readonly nextDelivery: string | null;
  /** Reports dropped so far. */
  readonly dropped: number;
  /** The same, by rule. */
  readonly droppedBy: DroppedCounts;
  readonly lastDelivery: LastDelivery | null;
  readonly version: string;
}

/** `status` */
export const status: Command = {
  name: "status",
  summary: "say whether telemetry is on, and why",
  description:
    `Runs when no command is given. It changes nothing: to find out whether reports can be kept, it makes a small file
and removes it again. What is stored is shown also where a variable or a policy says no. --json prints {"enabled",
"decidedBy", "overruled", "since", "debug", "permission", "leavesFrom", "toldAt", "machineId", "formerIds",
"addressee", "endpoint", "configFile", "policyFile", "queueDirectory", "queued", "held", "heldBy": {"hour", "notice",
"licence"}, "hopeless", "passedBy": {"newer", "foreign", "unreadable"}, "delivery", "nextDelivery", "dropped",
"droppedBy", "lastDelivery": {"at", "outcome", "reports", "status"}, "version"}; decidedBy is one of
${[...new Set(RULES.map(({ decidedBy }) => `"${decidedBy}"`))].join(", ")}.`,
  options: { json: JSON_OPTION, exact: EXACT_OPTION },
  examples: [["rasa-telemetry", "for people"], ["rasa-telemetry status --json", "for programs"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const found = { ...consent, ...readDecision(host, consent), stored: await readStored(host, consent) };
    const looked = await survey(host, found.stored);
    const now = readStatus(host, build, found, looked);
    if (invocation.switches.has("json")) printJson(host, now);
    else host.stdout(describe(host, build, found, now, invocation.switches.has("exact")));
    for (const warning of warningsOf(host, build, consent, looked, true)) host.problem(warning);
    return ExitCode.Done;
  },
};

/** The decision in effect, and what is stored, which need not be what decides. */
interface Found extends Consent {
  readonly stored: Consent;
}

function readStatus(host: Host, build: BuildConfig, consent: Found, found: Survey): Status {
  const { home, stored } = consent;
  const { record } = stored.standing;
  const { permission, leavesFrom } = outlookOf(consent, NOTICE_NUMBER);
  const droppedBy = countDropped(host, home);
  const { heldBy, hopeless, passedBy, locks, server } = found;
  const next = nextRequest(server, host.now(), { backOff: true, shortDeadline: false });
  return {
    enabled: consent.enabled,
    decidedBy: consent.decidedBy,
    overruled: consent.overruled,
    since: chosenAt(consent, stored),
    debug: isDebug(host),
    permission,
    leavesFrom: leavesFrom?.toISOString() ?? null,
    toldAt: record.told?.at ?? null,
    machineId: knownMachineId(host, stored) ?? null,
    formerIds: record.formerIds,
    addressee: build.recipient,
    endpoint: build.endpoint,
    configFile: home?.configFile ?? null,
    policyFile: consent.policy ?? null,
    queueDirectory: home?.telemetryDirectory ?? null,
    queued: countQueued(host, home),
    held: sumOfHeld(heldBy),
    heldBy,
    hopeless,
    passedBy,
    delivery: locks?.state ?? null,
    nextDelivery: next === undefined ? null : new Date(next).toISOString(),
    dropped: sumOfDropped(droppedBy),
    droppedBy,
    lastDelivery: server.last,
    version: build.version,
  };
}

function describe(host: Host, build: BuildConfig, consent: Found, now: Status, exact: boolean): string {
  const paint = paintFor(host);
  const inWords = momentsFor(host, exact);
  // Of a moment to come nobody says how long ago it was.
  const isExact = exact || !host.terminal.stdout;
  const toCome = (moment: Date) => isExact ? moment.toISOString() : clockTime(moment, host.now());
  const state = now.enabled ? paint.good("on") : paint.warning("off");
  const outlook = outlookOf(consent, NOTICE_NUMBER);
  const rows: [string, string][] = [
    ["Decided by", reasonInWords(consent, printable)],
    ["Since", now.since === null ? "" : inWords(now.since)],
    ["Permission", permissionInWords(outlook)],
    ["Leaving", describeOutlook(outlook, consent.ground.isPlaceKnown, host.now(), toCome)],
    ["Notice", now.toldAt === null ? whyNotTold(consent.stored) : `shown ${inWords(now.toldAt)}`],
    ["Machine id", now.machineId ?? "none yet"],
    ["Former ids", now.formerIds.join(", ")],
    ["Sent to", now.addressee],
    [
      "Endpoint",
      now.endpoint +
      (readWriteKey(host, build) ? "" : " (no write key: nothing is queued or sent)"),
    ],
    [
      "Waiting",
      `${countInWords(now.queued, "report")}${sizeInWords(host, consent.home)}${fatesInWords(now, consent, toCome)}`,
    ],
    ["Dropped", now.dropped === 0 ? "" : droppedInWords(now.droppedBy)],
    ["Last delivery", now.lastDelivery === null ? "none yet" : lastInWords(now.lastDelivery, inWords)],
    ["Settings", printable(now.configFile ?? "none: no home folder is known")],
    ["Queue", printable(now.queueDirectory ?? "none")],
    ["Sent log", printable(consent.home?.sentLog ?? "none")],
    ["Local log", consent.decidedBy === "local" ? printable(consent.home?.localLog ?? "none") : ""],
    ["Version", now.version],
  ];
  const shown = rows.filter(([label, text]) => text !== "" && (now.enabled || label !== "Leaving"));
  return `Telemetry is ${paint.bold(state)}.\n\n${alignRows(shown, paint)}${now.debug ? debugNote(paint) : ""}`;
}

function permissionInWords({ permission }: Outlook): string {
  if (permission === null) return "";
  if (permission === "local") return "local: reports are kept on this machine";
  return `${permission}: ${PERMISSIONS[permission].recorded.replaceAll("`", "")}`;
}

/** What becomes of what waits, behind how much it is. `inWords` spells a moment to come. */
function fatesInWords(now: Status, { stored }: Found, inWords: (moment: Date) => string): string {
  const { enabled, queued, held, hopeless, delivery, nextDelivery } = now;
  const of = (count: number) => count === queued ? "" : ` ${count} of them`;
  const goes = enabled && queued > held + hopeless;
  return [
    held === 0 ? "" : `,${of(held)} held ${heldInWords(now.heldBy, stored, inWords)}`,
    hopeless === 0 ? "" : `;${of(hopeless)} never to leave, and deleted by the next delivery`,
    queued > 0 && !enabled ? "; nothing leaves while telemetry is off" : "",
    goes && nextDelivery !== null ? `; nothing goes by itself before ${inWords(new Date(nextDelivery))}` : "",
    goes && delivery === "busy" ? "; another process is delivering" : "",
  ].join("");
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
