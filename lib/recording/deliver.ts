import type { Host } from "../host/host.ts";
import { admit, attempt } from "../sender/attempt.ts";
import type { QueuedReport } from "../sender/disk_queue/content.ts";
import type { Route } from "../sender/route.ts";
import { NO_NOTES } from "../sender/server_notes.ts";
import type { Outcome } from "./outcome.ts";

export { flushQueue } from "../sender/flush_queue.ts";

/** Makes one attempt for a report that can't be kept. */
export async function sendUnkept(host: Host, route: Route, queued: QueuedReport, until: number): Promise<Outcome> {
  const leftMs = until - host.elapsed();
  const permit = route.permit();
  const outgoing = permit.kind === "on" ? admit(queued, permit, route) : undefined;
  if (leftMs <= 0 || typeof outgoing !== "object") return "dropped";
  const attempted = await attempt(host, route, [outgoing], { leftMs, notes: NO_NOTES });
  return attempted === "delivered" || attempted === "rejected" ? attempted : "dropped";
}
