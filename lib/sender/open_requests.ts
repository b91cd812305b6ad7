import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { removeQuietly } from "../host/replace_file.ts";
import type { WrittenReport } from "../report/written_report.ts";

/**
 * Notes of requests that have no answer. What a request has handed to the system may arrive after its time is up, and
 * after its process has died: a server reads late, a network comes back. So each leaves a file from before it is handed
 * over until it has ended for certain, by which `disable` can tell which may still arrive.
 */

/** When the request began, in milliseconds since 1970, and how many reports it carries; then its first messageId. */
const NAME = /^request-(\d{15})-(\d{1,6})\.[0-9a-f-]{36}\.tmp$/;
/** How long a request may still arrive, in milliseconds: longer than systems go on with a connection nobody holds. */
const LINGERS_MS = 60 * 60 * 1000;

/** A request without an answer. */
export interface OpenRequest {
  readonly begunAt: Date;
  /** How many reports it carries. */
  readonly reports: number;
}

/**
 * Notes that a request is handed over. Returns what takes the note away. A full disk costs the note, not the request.
 */
export function noteRequest(host: Host, home: Home, reports: readonly WrittenReport[]): () => void {
  const moment = String(host.now().getTime()).padStart(15, "0");
  const name = `${home.requestFile}-${moment}-${reports.length}.${reports[0]?.messageId}.tmp`;
  orElse(() => host.files.create(name, new Uint8Array(), undefined, false), undefined);
  return () => removeQuietly(host, name);
}

/** The requests that may still arrive, oldest first. None where the folder can't be listed. */
export function listOpenRequests(host: Host, home: Home): OpenRequest[] {
  const now = host.now().getTime();
  return orElse(() => host.files.list(home.telemetryDirectory), [])
    .flatMap(({ name }) => {
      const [, begunAt, reports] = NAME.exec(name) ?? [];
      return begunAt === undefined ? [] : [{ begunAt: new Date(Number(begunAt)), reports: Number(reports) }];
    })
    .filter(({ begunAt }) => Math.abs(now - begunAt.getTime()) <= LINGERS_MS)
    .sort((left, right) => left.begunAt.getTime() - right.begunAt.getTime());
}
