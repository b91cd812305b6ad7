import type { Variable } from "./variables.ts";

/**
 * How long a connection that nobody uses may still be used, in milliseconds. A server closes it after five seconds or
 * more. A request that is sent into a connection that just ends is lost.
 */
export const MOST_IDLE_MS = 4_000;

/** The machine as this program sees it. Tests pass a `MemoryHost`. */
export interface Host {
  /** A variable's value, undefined where it isn't set, U+FFFD where it isn't Unicode. Throws after `relinquish`. */
  env(name: Variable): string | undefined;
  /** The time by the machine's clock, which may jump either way. */
  now(): Date;
  /** Milliseconds since an unknown moment, by a clock that never jumps. For measuring spans only. */
  elapsed(): number;
  /** A random UUID, version 4, in lower case with dashes. */
  uuid(): string;
  /** A random number from 0 (included) to 1 (excluded). */
  random(): number;
  /** The working directory, or undefined where it can't be told, for example because it was deleted. */
  cwd(): string | undefined;
  /** Resolves after this many milliseconds, or as soon as the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Lets this many milliseconds pass, and nothing else in the process runs meanwhile. For a few of them. */
  pause(milliseconds: number): void;
  /**
   * Sends one request, once, whatever becomes of its connection. `authorities` are PEM certificates trusted beside the
   * built-in. Rejects with `ConnectFault` where nothing of it has left, and otherwise as `fetch` does.
   */
  fetch(request: Request, authorities: readonly string[]): Promise<Response>;
  /** Starts, without waiting, what the first HTTPS request would otherwise wait for. Sends nothing. */
  prepareRequests(): void;
  /** The path of the program's own file, or undefined where it can't be told. */
  readonly program: string | undefined;
  /** Stands in the root folder from now on, so that the working folder can be removed or unmounted. */
  leaveFolder(): void;
  /** Calls back when somebody asks this program to end (SIGTERM, SIGINT, SIGHUP), instead of ending it at once. */
  onEndRequest(listener: () => void): void;
  /** Gives up, for good, what a made report no longer needs: reading the environment and asking the system. */
  relinquish(): void;
  readonly files: Files;
  readonly system: System;
  readonly terminal: Terminal;
  readonly stdin: ReadableStream<Uint8Array>;
  /** The keyboard of the terminal that standard input is. Only one may be open, and `stdin` may not be in use. */
  openKeyboard(): Keyboard;
  /** Writes data on standard output. Returns whether it was written: a reader that went away is no error. */
  stdout(text: string): boolean;
  /**
   * Why something could not be written on standard output (`ENOSPC`, ..., or a message). Undefined where everything
   * was, or where nothing is wrong but that its reader went away.
   */
  readonly outputFault: string | undefined;
  /** Writes text for people on standard error, unless `quiet`. Returns whether it was written, as `stdout` does. */
  say(text: string): boolean;
  /** Writes one line on standard error that says what is wrong, also under `quiet`. Returns whether it was written. */
  problem(text: string): boolean;
  /** Whether only problems are written on standard error (`--quiet`). What is kept back counts as not written. */
  quiet: boolean;
}

/** The beginning of each line on standard error that says what is wrong. */
export const PROBLEM_MARK = "rasa-telemetry: ";

/** What the operating system says about itself. */
export interface System {
  /** The name that Python's `platform.system()` returns: `Linux`, `Darwin`, `Windows`. */
  readonly name: string;
  /** Whether it is Windows: without owners, permission bits and signals, with drives and backslashes in paths. */
  readonly isWindows: boolean;
  /** The kernel's release, or undefined where it can't be told. */
  release(): string | undefined;
  /** The number of logical processors, or undefined where it can't be told. */
  cpus(): number | undefined;
  /** The user's id, or undefined where there is none (Windows). */
  uid(): number | undefined;
}

/** Which of the standard streams are terminals, how wide they are, and whether somebody can read what is written. */
export interface Terminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** The width in columns, or undefined where there is no terminal or it doesn't say. */
  readonly columns: number | undefined;
  /**
   * Whether somebody can read standard error, now or later: it isn't closed, and isn't the null device. True on
   * Windows, where that can't be told.
   */
  readonly canBeRead: boolean;
}

/** What is typed on a terminal. The terminal's modes are as they were whenever a method has returned. */
export interface Keyboard {
  /**
   * The next piece that was typed: a line with its end, or something that Enter has not ended. Undefined after Ctrl-D,
   * and where the terminal closed. One read at a time. Never rejects; stays pending as long as nothing is typed.
   */
  read(): Promise<Uint8Array | undefined>;
  /**
   * Hands what was typed since the last Enter to `read`, as a piece of its own, so that it can't become the beginning
   * of a later line. Does nothing on Windows.
   */
  flush(): void;
  /** Stops reading. A read that is pending may stay so. */
  close(): void;
}

/** The filesystem. Every method throws `FileFault` and nothing else. */
export interface Files {
  /**
   * The content of a regular file of at most `limit` bytes. A larger file is a fault (`TooLarge`). A symbolic link at
   * the path itself is a fault (`ELOOP`) unless `follow` is true. A pipe, device or folder is always a fault
   * (`NotAFile`), and never waited for.
   */
  read(path: string, limit: number, follow?: boolean): Uint8Array;
  /**
   * As `read` without following, of a file that this program keeps. One that belongs to neither this user nor root is a
   * fault (`Foreign`): somebody else may have put it there.
   */
  readOwn(path: string, limit: number): Uint8Array;
  /**
   * Creates a file, for its owner alone unless `mode` says otherwise. One that exists already is a fault (`EEXIST`).
   * The content survives a power cut unless `sync` is false.
   */
  create(path: string, content: Uint8Array, mode?: number, sync?: boolean): void;
  /**
   * Appends to a file, which is created for its owner alone where it is missing. Anything but a file is a fault, a
   * symbolic link too. A power cut may undo what was appended in the last seconds.
   */
  append(path: string, content: Uint8Array): void;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): void;
  /** Removes a file or an empty folder. A missing one is a fault (`ENOENT`). */
  remove(path: string): void;
  /** The entries of a folder, in no particular order. */
  list(path: string): FileEntry[];
  /** What is at the path. At a symbolic link that is the link itself, unless `follow` is true. */
  stat(path: string, follow?: boolean): FileStat;
  /** Gives a file to this owner and group. Where the system doesn't allow that, it is a fault. */
  chown(path: string, uid: number, gid: number): void;
  /** Makes a folder for its owner alone, and in the ordinary way those above it. One that exists is no fault. */
  makeDirectory(path: string): void;
  /** Makes a file's content, or renames and removals in a folder, durable, where the system can. */
  sync(path: string): void;
  /**
   * Takes an advisory lock on a file, which is created where it is missing unless `make` is false. The lock ends with
   * `release` or with the process. Undefined where another process holds it, unless both are `"shared"`. A fault where
   * the filesystem has no locks.
   */
  lock(path: string, kind?: "exclusive" | "shared", make?: boolean): FileLock | undefined;
}

/** A folder's entry. */
export interface FileEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** The kind of thing that is at a path. */
export type FileKind = "file" | "directory" | "link" | "other";

/** What is known about a path without opening it. */
export interface FileStat {
  readonly kind: FileKind;
  /** Bytes. */
  readonly size: number;
  /** Permission bits, or undefined where there are none (Windows). */
  readonly mode: number | undefined;
  /** The owner's id, or undefined where there is none (Windows). */
  readonly uid: number | undefined;
  /** The group's id, or undefined where there is none (Windows). */
  readonly gid: number | undefined;
  /** The filesystem's id, or undefined where there is none. */
  readonly device: number | undefined;
  /** Its number within the filesystem, or undefined where there is none. Beyond 2^53 it is the nearest double. */
  readonly inode: number | undefined;
  /** When the content last changed, or undefined where that isn't recorded. */
  readonly modified: Date | undefined;
  /** When anything about it last changed, in whole seconds, or undefined where that isn't recorded. */
  readonly changed: Date | undefined;
}

/** A lock that this process holds. */
export interface FileLock {
  release(): void;
}

/** Why the filesystem did not do what it was asked. The message never holds the path, because paths are private. */
export class FileFault extends Error {
  override name = "FileFault";
  /** The system's name for the reason (`ENOENT`, `EACCES`, ...), or `TooLarge`, `NotAFile`, `NotCapable`, `Unknown`. */
  readonly code: string;

  constructor(action: string, code: string, cause?: unknown) {
    super(`Cannot ${action}: ${code}`, { cause });
    this.code = code;
  }
}

/** Whether an error says that nothing is at the path. */
export function isMissing(error: unknown): boolean {
  return error instanceof FileFault && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** Whether an error says that the disk is full. It still takes empty files, and lets everything be removed. */
export function isFull(error: unknown): boolean {
  return error instanceof FileFault && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/**
 * Why there was no connection to send a request by: the name, the address, the proxy or the certificate failed. Not a
 * byte of the request has left this machine.
 */
export class ConnectFault extends Error {
  override name = "ConnectFault";
  /** What the proxy answered where it refused to connect; undefined where no proxy did. */
  readonly proxy: ProxyRefusal | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly proxy?: ProxyRefusal | undefined }) {
    super(message, options);
    this.proxy = options?.proxy;
  }
}

/** How a proxy refuses to connect: by HTTP 407, or by anything else, of which the runtime doesn't tell more. */
export const PROXY_REFUSALS = ["wants a password", "refuses"] as const;
export type ProxyRefusal = typeof PROXY_REFUSALS[number];
