import { type Consent, isByEnvironment } from "../consent/consent.ts";
import { fateNow } from "../consent/outlook.ts";
import type { Host } from "../host/host.ts";
import type { QueuedReport } from "../sender/disk_queue/content.ts";
import { keepReports } from "../sender/keep_reports.ts";
import type { Route } from "../sender/route.ts";
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
        if (!sends) return plain("dropped");
        const { sendUnkept } = await import("./deliver.ts");
        return plain(await sendUnkept(host, route, queued, until));
      }
      const held = heldNow(route, queued);
      if (held !== undefined) return held;
      if (!sends || route.home === undefined) return plain("queued");
      const own = { file, queued };
      // What is only queued needs none of the code that sends.
      const { flushQueue } = await import("./deliver.ts");
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
