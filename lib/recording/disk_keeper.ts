import { type Consent, isByEnvironment } from "../consent/consent.ts";
import { fateNow } from "../consent/outlook.ts";
import type { Host } from "../host/host.ts";
import { admit, attempt } from "../sender/attempt.ts";
import type { QueuedReport } from "../sender/disk_queue/content.ts";
import { flushQueue } from "../sender/flush_queue.ts";
import { keepReports } from "../sender/keep_reports.ts";
import type { Route } from "../sender/route.ts";
import { NO_NOTES } from "../sender/server_notes.ts";
import type { Keeper, KeptOutcome } from "./keeper.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Keeps a report on disk before anything else happens to it, then delivers the queue until `until` (of
 * `host.elapsed()`). For a process that records one report.
 */
export function diskKeeper(host: Host, consent: Consent, route: Route, until: number | "only queue"): Keeper {
  const sends = until !== "only queue" && route.obstacle === undefined;
  return {
    async keep(queued) {
      const { files: [file], lost } = keepReports(host, route, [queued]);
      if (file === undefined) {
        if (lost !== "unkept") return plain(lost === "surplus" ? "dropped" : "disabled");
        // Nothing can be kept: telemetry is off, unless the environment says on. Then there is one attempt.
        if (!isByEnvironment(consent)) return plain("disabled");
        return plain(sends ? await sendUnkept(host, route, queued, until) : "dropped");
      }
      const held = heldNow(route, queued);
      if (held !== undefined) return held;
      if (!sends || route.home === undefined) return plain("queued");
      const own = { file, queued };
      const { delivered, rejected } = await flushQueue(host, route.home, route, { until, backOff: true, own });
      const { messageId } = queued.report;
      return plain(delivered.has(messageId) ? "delivered" : rejected.has(messageId) ? "rejected" : "queued");
    },
  };
}

function plain(outcome: Outcome): KeptOutcome {
  return { outcome, heldUntil: null };
}

/** How long a report is held; undefined where it may leave now. */
function heldNow(route: Route, { report, label }: QueuedReport): KeptOutcome | undefined {
  const permit = route.permit();
  const fate = permit.kind === "on" ? fateNow(report.kind, label, permit.consent) : undefined;
  if (fate?.kind !== "waits") return undefined;
  return { outcome: "held", heldUntil: fate.until === null ? null : new Date(fate.until).toISOString() };
}

/** Makes one attempt for a report that can't be kept. */
async function sendUnkept(host: Host, route: Route, queued: QueuedReport, until: number): Promise<Outcome> {
  const leftMs = until - host.elapsed();
  const permit = route.permit();
  const outgoing = permit.kind === "on" ? admit(queued, permit, route) : undefined;
  if (leftMs <= 0 || typeof outgoing !== "object") return "dropped";
  const attempted = await attempt(host, route, [outgoing], { leftMs, notes: NO_NOTES });
  return attempted === "delivered" || attempted === "rejected" ? attempted : "dropped";
}
