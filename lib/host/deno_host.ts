import {
  type FileEntry,
  FileFault,
  type FileKind,
  type FileLock,
  type Files,
  type FileStat,
  type Host,
  PROBLEM_MARK,
} from "./host.ts";
import type { Variable } from "./variables.ts";

/** The real machine. The only file of the program that names `Deno`. */
export function denoHost(): Host {
  return {
    env: readVariable,
    now: () => new Date(),
    elapsed: () => performance.now(),
    uuid: () => crypto.randomUUID(),
    random: () => Math.random(),
    cwd() {
      try {
        return Deno.cwd();
      } catch {
        return undefined;
      }
    },
    sleep,
    fetch: send,
    prepareRequests,
    parent: () => Deno.build.os === "windows" ? undefined : Deno.ppid,
    onEndRequest,
    relinquish() {
      Deno.permissions.revokeSync({ name: "env" });
      Deno.permissions.revokeSync({ name: "sys" });
    },
    files: realFiles,
    system: {
      name: { linux: "Linux", darwin: "Darwin", windows: "Windows" }[Deno.build.os as string] ?? Deno.build.os,
      isWindows: Deno.build.os === "windows",
      release: () => orUndefined(() => Deno.osRelease()),
      cpus: () => navigator.hardwareConcurrency || undefined,
      uid: () => orUndefined(() => Deno.uid()) ?? undefined,
    },
    get terminal() {
      return {
        stdin: Deno.stdin.isTerminal(),
        stdout: Deno.stdout.isTerminal(),
        stderr: Deno.stderr.isTerminal(),
        get columns() {
          // A terminal that nobody has given a size says 0.
          return orUndefined(() => Deno.consoleSize().columns) || undefined;
        },
      };
    },
    get stdin() {
      return Deno.stdin.readable;
    },
    stdout: (text) => writeAll(Deno.stdout, text),
    say(text) {
      return !this.quiet && writeAll(Deno.stderr, text);
    },
    problem: (text) => writeAll(Deno.stderr, `${PROBLEM_MARK}${text}\n`),
    quiet: false,
  };
}

/** The program's own arguments. */
export function commandLine(): string[] {
  return Deno.args;
}

/** Ends the process at once, whatever is still pending (a standard input that never ends, a time-out). */
export function exit(code: number): never {
  Deno.exit(code);
}

function readVariable(name: Variable): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    // Set, but to something that isn't Unicode: no rule takes it for a yes, and no folder has that name.
    if (error instanceof Deno.errors.InvalidData) return "\uFFFD";
    // A variable that may not be read must never pass for one that isn't set: it could be the one that says no.
    throw error;
  }
}

function orUndefined<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      // A signal that lives on would keep one listener for every wait.
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
}

function onEndRequest(listener: () => void): void {
  // Windows has only these two, and ends a process without asking.
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGTERM", "SIGINT", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, listener);
}

/** One client for all requests with the same authorities: a new one would mean a new connection, and its memory, each time. */
const clients = new Map<string, Deno.HttpClient>();

function send(request: Request, authorities: readonly string[]): Promise<Response> {
  const key = authorities.join("\n");
  let client = clients.get(key);
  if (client === undefined) {
    client = createClient(authorities);
    clients.set(key, client);
  }
  return fetch(request, { client });
}

function createClient(authorities: readonly string[]): Deno.HttpClient {
  try {
    return clientTrusting(authorities);
  } catch {
    return clientTrusting(authorities.filter(isCertificate));
  }
}

/**
 * Not by HTTP/2: the runtime writes a request's head and body apart, and on a connection that was used before the second
 * waits until the server has acknowledged the first, which systems put off by 40 ms.
 */
function clientTrusting(authorities: readonly string[]): Deno.HttpClient {
  return Deno.createHttpClient({ caCerts: [...authorities], http2: false });
}

/** The runtime's library for TLS takes 40 ms to start, once. Making a key of this kind starts it too, on another thread. */
function prepareRequests(): void {
  void crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]).catch(() => {});
}

/** Whether the runtime can read it: it refuses to make a client with one that it can't. */
function isCertificate(pem: string): boolean {
  try {
    clientTrusting([pem]).close();
    return true;
  } catch {
    return false;
  }
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): boolean {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
    return true;
  } catch {
    // The reader went away or its disk is full: nobody is left to tell, and it must not fail the caller.
    return false;
  }
}

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

const realFiles: Files = {
  read(path, limit, follow = false) {
    return guard("read a file", () => {
      const { file: opened, size } = openRegular(path, { read: true }, follow);
      using file = opened;
      if (size > limit) throw new FileFault("read a file", "TooLarge");
      return readWhole(file, size, limit);
    });
  },
  create(path, content, mode = PRIVATE_FILE, sync = true) {
    guard("create a file", () => {
      using file = Deno.openSync(path, { write: true, createNew: true, mode });
      writeWhole((bytes) => file.writeSync(bytes), content);
      if (sync) file.syncSync();
    });
  },
  append(path, content) {
    guard("add to a file", () => {
      using file = openRegular(path, { append: true, create: true, mode: PRIVATE_FILE }, false).file;
      writeWhole((bytes) => file.writeSync(bytes), content);
    });
  },
  rename: (from, to) => guard("replace a file", () => renamePatiently(from, to)),
  remove: (path) => guard("remove a file", () => Deno.removeSync(path)),
  list(path) {
    return guard("list a folder", () => {
      const entries: FileEntry[] = [];
      for (const entry of Deno.readDirSync(path)) entries.push({ name: entry.name, kind: kindOf(entry) });
      return entries;
    });
  },
  stat(path, follow = false) {
    return guard("look at a path", (): FileStat => {
      const info = follow ? Deno.statSync(path) : Deno.lstatSync(path);
      return {
        kind: kindOf(info),
        size: info.size,
        mode: info.mode === null ? undefined : info.mode & 0o7777,
        uid: info.uid ?? undefined,
        device: Deno.build.os === "windows" ? undefined : info.dev,
        modified: info.mtime ?? undefined,
      };
    });
  },
  makeDirectory: (path) =>
    guard("make a folder", () => Deno.mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER })),
  sync(path) {
    // Windows can't sync folders, nor a file that isn't open for writing.
    if (Deno.build.os === "windows") return;
    guard("sync a file or folder", () => {
      using file = Deno.openSync(path);
      file.syncSync();
    });
  },
  lock(path): FileLock | undefined {
    return guard("lock a file", () => {
      const { file } = openRegular(path, { read: true, write: true, create: true, mode: PRIVATE_FILE }, false);
      let held = false;
      try {
        held = file.tryLockSync(true);
      } finally {
        if (!held) file.close();
      }
      return held ? { release: () => file.close() } : undefined;
    });
  },
};

/** On Windows a file can't be replaced while another process has it open, which virus scanners do to every new file. */
function renamePatiently(from: string, to: string): void {
  for (let attempt = 1;; attempt++) {
    try {
      return Deno.renameSync(from, to);
    } catch (error) {
      if (Deno.build.os !== "windows" || attempt === 5) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 * attempt);
    }
  }
}

function guard<T>(action: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileFault) throw error;
    throw new FileFault(action, codeOf(error), error);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "NotCapable";
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return "Unknown";
}

function kindOf(info: { isFile: boolean; isDirectory: boolean; isSymlink: boolean }): FileKind {
  if (info.isSymlink) return "link";
  if (info.isFile) return "file";
  return info.isDirectory ? "directory" : "other";
}

/** Opens a regular file and nothing else. Opening a pipe would wait for its other end, so what is there is looked at first. */
function openRegular(
  path: string,
  options: Deno.OpenOptions,
  follow: boolean,
): { readonly file: Deno.FsFile; readonly size: number } {
  const before = look(path, follow);
  if (before?.isSymlink) throw new FileFault("open a file", "ELOOP");
  if (before !== undefined && !before.isFile) throw new FileFault("open a file", "NotAFile");
  if (before === undefined && !options.create) throw new FileFault("open a file", "ENOENT");
  const file = Deno.openSync(path, options);
  try {
    const opened = file.statSync();
    const now = follow ? opened : look(path, false);
    // Whoever puts a link in its place between the two looks gets nothing written through it.
    if (!opened.isFile || now?.ino !== opened.ino || now?.dev !== opened.dev) {
      throw new FileFault("open a file", "ELOOP");
    }
    return { file, size: opened.size };
  } catch (error) {
    file.close();
    throw error;
  }
}

function look(path: string, follow: boolean): Deno.FileInfo | undefined {
  try {
    return follow ? Deno.statSync(path) : Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function readWhole(file: Deno.FsFile, size: number, limit: number): Uint8Array {
  // One byte more than expected, so that a file that grew meanwhile is noticed.
  const buffer = new Uint8Array(size + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = file.readSync(buffer.subarray(length));
    if (count === null) return buffer.subarray(0, length);
    length += count;
  }
  if (length > limit) throw new FileFault("read a file", "TooLarge");
  return buffer.subarray(0, length);
}

function writeWhole(write: (bytes: Uint8Array) => number, content: Uint8Array): void {
  let rest = content;
  while (rest.length > 0) {
    const count = write(rest);
    // A full disk writes short before it refuses.
    if (count === 0) throw new FileFault("write a file", "ENOSPC");
    rest = rest.subarray(count);
  }
}
