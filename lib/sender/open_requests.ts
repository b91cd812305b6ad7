import { join } from "@std/path";
import type { Home } from "../home.ts";
import { FileFault, type FileLock, type Host, isFull } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { removeQuietly } from "../host/replace_file.ts";
import type { WrittenReport } from "../report/written_report.ts";

/**
 * Notes of requests that have no answer. What a request has handed to the system may arrive after its time is up, and
 * after its process has died: a server reads late, a network comes back. So each leaves a file from before it is handed
 * over until it has ended for certain, by which `disable` can tell which may still arrive. Its process holds a lock on
 * the file, which the system drops when the process ends, however it ends.
 */

/**
 * When the request began, in milliseconds since 1970, and how many reports it carries; then the messageId of the first,
 * and whether its process has written what it knows of it into the log. Where there are more reports, the file has the
 * messageId of each, a line for each.
 */
const NAME = /^request-(\d{15})-(\d{1,6})\.([0-9a-f-]{36})(\.logged)?\.tmp$/;
/** The most that is read of a note, in bytes: room for the messageIds of a whole batch. */
const MAX_NOTE_BYTES = 64 * 1024;
/** How long a request may still arrive, in milliseconds: longer than systems go on with a connection nobody holds. */
const LINGERS_MS = 60 * 60 * 1000;

/** A request without an answer. */
export interface OpenRequest {
  readonly begunAt: Date;
  /** How many reports it carries. */
  readonly reports: number;
  /** The messageId of the first of them. */
  readonly messageId: string;
  /** Whether its process has written into the log that no answer came, so that the log need not have it still. */
  readonly isLogged: boolean;
  /** The path of its note. */
  readonly path: string;
}

/** The note of a request, for its process. */
export interface RequestNote {
  /** Nothing of the request can follow any more. */
  forget(): void;
  /** The process is done with the request, which may still arrive, and has logged it. */
  leave(): void;
}

/** Notes that a request is handed over. Undefined where that isn't possible, though the disk isn't full. */
export function noteRequest(host: Host, home: Home, reports: readonly WrittenReport[]): RequestNote | undefined {
  const moment = String(host.now().getTime()).padStart(15, "0");
  const path = `${home.requestFile}-${moment}-${reports.length}.${reports[0]?.messageId}.tmp`;
  let lock: FileLock | undefined;
  try {
    lock = host.files.lock(path);
    const ids = reports.map(({ messageId }) => messageId).join("\n");
    if (reports.length > 1) host.files.append(path, new TextEncoder().encode(`${ids}\n`));
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    if (lock === undefined && !isFull(error)) return undefined;
  }
  const leave = () => {
    // By its first name it would be one whose process died before it could log anything.
    orElse(() => host.files.rename(path, path.replace(/tmp$/, "logged.tmp")), undefined);
    lock?.release();
  };
  const forget = () => {
    removeQuietly(host, path);
    lock?.release();
  };
  return { forget, leave };
}

/** Every request whose note is left, oldest first. None where the folder can't be listed. */
export function listRequests(host: Host, home: Home): OpenRequest[] {
  return orElse(() => host.files.list(home.telemetryDirectory), [])
    .flatMap(({ name }) => {
      const [, begunAt, reports, messageId = "", logged] = NAME.exec(name) ?? [];
      if (begunAt === undefined) return [];
      const path = join(home.telemetryDirectory, name);
      const isLogged = logged !== undefined;
      return [{ begunAt: new Date(Number(begunAt)), reports: Number(reports), messageId, isLogged, path }];
    })
    .sort((left, right) => left.begunAt.getTime() - right.begunAt.getTime());
}

/** The requests that may still arrive, oldest first. None where the folder can't be listed. */
export function listOpenRequests(host: Host, home: Home): OpenRequest[] {
  return listRequests(host, home).filter((request) => !isOld(host, request));
}

/** The requests that nobody waits for any more, oldest first. */
export function listOldRequests(host: Host, home: Home): OpenRequest[] {
  return listRequests(host, home).filter((request) => isOld(host, request));
}

/** The messageIds of what a request carries; the first one alone where the note has no more. */
export function readMessageIds(host: Host, { messageId, path }: OpenRequest): readonly string[] {
  const text = new TextDecoder().decode(orElse(() => host.files.readOwn(path, MAX_NOTE_BYTES), new Uint8Array()));
  const ids = text.split("\n").slice(0, -1);
  return ids.length === 0 ? [messageId] : ids;
}

/** Whether a process is still at work on the request. True where that can't be told. */
export function isUnderWay(host: Host, { path }: OpenRequest): boolean {
  return orElse(() => {
    const lock = host.files.lock(path, "exclusive", false);
    lock?.release();
    return lock === undefined;
  }, true);
}

function isOld(host: Host, { begunAt }: OpenRequest): boolean {
  return Math.abs(host.now().getTime() - begunAt.getTime()) > LINGERS_MS;
}
