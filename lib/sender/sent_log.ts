import { FileFault, type Host, isMissing } from "../host/host.ts";
import { orElse, orIfMissing } from "../host/or_else.ts";
import type { Home } from "../home.ts";
import { isObject } from "../json_object.ts";
import type { Report } from "../report/report.ts";
import { parseWithheld, type Withheld, withheldMembers } from "../report/withheld.ts";
import type { WrittenReport } from "../report/written_report.ts";
import { sizeOf } from "../host/size_of.ts";

/** Size at which the log becomes the older one and a new one begins, in bytes. */
const MAX_LOG_BYTES = 1024 * 1024;
/** The most that is read of one file, in bytes: its limit and the last entry that crossed it, with room to spare. */
const MAX_READ_BYTES = 2 * MAX_LOG_BYTES;
/** How often both files are read where one is replaced meanwhile: after a mebibyte, so hardly twice in a row. */
const MAX_READS = 3;

/** One report that left this machine, or that the server refused. */
export interface SentEntry extends Withheld {
  readonly sentAt: string;
  readonly outcome: "delivered" | "rejected";
  /** Why it was refused; null where it was not. */
  readonly reason: string | null;
  readonly report: Report;
}

/** Adds an entry for each report. `told` is what all of them have in common. Throws `FileFault`. */
export function writeSentLog(
  host: Host,
  home: Home,
  told: Pick<SentEntry, "sentAt" | "outcome" | "reason">,
  reports: readonly WrittenReport[],
): void {
  const start = JSON.stringify(told).slice(0, -1);
  const lines = reports.map(({ json, withheld }) => `${start},${withheldMembers(withheld)}"report":${json}}\n`);
  for (let from = 0; from < lines.length;) from += appendSome(host, home, lines.slice(from));
}

/** Adds lines up to the one that fills the file, and returns how many they were. */
function appendSome(host: Host, home: Home, lines: readonly string[]): number {
  const path = home.sentLog;
  let size = sizeOf(host, path);
  if (size >= MAX_LOG_BYTES) {
    host.files.rename(path, home.olderSentLog);
    size = 0;
  }
  let count = 0;
  // The entry begins a new line: a crash may have torn the last one.
  let text = size > 0 ? "\n" : "";
  do text += lines[count++]; while (count < lines.length && size + text.length < MAX_LOG_BYTES);
  host.files.append(path, new TextEncoder().encode(text));
  return count;
}

/** What left this machine, oldest first. Leaves out lines that a crash tore. An unreadable file counts as empty. */
export function readSentLog(host: Host, home: Home): SentEntry[] {
  return readText(host, home).split("\n").flatMap(parseEntry);
}

/** What to tell people where a file of the log can't be read; undefined where both can be read or are missing. */
export function describeUnreadableLog(host: Host, home: Home): string | undefined {
  for (const path of filesOf(home)) {
    try {
      host.files.read(path, MAX_READ_BYTES);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      const advice = "not everything that left is shown; repair it, or delete it with rasa-telemetry log clear";
      if (!isMissing(error)) return `${path} can't be read (${error.code}): ${advice}`;
    }
  }
  return undefined;
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

  /** What was added since the last call, oldest first. The first call gives everything. */
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
    return lines.slice(from).flatMap(parseEntry);
  }
}

/** Deletes the log. Throws `FileFault` where that isn't possible. */
export function clearSentLog(host: Host, home: Home): void {
  // The newer file goes first: it may become the older one meanwhile.
  for (const path of filesOf(home).reverse()) {
    orIfMissing(() => host.files.remove(path), undefined);
  }
}

/** The older file and the one that is written to. */
function filesOf(home: Home): string[] {
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
    "outcome" in value && (value.outcome === "delivered" || value.outcome === "rejected") &&
    (!("reason" in value) || value.reason === null || typeof value.reason === "string") &&
    "report" in value && typeof value.report === "object" && value.report !== null &&
    (!("event" in value.report) || typeof value.report.event === "string");
}
