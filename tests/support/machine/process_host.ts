import {
  FileFault,
  type FileLock,
  type Files,
  type Host,
  type Keyboard,
  PROBLEM_MARK,
} from "../../../lib/host/host.ts";
import type { Variable } from "../../../lib/host/variables.ts";
import type { Operation } from "./memory_files.ts";
import type { MemoryHost } from "./memory_host.ts";
import type { SharedMachine } from "./shared_machine.ts";

/** What a process does to the world around it, one at a time: the points at which it can fail, die or be overtaken. */
export interface Step<T> {
  readonly action: Operation["action"] | "unlock" | "clock" | "sleep" | "request" | "answer" | "stdout" | "stderr";
  readonly path: string;
  /** Whether only the process itself has what comes of it: its own output, an answer that was given already. */
  readonly local: boolean;
  work(): T;
  /** Doing half of it, where that is possible. */
  readonly half: (() => void) | undefined;
  /** What the process gets where it can't be done: a value or an exception. */
  refuse(code: string): T;
}

/** Decides what becomes of the steps of one process. */
export interface Supervisor {
  around<T>(step: Step<T>): T;
  /** Asks the server, between the steps `request` and `answer`. */
  ask?(ask: () => Promise<Response>): Promise<Response>;
}

/** The end of a process without its doing: neither lib nor a test catches it on the way. */
export class Crash extends Error {
  override name = "Crash";
}

/** One process on a machine that others run on too. */
export class ProcessHost implements Host {
  out = "";
  err = "";
  quiet = false;
  outputFault: string | undefined;
  readonly files: Files;
  readonly #shared: SharedMachine;
  readonly #machine: MemoryHost;
  readonly #supervisor: Supervisor;
  readonly #number: number;
  readonly #locks = new Set<FileLock>();
  #dead = false;
  #relinquished = false;
  #uuids = 0;

  /** `number` tells its identifiers from those of other processes. */
  constructor(machine: SharedMachine, number: number, supervisor: Supervisor) {
    this.#shared = machine;
    this.#machine = machine.host;
    this.#number = number;
    this.#supervisor = supervisor;
    this.files = this.#makeFiles();
  }

  get system(): Host["system"] {
    this.#live();
    return this.#machine.system;
  }

  get terminal(): Host["terminal"] {
    return this.#machine.terminal;
  }

  get stdin(): ReadableStream<Uint8Array> {
    this.#live();
    return this.#machine.stdin;
  }

  /** Nobody is at it. */
  openKeyboard(): Keyboard {
    return { read: () => Promise.resolve(undefined), flush: () => {}, close: () => {} };
  }

  env(name: Variable): string | undefined {
    this.#live();
    if (this.#relinquished) throw new Error(`${name} was asked for after the environment was given up`);
    return this.#machine.variables[name];
  }

  now(): Date {
    return new Date(this.#do("clock", "", () => this.#machine.clock));
  }

  elapsed(): number {
    return this.#do("clock", "", () => this.#shared.elapsed());
  }

  uuid(): string {
    this.#live();
    const count = String(++this.#uuids).padStart(6, "0");
    return `00000000-0000-4000-8000-${String(this.#number).padStart(6, "0")}${count}`;
  }

  random(): number {
    return 0.5;
  }

  cwd(): string | undefined {
    this.#live();
    return this.#machine.cwd();
  }

  /** With a signal it is a time-out, which here never comes: the server answers. Without, only the clock moves. */
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal === undefined) return this.#do("sleep", "", () => void (this.#machine.clock += milliseconds));
    if (signal.aborted) return;
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  }

  pause(milliseconds: number): void {
    this.#do("sleep", "", () => void (this.#machine.clock += milliseconds));
  }

  prepareRequests(): void {}

  async fetch(request: Request, authorities: readonly string[]): Promise<Response> {
    const refuse = (code: string): never => {
      throw new TypeError(`error sending request: ${code}`);
    };
    const { pathname } = new URL(request.url);
    this.#do("request", pathname, () => {}, { refuse });
    const ask = () => this.#machine.fetch(request, authorities);
    const response = await (this.#supervisor.ask?.(ask) ?? ask());
    return this.#do("answer", pathname, () => response, { refuse, local: true });
  }

  get program(): undefined {
    return undefined;
  }

  leaveFolder(): void {}

  onEndRequest(): void {}

  relinquish(): void {
    this.#live();
    this.#relinquished = true;
  }

  stdout(text: string): boolean {
    const write = () => {
      this.out += text;
      return true;
    };
    const refuse = (code: string) => {
      this.outputFault = code;
      return false;
    };
    return this.#do("stdout", "", write, { local: true, refuse });
  }

  say(text: string): boolean {
    return !this.quiet && this.#writeError(text);
  }

  problem(text: string): boolean {
    return this.#writeError(`${PROBLEM_MARK}${text}\n`);
  }

  #writeError(text: string): boolean {
    const write = () => {
      this.err += text;
      return true;
    };
    return this.#do("stderr", "", write, { local: true, refuse: () => false });
  }

  /** The process is gone; the system drops its locks. */
  #die(): void {
    this.#dead = true;
    for (const lock of this.#locks) lock.release();
    this.#locks.clear();
  }

  #live(): void {
    if (this.#dead) throw new Crash();
  }

  #do<T>(
    action: Step<T>["action"],
    path: string,
    work: () => T,
    more: { local?: boolean; half?: () => void; refuse?: (code: string) => T } = {},
  ): T {
    this.#live();
    const refuse = more.refuse ?? ((code: string): never => {
      throw new FileFault(`${action} here`, code);
    });
    try {
      return this.#supervisor.around({ action, path, work, refuse, local: more.local ?? false, half: more.half });
    } catch (error) {
      if (error instanceof Crash) this.#die();
      throw error;
    }
  }

  #makeFiles(): Files {
    const files = this.#machine.files;
    const { journal } = this.#shared;
    const changing = (path: string, work: () => void) => () => {
      journal.note(this.#machine, path);
      work();
    };
    const halfOf = (content: Uint8Array) => content.subarray(0, content.length >> 1);
    return {
      read: (path, limit, follow) => this.#do("read", path, () => files.read(path, limit, follow)),
      readOwn: (path, limit) => this.#do("read", path, () => files.readOwn(path, limit)),
      create: (path, content, mode, sync = true) => {
        const write = (bytes: Uint8Array) => () => {
          files.create(path, bytes, mode);
          if (!sync) journal.noteContent(this.#machine, path, new Uint8Array());
        };
        this.#do("create", path, changing(path, write(content)), { half: changing(path, write(halfOf(content))) });
      },
      append: (path, content) => {
        const node = files.nodes.get(path);
        const before = node?.kind === "file" ? node.content : new Uint8Array();
        const write = (bytes: Uint8Array) => () => {
          if (node === undefined) journal.note(this.#machine, path);
          files.append(path, bytes);
          journal.noteContent(this.#machine, path, before);
        };
        this.#do("append", path, write(content), { half: write(halfOf(content)) });
      },
      rename: (from, to) => this.#do("rename", to, changing(to, changing(from, () => files.rename(from, to)))),
      remove: (path) => this.#do("remove", path, changing(path, () => files.remove(path))),
      list: (path) => this.#do("list", path, () => files.list(path)),
      stat: (path, follow) => this.#do("stat", path, () => files.stat(path, follow)),
      chown: (path) => this.#do("chown", path, () => files.chown(path)),
      makeDirectory: (path) => this.#do("makeDirectory", path, () => files.makeDirectory(path)),
      sync: (path) =>
        this.#do("sync", path, () => {
          files.sync(path);
          journal.sync(path);
          journal.syncContent(this.#machine, path);
        }),
      lock: (path, kind, make) => {
        const take = () => {
          const lock = files.lock(path, kind, make);
          if (lock !== undefined) this.#locks.add(lock);
          return lock;
        };
        return this.#handleOf(this.#do("lock", path, take));
      },
    };
  }

  #handleOf(lock: FileLock | undefined): FileLock | undefined {
    if (lock === undefined) return undefined;
    // A step that is repeated from memory took it long ago.
    this.#locks.add(lock);
    return {
      release: () => {
        // What died has lost it already.
        if (this.#dead || !this.#locks.has(lock)) return;
        this.#do("unlock", "", () => {
          lock.release();
          this.#locks.delete(lock);
        });
      },
    };
  }
}
