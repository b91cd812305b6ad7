import type { Variable } from "./variables.ts";

/** The machine as this program sees it. Tests pass a `MemoryHost`. */
export interface Host {
  /** A variable's value, or undefined where it isn't set. Throws after `relinquish`. A value that isn't Unicode is U+FFFD. */
  env(name: Variable): string | undefined;
  /** The time by the machine's clock, which may jump either way. */
  now(): Date;
  /** Milliseconds since some moment, by a clock that never jumps. For measuring spans only. */
  elapsed(): number;
  /** A random UUID, version 4, in lower case with dashes. */
  uuid(): string;
  /** A random number from 0 (included) to 1 (excluded). */
  random(): number;
  /** The working directory, or undefined where it can't be told (it was deleted, say). */
  cwd(): string | undefined;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Sends one request. `authorities` are PEM certificates trusted beside the built-in ones. Rejects as `fetch` does. */
  fetch(request: Request, authorities: readonly string[]): Promise<Response>;
  /** Begins, without waiting, what the first HTTPS request would otherwise have to wait for. Sends nothing. */
  prepareRequests(): void;
  /** The number of the process that started this one; another one once it is gone. Undefined where that can't be told (Windows). */
  parent(): number | undefined;
  /** Calls back when somebody asks this program to end (SIGTERM, SIGINT, SIGHUP), which then no longer ends it at once. */
  onEndRequest(listener: () => void): void;
  /** Gives up for good what is not needed once the report is made: the environment and questions to the system. */
  relinquish(): void;
  readonly files: Files;
  readonly system: System;
  readonly terminal: Terminal;
  readonly stdin: ReadableStream<Uint8Array>;
  /** Writes data, and says whether it could: a reader that went away is no error. */
  stdout(text: string): boolean;
  /** Writes for people on standard error, unless `quiet`. Returns whether it was written: a reader that went away is no error. */
  say(text: string): boolean;
  /** Writes one line on standard error that says what is wrong, `quiet` or not. Returns whether it was written. */
  problem(text: string): boolean;
  /** Whether only problems are written on standard error (`--quiet`). What is kept back counts as unread. */
  quiet: boolean;
}

/** What begins each line on standard error that says what is wrong. */
export const PROBLEM_MARK = "rasa-telemetry: ";

/** What the operating system tells about itself. */
export interface System {
  /** The name as Python's `platform.system()` gives it: `Linux`, `Darwin`, `Windows`. */
  readonly name: string;
  /** Whether it is Windows: without owners, permission bits and signals, with drives and backslashes in paths. */
  readonly isWindows: boolean;
  /** The kernel's release, or undefined where it can't be told. */
  release(): string | undefined;
  /** The number of logical processors, or undefined where it can't be told. */
  cpus(): number | undefined;
  /** The user's number, or undefined where there is none (Windows). */
  uid(): number | undefined;
}

/** Which of the standard streams are terminals, and how wide they are. */
export interface Terminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Its width in columns, or undefined where there is no terminal or it doesn't say. */
  readonly columns: number | undefined;
}

/** The filesystem. Every method throws `FileFault` and nothing else. */
export interface Files {
  /**
   * The content of a regular file of at most `limit` bytes; a larger one is a fault (`TooLarge`). A symbolic link at the
   * path itself is a fault (`ELOOP`) unless `follow` is true; a pipe, device or folder is a fault (`NotAFile`) always, and
   * never waited for.
   */
  read(path: string, limit: number, follow?: boolean): Uint8Array;
  /**
   * Creates a file that did not exist (else: `EEXIST`), for its owner alone unless `mode` says otherwise. Its content survives
   * a power cut unless `sync` is false.
   */
  create(path: string, content: Uint8Array, mode?: number, sync?: boolean): void;
  /**
   * Adds to a file, which is created for its owner alone where missing. A symbolic link or anything but a file is a fault. A
   * power cut may cost what was added in the last seconds.
   */
  append(path: string, content: Uint8Array): void;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): void;
  /** Removes a file or an empty folder. A missing one is a fault (`ENOENT`). */
  remove(path: string): void;
  /** What a folder holds, in no particular order. */
  list(path: string): FileEntry[];
  /** What is at the path; of a symbolic link, the link itself unless `follow` is true. */
  stat(path: string, follow?: boolean): FileStat;
  /** Makes a folder for its owner alone, and those above it. One that exists already is no fault. */
  makeDirectory(path: string): void;
  /** Makes a file's content, or renames and removals in a folder, durable, where the system can. */
  sync(path: string): void;
  /**
   * Takes an advisory lock, which ends with `release` or with the process, on a file that is created where missing.
   * Undefined where somebody else holds it; a fault where locks can't be asked for.
   */
  lock(path: string): FileLock | undefined;
}

/** A folder's entry. */
export interface FileEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** What kind of thing is at a path. */
export type FileKind = "file" | "directory" | "link" | "other";

/** What is known of a path without opening it. */
export interface FileStat {
  readonly kind: FileKind;
  /** Bytes. */
  readonly size: number;
  /** Permission bits, or undefined where there are none (Windows). */
  readonly mode: number | undefined;
  /** The owner's number, or undefined where there is none (Windows). */
  readonly uid: number | undefined;
  /** The filesystem's number, or undefined where there is none. */
  readonly device: number | undefined;
  /** When its content last changed, or undefined where that isn't kept. */
  readonly modified: Date | undefined;
}

/** A lock that this process holds. */
export interface FileLock {
  release(): void;
}

/** Why the filesystem did not do what it was asked. The message never holds the path: paths are private. */
export class FileFault extends Error {
  override name = "FileFault";
  /** The system's name for it (`ENOENT`, `EACCES`, `EROFS`, ...), or `TooLarge`, `NotAFile`, `NotCapable`, `Unknown`. */
  readonly code: string;

  constructor(action: string, code: string, cause?: unknown) {
    super(`Cannot ${action}: ${code}`, { cause });
    this.code = code;
  }
}

/** Whether the error says that there is nothing at that path. Other errors are not this function's business. */
export function isMissing(error: unknown): boolean {
  return error instanceof FileFault && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
