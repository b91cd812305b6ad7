import type { Host } from "../host/host.ts";
import { orIfMissing } from "../host/or_else.ts";
import { removeQuietly } from "../host/replace_file.ts";
import type { Home } from "../home.ts";
import { isObject } from "../json_object.ts";
import type { Report } from "../report/report.ts";
import { parseWithheld, type Withheld } from "../report/withheld.ts";
import { parsePermission, type Permission } from "../consent/permission.ts";
import { storedText, type WrittenReport } from "../report/written_report.ts";
import { isUnderWay, listOldRequests } from "./open_requests.ts";
import { appendLines, type LogFiles, type Owners, readLog, stampOf } from "./rotating_log.ts";

/** How an attempt to send a report ended. */
export const SENT_OUTCOMES = ["delivered", "rejected", "attempted"] as const;

/**
 * The server took the report (`delivered`), refused it for good (`rejected`), or no answer said either (`attempted`):
 * it went out, or may have.
 */
export type SentOutcome = typeof SENT_OUTCOMES[number];

/** One report that left this machine, or may have. */
export interface SentEntry extends Withheld {
  /** When the server's answer came, or nobody waited for it any more. */
  readonly sentAt: string;
  readonly outcome: SentOutcome;
  /** Why it was not delivered; null where it was. */
  readonly reason: string | null;
  /** The address that it went to. Null where the file doesn't say: somebody edited it. */
  readonly endpoint: string | null;
  /** Under what it was recorded, and so might leave. Null likewise. */
  readonly permission: Permission | null;
  readonly report: Report;
}

/** What the entries of one request have in common. */
export type ToldOfRequest = Pick<SentEntry, "sentAt" | "outcome" | "reason" | "endpoint">;

/** A report that went out, or may have, and under what it might. */
export interface LeftReport {
  readonly report: WrittenReport;
  readonly permission: Permission;
}

/** Adds an entry for each report. Throws `FileFault`. */
export function writeSentLog(host: Host, home: Home, told: ToldOfRequest, reports: readonly LeftReport[]): void {
  const head = JSON.stringify(told).slice(0, -1);
  const lines = reports.map(({ report, permission }) => storedText(`${head},"permission":"${permission}"}`, report));
  appendLines(host, logOf(home), lines.map((line) => `${line}\n`));
}

/**
 * What left this machine, oldest first, each report once for each machine id that it left under: its newest entry
 * counts. Leaves out lines that a crash tore. A file that is unreadable, or another's where only own ones are read,
 * counts as empty.
 */
export function readSentLog(host: Host, home: Home, owners: Owners = "anybody"): SentEntry[] {
  return readSentLogWhole(host, home, owners).entries;
}

/** The log's entries, and how many lines can't be understood. */
export interface WholeLog {
  readonly entries: SentEntry[];
  readonly unreadable: number;
}

/** As `readSentLog`, with how many lines can't be understood: a crash tore them, or somebody changed them. */
export function readSentLogWhole(host: Host, home: Home, owners: Owners = "anybody"): WholeLog {
  const lines = readLog(host, logOf(home), owners).split("\n");
  const parsed = lines.map(parseEntry);
  // The last line may still be being written. What a crash tore there begins no entry, and ends with the next one.
  const unreadable = lines.slice(0, -1).filter((line, at) => line !== "" && parsed[at]?.length === 0).length;
  return { entries: newestOf(parsed.flat()), unreadable };
}

/** Reads the log as it grows. */
export class SentLogTail {
  readonly #host: Host;
  readonly #home: Home;
  /** The last line that was taken. Each has a messageId and a time, so that no two are the same. */
  #last: string | undefined;
  #stamp = "";

  constructor(host: Host, home: Home) {
    this.#host = host;
    this.#home = home;
  }

  /**
   * What was added since the last call, oldest first, each report once. The first call gives everything. A report that
   * was attempted comes again with what became of it.
   */
  read(): SentEntry[] {
    // Taken before the files are read: what is added meanwhile is seen at the next call.
    const stamp = filesOf(this.#home).map((path) => stampOf(this.#host, path)).join();
    if (stamp === this.#stamp) return [];
    this.#stamp = stamp;
    // The last line may still be being written.
    const lines = readLog(this.#host, logOf(this.#home)).split("\n").slice(0, -1).filter((line) => line !== "");
    // Where the last line is gone, the log was cleared, or so much came that both files are newer.
    const from = this.#last === undefined ? 0 : lines.lastIndexOf(this.#last) + 1;
    this.#last = lines.at(-1) ?? this.#last;
    return newestOf(lines.slice(from).flatMap(parseEntry));
  }
}

/**
 * Deletes the log, the count of what it lacks, and notes of requests that can't arrive any more. Throws `FileFault`
 * where that isn't possible.
 */
export function clearSentLog(host: Host, home: Home): void {
  for (const request of listOldRequests(host, home).filter((request) => !isUnderWay(host, request))) {
    removeQuietly(host, request.path);
  }
  // The newer file goes first: it may become the older one meanwhile.
  for (const path of [home.sentLog, home.olderSentLog, home.unloggedFile]) {
    orIfMissing(() => host.files.remove(path), undefined);
  }
}

/** What tells reports apart that left. One that goes again under another machine id counts as another. */
export function keyOf({ messageId, userId }: Pick<Report, "messageId" | "userId">): string {
  return JSON.stringify([messageId, userId]);
}

/** Each report once, at the place of its newest entry. */
function newestOf(entries: readonly SentEntry[]): SentEntry[] {
  const newest = new Map<unknown, SentEntry>();
  for (const entry of entries) {
    // Somebody may have edited the file: what has no messageId stands for itself.
    const key = entry.report.messageId === undefined ? entry : keyOf(entry.report);
    newest.delete(key);
    newest.set(key, entry);
  }
  return [...newest.values()];
}

/** The older file and the one that is written to. */
export function filesOf(home: Home): string[] {
  return [home.olderSentLog, home.sentLog];
}

function logOf({ sentLog, olderSentLog }: Home): LogFiles {
  return { newer: sentLog, older: olderSentLog };
}

function parseEntry(line: string): SentEntry[] {
  try {
    const entry: unknown = JSON.parse(line);
    return isObject(entry) && isSentEntry(entry) ? [completed(entry)] : [];
  } catch {
    return [];
  }
}

/** The entry with what was withheld. Where nothing was, the file omits both members. */
function completed({ sentAt, outcome, reason, endpoint, permission, report, ...more }: ToldEntry): SentEntry {
  return {
    sentAt,
    outcome,
    reason: reason ?? null,
    endpoint: typeof endpoint === "string" ? endpoint : null,
    permission: parsePermission(permission) ?? null,
    ...parseWithheld({ ...more }),
    report,
  };
}

/** An entry as the file has it. */
type ToldEntry = Omit<SentEntry, keyof Withheld>;

function isSentEntry(value: object): value is ToldEntry {
  return "sentAt" in value && typeof value.sentAt === "string" &&
    "outcome" in value && SENT_OUTCOMES.some((outcome) => outcome === value.outcome) &&
    (!("reason" in value) || value.reason === null || typeof value.reason === "string") &&
    "report" in value && typeof value.report === "object" && value.report !== null &&
    (!("event" in value.report) || typeof value.report.event === "string");
}
