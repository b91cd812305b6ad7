import type { Permit as DeliveryPermit } from "../consent/permit.ts";
import { FileFault, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import { withMachineId, type WrittenReport } from "../report/written_report.ts";
import type { QueuedReport } from "./disk_queue/files.ts";
import type { Answer, Verdict } from "./verdicts.ts";
import { writeSentLog } from "./sent_log.ts";

/**
 * The most of one batch. Source: the HTTP tracking API takes 2,500 events and 500 KB. A batch costs by itself about as much as
 * a hundred reports; the fewer there are, the more of them a kill can cost.
 */
export const BATCH_LIMITS = { reports: 500, bytes: 450 * 1024 } as const;
/** Longest wait for the server, in milliseconds. The caller may be waiting for this process. */
export const REQUEST_TIMEOUT_MS = 5_000;

export type { DeliveryPermit };

/** The report as it may leave under a permit, `"withdrawn"` where it never may, or `"early"` where there is no machine id yet. */
export function admit({ report, choice }: QueuedReport, permit: DeliveryPermit): WrittenReport | "withdrawn" | "early" {
  if (!permit.accepts(report.kind, choice)) return "withdrawn";
  if (report.identified) return report;
  return permit.machineId === undefined ? "early" : withMachineId(report, permit.machineId);
}

/** Whether all of them may leave right now. Without a permit nothing may. */
export function areAdmitted(reports: readonly QueuedReport[], permit: DeliveryPermit | undefined): boolean {
  return permit !== undefined && reports.every((queued) => typeof admit(queued, permit) !== "string");
}

/** How much of a batch a report takes, in bytes, with what stands round it. */
export function sizeInBatch({ bytes }: WrittenReport): number {
  return bytes + 32;
}

/** Writes down in the sent log what the server said of reports, for the machine's owner. A full disk costs an entry. */
export function logAnswered(
  host: Host,
  home: Home,
  reports: readonly WrittenReport[],
  verdict: Verdict,
  answer: Answer,
): void {
  const sentAt = host.now().toISOString();
  const outcome = verdict === "delivered" ? "delivered" : "rejected";
  const reason = outcome === "delivered" ? null : reasonOf(answer);
  try {
    writeSentLog(host, home, { sentAt, outcome, reason }, reports);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

function reasonOf(answer: Answer): string {
  if (answer.kind === "unanswered") return answer.reason;
  return answer.status === 200 ? "the server did not accept it" : `HTTP ${answer.status}`;
}
