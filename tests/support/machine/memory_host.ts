import { type Host, type Keyboard, PROBLEM_MARK, type System, type Terminal } from "../../../lib/host/host.ts";
import type { Variable } from "../../../lib/host/variables.ts";
import { MemoryFiles } from "./memory_files.ts";
import { TypedKeyboard } from "./typed_keyboard.ts";

/** What a `MemoryHost` answers a request with: a status (with the server's usual body), a response, or a fault. */
export type Answer = number | Response | Error | "never";

/** How a `MemoryHost` differs from a plain Linux machine with nothing on it. */
export interface MemoryHostOptions {
  readonly env?: Partial<Record<Variable, string>>;
  /** Files by path. Folders above them are made. */
  readonly files?: Record<string, string | Uint8Array>;
  readonly cwd?: string | null;
  readonly now?: Date;
  /**
   * What standard input gives; an object is written as JSON; `"never"` doesn't end; undefined is empty. On a terminal,
   * where the program asks, one line is typed whenever it waits for an answer.
   */
  readonly stdin?: string | Uint8Array | object | "never" | undefined;
  readonly respond?: Answer | ((request: SentRequest) => Answer | Promise<Answer>);
  readonly terminal?: Partial<Terminal>;
  readonly system?: Partial<System>;
}

/** A request as the server would see it. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** The body as parsed JSON, after decompression. */
  readonly body: Record<string, unknown>;
  readonly authorities: readonly string[];
}

/** A longer wait than this, in milliseconds, is one for an answer. */
const LONG_WAIT_MS = 1000;

/** The moment at which every `MemoryHost` starts, unless told otherwise. */
export const NOON: Date = new Date("2026-03-01T12:00:00.000Z");

/** The machine as tests make it: a filesystem in memory, a clock that only moves when asked to, a server that answers as told. */
export class MemoryHost implements Host {
  readonly files: MemoryFiles;
  readonly requests: SentRequest[] = [];
  /** The variables that were asked for, in order. */
  readonly asked: Variable[] = [];
  /** How often the system was asked about itself. */
  systemReads = 0;
  out = "";
  err = "";
  clock: number;
  relinquished = false;
  quiet = false;
  /** How often requests were prepared. */
  prepared = 0;
  /** Whether standard output is a pipe that nobody reads. */
  stdoutBroken = false;
  /** Why standard output takes nothing. */
  outputFault: string | undefined;
  /** Whether standard error is a full device or a pipe that nobody reads. */
  stderrBroken = false;
  /** Asks the program to end, as a signal does; undefined while it hasn't said that it wants to know. */
  requestEnd: (() => void) | undefined;
  /** The program's own file, which is there only where a test puts it there. */
  readonly program: string | undefined = "/usr/bin/rasa-telemetry";
  /** Every wait that was asked for, in milliseconds. */
  readonly waits: number[] = [];
  /** What standard input gives the next command. */
  input: MemoryHostOptions["stdin"];
  /** The keyboard of the terminal, once the program began to ask. */
  keyboard: TypedKeyboard | undefined;
  readonly terminal: Terminal;
  readonly system: System;
  readonly variables: Partial<Record<Variable, string>>;
  #cwd: string | null;
  readonly #respond: (request: SentRequest) => Answer | Promise<Answer>;
  #uuids = 0;

  constructor(options: MemoryHostOptions = {}) {
    this.clock = (options.now ?? NOON).getTime();
    this.files = new MemoryFiles(() => this.now());
    this.files.plantFolder("/home/ada");
    this.files.plantFolder("/project");
    for (const [path, content] of Object.entries(options.files ?? {})) this.files.plant(path, content);
    this.variables = { HOME: "/home/ada", ...options.env };
    this.#cwd = options.cwd === undefined ? "/project" : options.cwd;
    this.input = options.stdin;
    this.terminal = {
      stdin: false,
      stdout: false,
      stderr: false,
      columns: undefined,
      canBeRead: true,
      ...options.terminal,
    };
    const respond = options.respond ?? 200;
    this.#respond = typeof respond === "function" ? respond : () => respond;
    const counted = () => this.systemReads++;
    const system = options.system ?? {};
    this.system = {
      name: system.name ?? "Linux",
      isWindows: system.name === "Windows",
      release: () => (counted(), system.release ? system.release() : "6.1.0"),
      cpus: () => (counted(), system.cpus ? system.cpus() : 8),
      uid: () => (counted(), system.uid ? system.uid() : 1000),
    };
  }

  /** A new stream each time: each command is a process of its own. */
  get stdin(): ReadableStream<Uint8Array> {
    return streamOf(this.input);
  }

  openKeyboard(): Keyboard {
    const staysOpen = this.input === "never";
    const answers = typeof this.input === "string" && !staysOpen ? this.input.match(/.*\n|.+$/g) ?? [] : [];
    this.keyboard = new TypedKeyboard(answers, staysOpen);
    return this.keyboard;
  }

  env(name: Variable): string | undefined {
    if (this.relinquished) throw new Error(`${name} was asked for after the environment was given up`);
    this.asked.push(name);
    return this.variables[name];
  }

  now(): Date {
    return new Date(this.clock);
  }

  elapsed(): number {
    return this.clock;
  }

  /** `00000000-0000-4000-8000-000000000001`, then `...2`, and so on. */
  uuid(): string {
    return `00000000-0000-4000-8000-${String(++this.#uuids).padStart(12, "0")}`;
  }

  random(): number {
    return 0.5;
  }

  cwd(): string | undefined {
    return this.#cwd ?? undefined;
  }

  /** Moves the clock, after whatever else is ready has run. */
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(milliseconds);
    if (milliseconds > LONG_WAIT_MS) this.keyboard?.answer();
    for (let turn = 0; turn < 20; turn++) {
      if (signal?.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 0);
        signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
      });
    }
    if (!signal?.aborted) this.clock += milliseconds;
  }

  pause(milliseconds: number): void {
    this.clock += milliseconds;
  }

  prepareRequests(): void {
    this.prepared++;
  }

  async fetch(request: Request, authorities: readonly string[]): Promise<Response> {
    const sent: SentRequest = {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: JSON.parse(await bodyText(request)),
      authorities,
    };
    this.requests.push(sent);
    const answer = await this.#respond(sent);
    if (answer instanceof Error) throw answer;
    if (answer === "never") return await untilAborted(request.signal);
    if (typeof answer !== "number") return answer;
    return Response.json({ success: answer < 400 }, { status: answer });
  }

  leaveFolder(): void {
    this.#cwd = "/";
  }

  onEndRequest(listener: () => void): void {
    this.requestEnd = listener;
  }

  relinquish(): void {
    this.relinquished = true;
  }

  stdout(text: string): boolean {
    if (this.stdoutBroken || this.outputFault !== undefined) return false;
    this.out += text;
    return true;
  }

  say(text: string): boolean {
    return !this.quiet && this.#writeError(text);
  }

  problem(text: string): boolean {
    return this.#writeError(`${PROBLEM_MARK}${text}\n`);
  }

  #writeError(text: string): boolean {
    if (this.stderrBroken) return false;
    this.err += text;
    return true;
  }
}

async function bodyText(request: Request): Promise<string> {
  if (request.body === null) return "null";
  if (request.headers.get("content-encoding") !== "gzip") return await request.text();
  return await new Response(request.body.pipeThrough(new DecompressionStream("gzip"))).text();
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function streamOf(input: MemoryHostOptions["stdin"]): ReadableStream<Uint8Array> {
  if (input === "never") return new ReadableStream();
  return new ReadableStream({
    start(controller) {
      if (input !== undefined) controller.enqueue(bytesOf(input));
      controller.close();
    },
  });
}

function bytesOf(input: string | Uint8Array | object): Uint8Array {
  if (input instanceof Uint8Array) return input;
  return new TextEncoder().encode(typeof input === "string" ? input : JSON.stringify(input));
}
