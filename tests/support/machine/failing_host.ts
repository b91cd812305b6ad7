import { FileFault } from "../../../lib/host/host.ts";
import { Crash, type Step, type Supervisor } from "./process_host.ts";

/** What can go wrong at one step of a process. */
export type Fault =
  /** It isn't done, and the process is told so; `forever`: neither are those after it that fail in this way. */
  | { readonly kind: "fails"; readonly code: string; readonly forever: boolean }
  /** It is done, but the process is told that it failed, as with a sync, a network filesystem, or an answer that is lost. */
  | { readonly kind: "failsLate" }
  /** Half of it is written, and the process is told that the disk is full. */
  | { readonly kind: "short" }
  /** Half of it is written, and then the process is gone. */
  | { readonly kind: "tears" }
  /** The process is gone before it, or after it. */
  | { readonly kind: "dies"; readonly when: "before" | "after" };

/** The steps that change what others see, and can be done although the process is told otherwise. */
const LATE = new Set(["create", "append", "rename", "remove", "makeDirectory", "sync", "answer"]);
/** What can't be done on a full disk, and on one that can't be written. Everything else can: a full disk lets files be removed. */
const NEEDS_ROOM = new Set(["create", "append", "rename", "makeDirectory"]);
const NEEDS_WRITING = new Set([...NEEDS_ROOM, "remove", "lock"]);
/** The process talking to the world outside its files: no disk stops these. */
const NOT_FILES = new Set(["request", "answer", "stdout", "stderr"]);
/** After these the process differs from one that dies before its next step: in what was sent or said. */
const SAID = new Set(["request", "stdout", "stderr"]);
/** What can't fail, and after which nothing is different from before it. */
const UNCOUNTED = new Set(["clock", "sleep", "unlock"]);

/** Makes the step with a number (the first is 1) go wrong, and writes down all steps. */
export class FaultySupervisor implements Supervisor {
  readonly steps: Step<unknown>[] = [];
  readonly #at: number;
  readonly #fault: Fault | undefined;

  /** Without a fault the steps are only written down. */
  constructor(at = 0, fault?: Fault) {
    this.#at = at;
    this.#fault = fault;
  }

  around<T>(step: Step<T>): T {
    if (UNCOUNTED.has(step.action)) return step.work();
    this.steps.push(step);
    const fault = this.#fault;
    if (fault?.kind === "fails" && fault.forever && this.steps.length > this.#at && concerns(fault, step)) {
      return step.refuse(fault.code);
    }
    if (fault === undefined || this.steps.length !== this.#at) return step.work();
    return meet(step, fault);
  }
}

/** Whether the fault can happen at this step, and leads to something that no other fault at another step leads to. */
export function concerns(fault: Fault, step: Step<unknown>): boolean {
  const { action } = step;
  switch (fault.kind) {
    case "fails":
      if (fault.code === "ENOSPC") return NEEDS_ROOM.has(action);
      if (fault.code === "EROFS") return NEEDS_WRITING.has(action);
      return !(fault.forever && NOT_FILES.has(action));
    case "failsLate":
      return LATE.has(action);
    case "short":
    case "tears":
      return step.half !== undefined;
    case "dies":
      return fault.when === "before" || SAID.has(action);
  }
}

function meet<T>(step: Step<T>, fault: Fault): T {
  switch (fault.kind) {
    case "fails":
      return step.refuse(fault.code);
    case "failsLate":
      step.work();
      return step.refuse("EIO");
    case "short":
      step.half?.();
      throw new FileFault(`${step.action} here`, "ENOSPC");
    case "tears":
      step.half?.();
      throw new Crash();
    case "dies":
      if (fault.when === "after") step.work();
      throw new Crash();
  }
}
