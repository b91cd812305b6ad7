import { FileFault, type Host } from "../host/host.ts";
import { orElse, orIfMissing } from "../host/or_else.ts";
import type { Home } from "../home.ts";
import { isObject } from "../json_object.ts";
import type { Report } from "../report/report.ts";
import { parseWithheld, type Withheld, withheldMembers } from "../report/withheld.ts";
import type { WrittenReport } from "../report/written_report.ts";
import { appendLines, MAX_LOG_BYTES } from "./rotating_log.ts";

/** The most that is read of one file, in bytes: its limit and the last entry that crossed it, with room to spare. */
export const MAX_READ_BYTES: number = 2 * MAX_LOG_BYTES;
/** How often both files are read where one is replaced meanwhile: after a mebibyte, so hardly twice in a row. */
const MAX_READS = 3;

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
  readonly report: Report;
}

/** What the entries of one request have in common. */
export type ToldOfRequest = Pick<SentEntry, "sentAt" | "outcome" | "reason">;

/** Adds an entry for each report. Throws `FileFault`. */
export function writeSentLog(host: Host, home: Home, told: ToldOfRequest, reports: readonly WrittenReport[]): void {
  const start = JSON.stringify(told).slice(0, -1);
  const lines = reports.map(({ json, withheld }) => `${start},${withheldMembers(withheld)}"report":${json}}\n`);
  appendLines(host, { newer: home.sentLog, older: home.olderSentLog }, lines);
}

/**
 * What left this machine, oldest first, each report once: its newest entry counts. Leaves out lines that a crash tore.
 * An unreadable file counts as empty.
 */
export function readSentLog(host: Host, home: Home): SentEntry[] {
  return newestOf(readText(host, home).split("\n").flatMap(parseEntry));
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
    const lines = readText(this.#host, this.#home).split("\n").slice(0, -1).filter((line) => line !== "");
    // Where the last line is gone, the log was cleared, or so much came that both files are newer.
    const from = this.#last === undefined ? 0 : lines.lastIndexOf(this.#last) + 1;
    this.#last = lines.at(-1) ?? this.#last;
    return newestOf(lines.slice(from).flatMap(parseEntry));
  }
}

/** Deletes the log, and the count of what it lacks. Throws `FileFault` where that isn't possible. */
export function clearSentLog(host: Host, home: Home): void {
  // The newer file goes first: it may become the older one meanwhile.
  for (const path of [home.sentLog, home.olderSentLog, home.unloggedFile]) {
    orIfMissing(() => host.files.remove(path), undefined);
  }
}

/** Each report once, at the place of its newest entry. */
function newestOf(entries: readonly SentEntry[]): SentEntry[] {
  const newest = new Map<unknown, SentEntry>();
  for (const entry of entries) {
    // Somebody may have edited the file: what has no messageId stands for itself.
    const key: unknown = entry.report.messageId ?? entry;
    newest.delete(key);
    newest.set(key, entry);
  }
  return [...newest.values()];
}

/** The older file and the one that is written to. */
export function filesOf(home: Home): string[] {
  return [home.olderSentLog, home.sentLog];
}

/** Both files, as they were at one moment. */
function readText(host: Host, home: Home): string {
  const [older = "", newer = ""] = filesOf(home);
  for (let attempt = 1;; attempt++) {
    const before = stampOf(host, older);
    const text = `${readFile(host, older)}\n${readFile(host, newer)}`;
    // Between the two the newer may have become the older, and all that was in it would be missing.
    if (stampOf(host, older) === before || attempt === MAX_READS) return text;
  }
}

/** Differs where a file was replaced or has grown. */
function stampOf(host: Host, path: string): string {
  try {
    const { size, modified } = host.files.stat(path);
    return `${size} ${modified?.getTime()}`;
  } catch (error) {
    if (error instanceof FileFault) return error.code;
    throw error;
  }
}

function readFile(host: Host, path: string): string {
  return new TextDecoder().decode(orElse(() => host.files.read(path, MAX_READ_BYTES), new Uint8Array()));
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
function completed({ sentAt, outcome, reason, report, ...more }: ToldEntry): SentEntry {
  return { sentAt, outcome, reason: reason ?? null, ...parseWithheld({ ...more }), report };
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
