import { join } from "@std/path";
import { FileFault, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import type { Report } from "../report/report.ts";
import { sizeOf } from "./size_of.ts";

/** Size at which the log becomes the older one and a new one begins, in bytes. */
const MAX_LOG_BYTES = 1024 * 1024;
/** The most that is read of one file, in bytes: its limit and the last entry that crossed it. */
const MAX_READ_BYTES = 2 * MAX_LOG_BYTES;

/** One report that left this machine, or that the server refused. */
export interface SentEntry {
  readonly sentAt: string;
  readonly outcome: "delivered" | "rejected";
  /** Why it was refused; null where it was not. */
  readonly reason: string | null;
  readonly report: Report;
}

/** The file that is written to. The one before it has `.1` behind its name. */
export function sentLogPath(home: Home): string {
  return join(home.telemetryDirectory, "sent.log");
}

/** Adds entries. Throws `FileFault`. */
export function writeSentLog(host: Host, home: Home, entries: readonly SentEntry[]): void {
  const path = sentLogPath(home);
  const size = sizeOf(host, path);
  if (size >= MAX_LOG_BYTES) host.files.rename(path, `${path}.1`);
  const text = entries.map((entry) => JSON.stringify(entry) + "\n").join("");
  // Begins a line of its own: a crash may have torn the last one.
  host.files.append(path, new TextEncoder().encode(size > 0 && size < MAX_LOG_BYTES ? `\n${text}` : text));
}

/** What left this machine, oldest first. A line that a crash tore is left out; files that can't be read count as empty. */
export function readSentLog(host: Host, home: Home): SentEntry[] {
  const path = sentLogPath(home);
  return [`${path}.1`, path].flatMap((file) => readLines(host, file)).flatMap(parseEntry);
}

function readLines(host: Host, path: string): string[] {
  try {
    return new TextDecoder().decode(host.files.read(path, MAX_READ_BYTES)).split("\n");
  } catch (error) {
    if (error instanceof FileFault) return [];
    throw error;
  }
}

function parseEntry(line: string): SentEntry[] {
  try {
    const entry: unknown = JSON.parse(line);
    return isSentEntry(entry) ? [entry] : [];
  } catch {
    return [];
  }
}

function isSentEntry(value: unknown): value is SentEntry {
  return typeof value === "object" && value !== null && "sentAt" in value && typeof value.sentAt === "string" &&
    "outcome" in value && (value.outcome === "delivered" || value.outcome === "rejected") &&
    (!("reason" in value) || value.reason === null || typeof value.reason === "string") &&
    "report" in value && typeof value.report === "object" && value.report !== null &&
    (!("event" in value.report) || typeof value.report.event === "string");
}
