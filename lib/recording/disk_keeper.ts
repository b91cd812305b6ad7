import type { Consent } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { admit, attempt } from "../sender/attempt.ts";
import type { QueuedReport } from "../sender/disk_queue/content.ts";
import { enqueue } from "../sender/disk_queue/enqueue.ts";
import type { QueuedFile } from "../sender/disk_queue/files.ts";
import { flushQueue } from "../sender/flush_queue.ts";
import type { Route } from "../sender/route.ts";
import { NO_NOTES } from "../sender/server_notes.ts";
import type { Outcome } from "./outcome.ts";
import type { Keeper } from "./recorder.ts";

/**
 * Keeps a report on disk before anything else happens to it, then delivers the queue until `until` (of
 * `host.elapsed()`). For a process that records one report.
 */
export function diskKeeper(host: Host, consent: Consent, route: Route, until: number | "only queue"): Keeper {
  const sends = until !== "only queue" && route.obstacle === undefined;
  return {
    async keep(queued) {
      const file = queue(host, route, queued);
      if (file === "withdrawn") return "disabled";
      if (file === "unkept") {
        // Nothing can be kept: telemetry is off, unless the environment says on. Then there is one attempt.
        if (!consent.byEnvironment || !consent.told) return "disabled";
        return sends ? await sendUnkept(host, route, queued, until) : "dropped";
      }
      if (route.obstacle?.kind === "untold") return "held";
      if (!sends || route.home === undefined) return "queued";
      const own = { file, queued };
      const { delivered, rejected } = await flushQueue(host, route.home, route, { until, backOff: true, own });
      const { messageId } = queued.report;
      return delivered.has(messageId) ? "delivered" : rejected.has(messageId) ? "rejected" : "queued";
    },
  };
}

/** Queues a report, and takes it back where telemetry was switched off meanwhile. */
function queue(host: Host, { home, mayKeep }: Route, queued: QueuedReport): QueuedFile | "unkept" | "withdrawn" {
  if (home === undefined) return "unkept";
  const stored = orElse(() => enqueue(host, home, [queued], { mayKeep }), undefined);
  return stored?.withdrawn ? "withdrawn" : stored?.files[0] ?? "unkept";
}

/** Makes one attempt for a report that can't be kept. */
async function sendUnkept(host: Host, route: Route, queued: QueuedReport, until: number): Promise<Outcome> {
  const leftMs = until - host.elapsed();
  const permit = route.permit();
  const outgoing = permit === undefined ? "withdrawn" : admit(queued, permit);
  if (leftMs <= 0 || typeof outgoing === "string") return "dropped";
  const attempted = await attempt(host, { ...route, home: undefined }, [outgoing], { leftMs, notes: NO_NOTES });
  return attempted === "delivered" || attempted === "rejected" ? attempted : "dropped";
}
