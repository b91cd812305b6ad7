import { run } from "../../../lib/cli.ts";
import type { Variable } from "../../../lib/host/variables.ts";
import type { Node } from "./memory_files.ts";
import { MemoryHost, type SentRequest } from "./memory_host.ts";
import { Journal } from "./journal.ts";
import { Crash, ProcessHost, type Supervisor } from "./process_host.ts";
import { BUILD, QUEUE } from "../scenes/scene.ts";

/** Lets everything happen. */
const UNDISTURBED: Supervisor = { around: (step) => step.work() };

/** What a process left; `code` is undefined where it crashed. */
export interface Left {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** A request as the server saw it: the reports in it, by messageId, and its answer. */
export interface Served {
  readonly ids: readonly string[];
  readonly status: number;
}

/** What a machine was at a moment. */
export interface Snapshot {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly clock: number;
  readonly processes: number;
}

/** A machine on which processes come and go, with the server that their reports go to. */
export class SharedMachine {
  readonly host: MemoryHost;
  readonly served: Served[] = [];
  /** The server's answer to a request with these reports: an HTTP status. */
  answer: (ids: readonly string[]) => number = () => 200;
  journal: Journal = new Journal();
  #processes = 0;
  #jumped = 0;

  constructor(options: { env?: Partial<Record<Variable, string>>; files?: Record<string, string> } = {}) {
    this.host = new MemoryHost({ ...options, respond: (request) => this.#serve(request) });
  }

  /** Runs a command to its end or its crash. */
  async start(args: readonly string[], supervisor: Supervisor = UNDISTURBED): Promise<Left> {
    const host = new ProcessHost(this, this.nextNumber(), supervisor);
    try {
      const code = await run(args, host, BUILD);
      return { code, out: host.out, err: host.err };
    } catch (error) {
      if (error instanceof Crash) return { code: undefined, out: host.out, err: host.err };
      throw error;
    }
  }

  /** A number for a process that tells its identifiers from those of all others. */
  nextNumber(): number {
    return ++this.#processes;
  }

  /** Sets the clock forward or, where `milliseconds` is negative, back, as somebody else would. */
  jump(milliseconds: number): void {
    this.host.clock += milliseconds;
    this.#jumped += milliseconds;
  }

  /** The clock that never jumps. */
  elapsed(): number {
    return this.host.clock - this.#jumped;
  }

  snapshot(): Snapshot {
    return { nodes: new Map(this.host.files.nodes), clock: this.host.clock, processes: this.#processes };
  }

  /** Becomes what another machine was. */
  restore({ nodes, clock, processes }: Snapshot): void {
    this.host.files.nodes.clear();
    // Nodes are never changed, only replaced: two machines may have the same.
    for (const [path, node] of nodes) this.host.files.nodes.set(path, node);
    this.host.clock = clock;
    this.#processes = processes;
    this.journal = new Journal();
  }

  /** The reports that the server took, by messageId, as often as it took them. */
  get taken(): string[] {
    return this.served.filter(({ status }) => status === 200).flatMap(({ ids }) => ids);
  }

  /** The messageIds of the reports that wait, oldest first. */
  get waiting(): string[] {
    return this.host.files.names(QUEUE).flatMap((name) => /^\d{15}-(.{36})\..*\.json$/.exec(name)?.[1] ?? []);
  }

  #serve(request: SentRequest): number {
    const { batch } = request.body;
    const reports: Record<string, unknown>[] = Array.isArray(batch) ? batch : [request.body];
    const ids = reports.map(({ messageId }) => String(messageId));
    const status = this.answer(ids);
    this.served.push({ ids, status });
    return status;
  }
}
