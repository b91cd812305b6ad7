import { basename, join } from "@std/path";
import type { Home } from "../home.ts";
import { FileFault, type FileLock, type Host, isMissing } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { removeQuietly, replaceFile } from "../host/replace_file.ts";
import { takeConfigLock, tryConfigLock } from "./lock.ts";
import { type ConsentRecord, parseRecord, recordText } from "./record.ts";

/** The largest record that is read, in bytes: a hundred former ids and room to spare. */
const MAX_RECORD_BYTES = 64 * 1024;

/** What is in the record's file. */
export type RecordFile =
  /** Nobody was told: there is no file, or it is no record. */
  | { readonly kind: "none" }
  | { readonly kind: "record"; readonly record: ConsentRecord }
  /** The file must be left as it is, so nothing can be kept. The problem is a phrase about "it". */
  | { readonly kind: "closed"; readonly problem: string };

/** Reads the record. Never throws for what the disk does. */
export function readRecord(host: Host, home: Home): RecordFile {
  let text: string;
  try {
    text = new TextDecoder().decode(host.files.readOwn(home.consentRecord, MAX_RECORD_BYTES));
  } catch (error) {
    if (isMissing(error)) return { kind: "none" };
    if (error instanceof FileFault) return { kind: "closed", problem: PROBLEMS[error.code] ?? unreadable(error) };
    throw error;
  }
  const record = parseRecord(text);
  if (record === "newer") return { kind: "closed", problem: "a newer version of this program wrote it; install that" };
  return record === undefined ? { kind: "none" } : { kind: "record", record };
}

/** What to store, given what the file says at that moment. Undefined: leave it as it is. */
export type Change = (file: RecordFile) => ConsentRecord | undefined;

/** What came of storing: the file as it is then, or why it could not be stored. */
export type Stored = RecordFile | "busy" | "unwritable";

/** Changes the record under the lock, waiting for it. Never throws for what the disk does. */
export async function changeRecord(host: Host, home: Home, change: Change): Promise<Stored> {
  if (!makeFolder(host, home)) return "unwritable";
  return changeUnder(host, home, await takeConfigLock(host, home), change);
}

/** The same without waiting for the lock. */
export function tryToChangeRecord(host: Host, home: Home, change: Change): Stored {
  return makeFolder(host, home) ? changeUnder(host, home, tryConfigLock(host, home), change) : "unwritable";
}

/** Changes the record for whoever holds the lock already. Throws `FileFault`. */
export function replaceRecord(host: Host, home: Home, record: ConsentRecord): void {
  // Made beforehand: on a disk that is full by then, no request could be made, and what waits could not leave.
  orElse(() => host.files.lock(home.sendingLock, "shared")?.release(), undefined);
  replaceFile(host, home.consentRecord, recordText(record));
  if (record.told === null) forgetTold(host, home);
}

/** Removes the told files, so that whoever looks for one shows the notice again. */
export function forgetTold(host: Host, home: Home): void {
  const entries = orElse(() => host.files.list(home.telemetryDirectory), []);
  for (const { name } of entries) {
    if (name.startsWith(`${basename(home.toldFile)}-`)) removeQuietly(host, join(home.telemetryDirectory, name));
  }
}

/** Comes before the lock, whose file is in it. */
function makeFolder(host: Host, home: Home): boolean {
  return orElse(() => (host.files.makeDirectory(home.telemetryDirectory), true), false);
}

function changeUnder(host: Host, home: Home, lock: FileLock | undefined, change: Change): Stored {
  if (lock === undefined) return "busy";
  try {
    const file = readRecord(host, home);
    const record = change(file);
    if (record === undefined) return file;
    if (file.kind === "closed") return "unwritable";
    replaceRecord(host, home, record);
    return { kind: "record", record };
  } catch (error) {
    if (error instanceof FileFault) return "unwritable";
    throw error;
  } finally {
    lock.release();
  }
}

function unreadable(error: FileFault): string {
  return `it can't be read (${error.code})`;
}

/** What people are told instead of the system's error code. */
const PROBLEMS: Readonly<Record<string, string>> = {
  Foreign: "it belongs to another user",
  ELOOP: "it is a symbolic link, which is not followed",
  NotAFile: "it is not a file",
  TooLarge: "it is too large",
  EACCES: "its permissions don't allow reading it",
};
