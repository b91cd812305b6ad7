import { assertEquals } from "@std/assert";
import { QUEUE_LIMITS } from "../../lib/sender/disk_queue/limits.ts";
import { concerns, type Fault, FaultySupervisor } from "../support/machine/failing_host.ts";
import { NOON } from "../support/machine/memory_host.ts";
import { ASKED, QUEUE } from "../support/scenes/scene.ts";
import { SharedMachine, type Snapshot } from "../support/machine/shared_machine.ts";

/** Every step of a process that finds the queue full fails, or is its last: the oldest may go, the newest never. */

const TRACK = ["track", "Shell Started", "--json", "--timeout", "0"];

interface Full {
  readonly snapshot: Snapshot;
  /** By messageId, oldest first. */
  readonly waiting: readonly string[];
}

/** A machine on which `count` files of `bytes` bytes wait. */
function full(count: number, bytes: number): Full {
  const machine = new SharedMachine({ files: ASKED });
  const content = new Uint8Array(bytes).fill(0x20);
  const waiting = Array.from(
    { length: count },
    (_, index) => `00000000-0000-4000-8000-1${String(index).padStart(11, "0")}`,
  );
  waiting.forEach((id, index) => {
    const place = String(NOON.getTime() - 1_000_000 + index).padStart(15, "0");
    machine.host.files.plant(`${QUEUE}/${place}-${id}.asked.shell-started.json`, content);
  });
  return { snapshot: machine.snapshot(), waiting };
}

function machineOf({ snapshot }: Full): SharedMachine {
  const machine = new SharedMachine();
  machine.restore(snapshot);
  return machine;
}

function bytesOf(machine: SharedMachine): number {
  const names = machine.host.files.names(QUEUE).filter((name) => name.endsWith(".json") && /^\d{15}-/.test(name));
  return names.reduce((sum, name) => sum + (machine.host.files.text(`${QUEUE}/${name}`) ?? "").length, 0);
}

const FAULTS: Readonly<Record<string, { readonly fault: Fault; readonly cut?: boolean }>> = {
  "fails once with EIO": { fault: { kind: "fails", code: "EIO", forever: false } },
  "is the first that fails with EACCES": { fault: { kind: "fails", code: "EACCES", forever: true } },
  "is the first that fails with ENOSPC": { fault: { kind: "fails", code: "ENOSPC", forever: true } },
  "happens, but is said to have failed": { fault: { kind: "failsLate" } },
  "is half done when the disk is full": { fault: { kind: "short" } },
  "is half done when the process dies": { fault: { kind: "tears" } },
  "is never reached, because the process dies": { fault: { kind: "dies", when: "before" } },
  "is never reached, because the power fails": { fault: { kind: "dies", when: "before" }, cut: true },
};

const LARGE = 32 * 1024;

for (
  const [name, queue, fits] of [
    ["as many reports as it can hold", full(QUEUE_LIMITS.reports, 100), QUEUE_LIMITS.reports],
    ["as many bytes as it can hold", full(QUEUE_LIMITS.bytes / LARGE, LARGE), QUEUE_LIMITS.bytes / LARGE],
  ] as const
) {
  for (const [faultName, { fault, cut }] of Object.entries(FAULTS)) {
    Deno.test(`track keeps the newest reports, and its own, in a queue with ${name} whichever step ${faultName}`, async () => {
      const rehearsal = new FaultySupervisor();
      await machineOf(queue).start(TRACK, rehearsal);
      const { steps } = rehearsal;
      for (let at = 1; at <= steps.length + 1; at++) {
        const [step, before, after] = [steps[at - 1], steps[at - 2], steps[at]];
        // Context isn't this test's; of the looks at each file's size the first and the last are enough.
        const telling = step === undefined || (step.path.startsWith(QUEUE) && concerns(fault, step) &&
          !(step.action === "stat" && before?.action === "stat" && after?.action === "stat"));
        if (!telling) continue;
        const machine = machineOf(queue);
        const left = await machine.start(TRACK, new FaultySupervisor(at, fault));
        if (cut) machine.journal.cut();
        const where = `${at}: ${step?.action} ${step?.path}`;
        const id = left.out === "" ? undefined : JSON.parse(left.out);
        const kept = id?.outcome === "queued" ? [id.messageId] : [];
        const waiting = machine.waiting;
        const newest = [...queue.waiting.slice(-(fits - 2)), ...kept];
        assertEquals([where, newest.filter((wanted) => !waiting.includes(wanted))], [where, []]);
        await checkNextOne(where, machine, [...queue.waiting, ...kept]);
      }
    });
  }
}

/** Asserts that after the next process the limits hold again, and that nobody counted too many dropped reports. */
async function checkNextOne(
  where: string,
  machine: SharedMachine,
  all: readonly string[],
): Promise<void> {
  const next = JSON.parse((await machine.start(TRACK)).out);
  const status = JSON.parse((await machine.start(["status", "--json"])).out);
  const waiting = machine.waiting;
  const expected = [...all, next.messageId];
  const gone = expected.filter((id) => !waiting.includes(id)).length;
  const last = [next.outcome, waiting.at(-1), status.queued];
  assertEquals([where, ...last], [where, "queued", next.messageId, waiting.length]);
  const within = waiting.length <= QUEUE_LIMITS.reports && bytesOf(machine) <= QUEUE_LIMITS.bytes;
  assertEquals([where, within, status.dropped <= gone], [where, true, true]);
}
