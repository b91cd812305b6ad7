import { run } from "../../../lib/cli.ts";
import { ProcessHost, type Step, type Supervisor } from "./process_host.ts";
import { BUILD } from "../scenes/scene.ts";
import type { Left, SharedMachine } from "./shared_machine.ts";

/** Thrown to stop a process where another's turn begins. */
class Suspended extends Error {}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

interface Memory {
  readonly name: string;
  readonly outcome: Outcome;
}

/**
 * A process that stops after any number of steps, so that others have their turn, and then goes on. To go on, it is started
 * again and given the results that its steps had the first time: a process is deterministic.
 */
export class InterleavedProcess {
  /** Undefined while it hasn't come to its end. */
  ended: Left | undefined;
  readonly args: readonly string[];
  readonly #machine: SharedMachine;
  readonly #number: number;
  readonly #records: Memory[] = [];
  readonly #answers: Answer[] = [];

  constructor(machine: SharedMachine, args: readonly string[]) {
    this.#machine = machine;
    this.#number = machine.nextNumber();
    this.args = args;
  }

  /** Goes on for `steps` steps, or to its end. Returns the name of the step before which it stopped. */
  async advance(steps = Infinity): Promise<string | undefined> {
    if (this.ended !== undefined) return undefined;
    const until = this.#records.length + steps;
    let position = 0;
    let asked = 0;
    let stoppedBefore: string | undefined;
    let problem: Error | undefined;
    const supervisor: Supervisor = {
      around: <T>(step: Step<T>): T => {
        if (stoppedBefore !== undefined) throw new Suspended();
        const name = `${step.action} ${step.path}`;
        const known = this.#records[position];
        if (known === undefined && position >= until) {
          stoppedBefore = name;
          throw new Suspended();
        }
        position++;
        if (known === undefined) return this.#record(name, step);
        if (known.name !== name) {
          // Kept until the end: lib catches everything.
          problem = new Error(`A process did ${name} where it had done ${known.name}`);
          stoppedBefore = name;
          throw new Suspended();
        }
        if ("error" in known.outcome) throw known.outcome.error;
        if (step.local) return step.work();
        // What the same step gave the first time has the same type.
        return known.outcome.value as T;
      },
      ask: async (ask) => {
        const index = asked++;
        this.#answers[index] ??= await keep(ask);
        return give(this.#answers[index]);
      },
    };
    const host = new ProcessHost(this.#machine, this.#number, supervisor);
    try {
      const code = await run(this.args, host, BUILD);
      if (stoppedBefore === undefined) this.ended = { code, out: host.out, err: host.err };
    } catch (error) {
      if (!(error instanceof Suspended)) throw error;
    }
    if (problem !== undefined) throw problem;
    return stoppedBefore;
  }

  #record<T>(name: string, step: Step<T>): T {
    try {
      const value = step.work();
      this.#records.push({ name, outcome: { value } });
      return value;
    } catch (error) {
      this.#records.push({ name, outcome: { error } });
      throw error;
    }
  }
}

/** An answer that can be given more than once. */
type Answer = { readonly status: number; readonly headers: Headers; readonly text: string } | {
  readonly error: unknown;
};

async function keep(ask: () => Promise<Response>): Promise<Answer> {
  try {
    const response = await ask();
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    return { error };
  }
}

function give(answer: Answer): Response {
  if ("error" in answer) throw answer.error;
  return new Response(answer.text, { status: answer.status, headers: answer.headers });
}
