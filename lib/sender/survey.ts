import type { Consent } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { type DeliveryLocks, tryDeliveryLocks } from "./delivery_locks.ts";
import type { QueuedReport } from "./disk_queue/content.ts";
import { listQueue, type QueuedFile } from "./disk_queue/files.ts";
import { countPassedBy, type NoReport, type PassedBy } from "./disk_queue/passed_by.ts";
import { FIRST_STATE, readServerState, type ServerState } from "./server_state.ts";
import { countHeldBy, countHopeless, type HeldBy } from "./held.ts";

/** Why what waits doesn't leave right now, found out with one look at each file. */
export interface QueueSurvey {
  readonly heldBy: HeldBy;
  /** How many never leave. */
  readonly hopeless: number;
  readonly passedBy: PassedBy;
}

/** The same, with what the locks say of deliveries, and what is known of the server. */
export interface Survey extends QueueSurvey {
  /** Undefined where no home folder is known. */
  readonly locks: DeliveryLocks | undefined;
  readonly server: ServerState;
}

/** Looks at everything that waits. Changes nothing. */
export async function surveyQueue(host: Host, consent: Consent): Promise<QueueSurvey> {
  const { home } = consent;
  const files = home === undefined ? [] : orElse(() => listQueue(host, home), []);
  const found = files.length === 0 ? [] : await peekAll(host, files);
  return {
    heldBy: countHeldBy(found, consent),
    hopeless: countHopeless(found, consent),
    passedBy: countPassedBy(found),
  };
}

/** Looks at everything that waits and at what is known of the server, and tries the locks of a delivery. */
export async function survey(host: Host, consent: Consent): Promise<Survey> {
  const { home } = consent;
  return {
    ...await surveyQueue(host, consent),
    locks: home && tryDeliveryLocks(host, home),
    server: home === undefined ? FIRST_STATE : readServerState(host, home),
  };
}

/** What is in the files. What tells a report from what isn't one is the whole catalogue, and mostly nothing waits. */
async function peekAll(host: Host, files: readonly QueuedFile[]): Promise<(QueuedReport | NoReport)[]> {
  const { peekQueued } = await import("./disk_queue/content.ts");
  return files.map((file) => peekQueued(host, file));
}
