import type { BuildConfig } from "../build_config.ts";
import type { Consent } from "../consent/consent.ts";
import { chosenAt } from "../consent/describe.ts";
import { readDecision } from "../consent/effective.ts";
import { readStored } from "../consent/stored.ts";
import { knownMachineId } from "../consent/identity.ts";
import { fateNow } from "../consent/outlook.ts";
import type { Permission } from "../consent/permission.ts";
import type { DecidedBy } from "../consent/rules.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { readFleetId } from "../machine_id.ts";
import { parseMoment } from "../moment.ts";
import { isReport } from "../report/check_report.ts";
import type { Report } from "../report/report.ts";
import { withInstallation } from "../report/written_report.ts";
import { peekQueued, type QueuedReport } from "./disk_queue/content.ts";
import { listQueue } from "./disk_queue/files.ts";
import { describeGaps } from "./lost_requests.ts";
import { makerOf } from "./route.ts";
import { readSentLog, readSentLogWhole, type SentOutcome } from "./sent_log.ts";

/** The format of the document. A higher one may mean something else by the same names. */
const EXPORT_FORMAT = 1;

/** What this machine's telemetry has sent and would send, for somebody who is handed it. */
export interface ExportDocument {
  /** What the document is, a sentence or two each. It comes first. */
  readonly about: readonly string[];
  readonly format: typeof EXPORT_FORMAT;
  readonly madeAt: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly decidedBy: DecidedBy;
  readonly addressee: string;
  readonly endpoint: string;
  /** Null where there is none yet. */
  readonly machineId: string | null;
  readonly formerIds: readonly string[];
  /** When the notice was shown; null where it wasn't, or a no, a new id or a copy came after it. */
  readonly toldAt: string | null;
  /** When the choice that decides was made; null where none decides, or it carries no date. */
  readonly since: string | null;
  /** What the document lacks for a reason that is known, a sentence each: what couldn't be logged or can't be read. */
  readonly gaps: readonly string[];
  readonly waiting: readonly WaitingEntry[];
  readonly sent: readonly SentReport[];
  readonly leftOut: LeftOut;
}

/** A report that waits. */
export interface WaitingEntry {
  readonly permission: Permission;
  /** Null where no moment is known: nobody was told yet, or telemetry is off here and now. */
  readonly leavesFrom: string | null;
  /** As it would leave now. */
  readonly report: Report;
}

/** A report that left this machine, or may have. */
export interface SentReport {
  readonly sentAt: string;
  readonly outcome: SentOutcome;
  /** The address that it went to; null where the log doesn't say. */
  readonly endpoint: string | null;
  /** Under what it was recorded; null where the log doesn't say. */
  readonly permission: Permission | null;
  readonly report: Report;
}

/** Why a file of the queue isn't among what waits. */
const PASSED_OVER = ["never", "unclear", "newer", "foreign", "unreadable", "broken"] as const;

type PassedOver = typeof PASSED_OVER[number];

/** How much is not in the document. */
export interface LeftOut {
  readonly waiting: Readonly<Record<PassedOver, number>>;
  /** Entries of the sent log that this version's catalogue doesn't allow. */
  readonly sent: number;
}

/** Gathers everything that has left this machine or may leave it, and nothing else. Changes nothing, sends nothing. */
export async function readExport(host: Host, build: BuildConfig, consent: Consent): Promise<ExportDocument> {
  const stored = await readStored(host, consent);
  const decision = readDecision(host, consent);
  const { enabled, decidedBy } = decision;
  const { home } = consent;
  const { standing } = stored;
  const log = home === undefined ? [] : readSentLog(host, home, "own");
  const sent = log.filter(({ sentAt, report }) => parseMoment(sentAt) !== undefined && isReport(report))
    .map(({ sentAt, outcome, endpoint, permission, report }) => ({ sentAt, outcome, endpoint, permission, report }));
  const found = home === undefined ? [] : readWaiting(host, home, stored, enabled && decidedBy !== "local");
  const count = (reason: PassedOver) => found.filter((entry) => entry === reason).length;
  const passedOver = Object.fromEntries(PASSED_OVER.map((reason) => [reason, count(reason)]));
  return {
    about: ABOUT,
    format: EXPORT_FORMAT,
    madeAt: standing.now.toISOString(),
    version: build.version,
    enabled,
    decidedBy,
    addressee: build.recipient,
    endpoint: build.endpoint,
    machineId: knownMachineId(host, stored) ?? null,
    formerIds: standing.record.formerIds,
    toldAt: standing.record.told?.at ?? null,
    since: chosenAt(decision, stored),
    gaps: home === undefined ? [] : gapsOf(host, home, log.length),
    waiting: found.filter((entry) => typeof entry === "object"),
    sent,
    // Made of exactly these keys.
    leftOut: { waiting: passedOver as LeftOut["waiting"], sent: log.length - sent.length },
  };
}

/**
 * What waits, oldest first, each report as it would leave; or why a file's content isn't shown. `leaves`: whether
 * anything leaves while things are as they are.
 */
function readWaiting(host: Host, home: Home, stored: Consent, leaves: boolean): (WaitingEntry | PassedOver)[] {
  const fleetId = readFleetId(host);
  const maker = { ...makerOf(host, stored, fleetId), machineId: fleetId ?? stored.standing.record.machineId };
  return orElse(() => listQueue(host, home), []).flatMap((file): (WaitingEntry | PassedOver)[] => {
    const queued = peekQueued(host, file);
    // It was delivered while this looked.
    if (queued === "gone") return [];
    if (typeof queued === "string") return [queued];
    // Without the record nobody can tell whether it may leave.
    if (stored.file?.kind === "closed" || stored.configuration?.kind === "broken") return ["unclear"];
    const from = momentOf(queued, stored);
    if (from === "never") return ["never"];
    const leavesFrom = leaves ? from : null;
    // The text is one that this program has made of a report.
    const report = JSON.parse(withInstallation(queued.report, maker).json) as Report;
    return [{ permission: queued.label.permission, leavesFrom, report }];
  });
}

function momentOf({ report, label }: QueuedReport, stored: Consent): string | null | "never" {
  const fate = fateNow(report.kind, label, stored);
  if (fate.kind === "dropped") return "never";
  if (fate.kind === "leaves") return stored.standing.now.toISOString();
  return fate.until === null ? null : new Date(fate.until).toISOString();
}

/** What left, or may have, and isn't in the log, or not among the `own` entries of it that are shown here. */
function gapsOf(host: Host, home: Home, own: number): string[] {
  const { entries, unreadable } = readSentLogWhole(host, home);
  const others = entries.length - own;
  const what = others === 1
    ? "1 entry of the log is left out: its"
    : `${others} entries of the log are left out: their`;
  const foreign = others === 0 ? [] : [`${what} file is another user's`];
  return [...describeGaps(host, home, unreadable), ...foreign];
}

/** The head of the document, for whoever is handed the file and knows nothing of the program. */
const ABOUT: readonly string[] = [
  "This is what rasa-telemetry, the program by which Rasa Pro reports how it is used, has sent from one machine and " +
  "would send from it. It was made there, and nothing was sent to make it. All times are in UTC.",
  "waiting has the reports that wait on the machine, oldest first, each exactly as it would leave. leavesFrom is the " +
  "moment from which a report may leave; null: not before the user is shown the notice, or not while telemetry is " +
  "off. permission says under what a report was recorded: untold (nobody was told yet), told (the notice was shown, " +
  "and nobody answered), asked (the user said yes), environment (RASA_TELEMETRY_ENABLED said on) or licence (the " +
  "licence keeps telemetry on). What was recorded untold leaves only if the notice was shown within the hour after it.",
  "sent has the reports that left, oldest first, each exactly as it left. outcome: delivered (the server took it), " +
  "rejected (it refused it for good) or attempted (it went out, or may have, and no answer said either). endpoint is " +
  "where it went, and permission as above. The log holds the last one to two MiB, and nothing from before it was " +
  "cleared.",
  "gaps says what is known to be missing. Everything else is left out: what was withheld from a report, what may " +
  "never leave, what enable --local keeps, and files that this program didn't write so. leftOut counts files and " +
  "entries that were passed over: never (it may not leave as things are), unclear (nobody can tell just now), newer " +
  "(another version's), foreign (another user's), unreadable and broken.",
  "userId and metrics_id are the machine id, a random number; formerIds are those that it replaced. Each field is " +
  "explained by: rasa-telemetry inspect EVENT. All that may ever leave: rasa-telemetry events.",
];
