import { dirname } from "@std/path";
import type { Host } from "../host/host.ts";
import { orElse, orIfMissing } from "../host/or_else.ts";
import { isObject } from "../json_object.ts";
import { sha256 } from "../sha256.ts";

/** Largest `/etc/machine-id` or `/etc/hostname` that is read, in bytes. They have 33, and at most 65. */
const MAX_BYTES = 4096;

/** The file that tells machines apart. */
export const MACHINE_ID_FILE = "/etc/machine-id";

/** The file that tells containers apart: engines make one for each and mount it. */
export const HOSTNAME_FILE = "/etc/hostname";

/**
 * Where something was written, as it is stored beside it. Reasons for each part:
 * docs/contributing/decisions/28-the-place-of-what-is-kept.md
 */
export type Place =
  | {
    readonly kind: "machine";
    /** A hash of `/etc/machine-id`; null where there is none to compare. */
    readonly hash: string | null;
  }
  | {
    readonly kind: "container";
    /** A hash of `/etc/hostname` and of the file's identity; null where that can't be told. */
    readonly hash: string | null;
    /** Whether the home is on the container's own file system, not on a volume; null where that can't be told. */
    readonly own: boolean | null;
  };

/** The place of this process. Opens two files at most, and never throws. */
export async function readPlace(host: Host, homeDirectory: string, inContainer: boolean): Promise<Place> {
  const root = deviceOf(host, "/");
  const home = deviceOfFolder(host, homeDirectory);
  const own = root === undefined || home === undefined ? null : root === home;
  if (inContainer) return { kind: "container", hash: await hashOfHostname(host, root), own };
  // A home from another device may come from another machine each time: it is compared with nothing.
  const comparable = own === true && host.system.name === "Linux";
  return { kind: "machine", hash: comparable ? await hashOfMachineId(host) : null };
}

/** Whether what was written at one place counts at another, or at the same one later. */
export function isSamePlace(written: Place, now: Place): boolean {
  if (written.kind === "machine") {
    return now.kind === "machine" && (written.hash === null || now.hash === null || written.hash === now.hash);
  }
  if (now.kind === "machine" || written.own === null || now.own === null) return false;
  // Engines fill a new volume with what the image has at its path, so the home's place alone doesn't make it the same.
  return written.own ? written.hash !== null && written.hash === now.hash : !now.own;
}

/** The place that a parsed JSON value describes, or undefined where it describes none. */
export function parsePlace(value: unknown): Place | undefined {
  if (!isObject(value)) return undefined;
  const { kind, hash, own } = value;
  if (hash !== null && !(typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash))) return undefined;
  if (kind === "machine") return { kind, hash };
  if (kind === "container" && (own === null || typeof own === "boolean")) return { kind, hash, own };
  return undefined;
}

/**
 * A text for a file's name. Two places with the same text are the same place; two that are the same may have different
 * texts. The exception is `nowhere`, a place that isn't even the same as itself: no file may be named after it.
 */
export function placeKey(place: Place): string {
  if (!isSamePlace(place, place)) return "nowhere";
  if (place.kind === "machine") return place.hash === null ? "machine" : `machine-${place.hash}`;
  return place.own ? `container-${place.hash}` : "volume";
}

/** Whether it is a container whose home is on its own file system, so that both end together; or may be. */
export function hasOwnFileSystem(place: Place): boolean {
  return place.kind === "container" && place.own !== false;
}

function deviceOf(host: Host, path: string): number | undefined {
  return orElse(() => host.files.stat(path, true).device, undefined);
}

/**
 * The device of a folder, or of the deepest folder above it that exists. Files aren't asked: an overlay gives those of
 * its lower layers other devices than it has itself.
 */
function deviceOfFolder(host: Host, path: string): number | undefined {
  const found = orElse(() => orIfMissing(() => host.files.stat(path, true), undefined), "unknown");
  if (found === "unknown") return undefined;
  if (found !== undefined) return found.kind === "directory" ? found.device : undefined;
  return dirname(path) === path ? undefined : deviceOfFolder(host, dirname(path));
}

async function hashOfMachineId(host: Host): Promise<string | null> {
  const content = orElse(() => trim(host.files.read(MACHINE_ID_FILE, MAX_BYTES, true)), new Uint8Array());
  // Images are shipped without an id, so that each machine makes its own. Source: systemd's machine-id(5).
  if (content.length === 0 || new TextDecoder().decode(content) === "uninitialized") return null;
  return await hashOf("rasa-telemetry machine\n", content);
}

/**
 * The file's device and inode tell two containers of the same name apart. Its times count only where it lies on the
 * container's own file system. There it came with the image or was written when a machine started, and nothing else
 * tells copies that were unpacked from one image apart. Elsewhere the engine mounted it, and some engines write it anew
 * whenever the container starts.
 */
async function hashOfHostname(host: Host, root: number | undefined): Promise<string | null> {
  const found = orElse(() => {
    const stat = host.files.stat(HOSTNAME_FILE, true);
    return { stat, content: host.files.read(HOSTNAME_FILE, MAX_BYTES, true) };
  }, undefined);
  if (found === undefined || root === undefined) return null;
  const { device, inode, changed, modified } = found.stat;
  if (device === undefined || inode === undefined) return null;
  const times = device === root ? [inUnits(changed, 1000), inUnits(modified, 1)] : ["-", "-"];
  // The exact value of a double has one spelling in every language.
  return await hashOf(`rasa-telemetry container\n${[BigInt(inode), device, ...times].join(" ")}\n`, found.content);
}

/** A moment in whole units of so many milliseconds since 1970. */
function inUnits(moment: Date | undefined, milliseconds: number): string {
  return moment === undefined ? "-" : String(Math.floor(moment.getTime() / milliseconds));
}

/** A hash that only this program makes: the content may be an id that others use. */
async function hashOf(purpose: string, content: Uint8Array): Promise<string> {
  return await sha256(new Uint8Array([...new TextEncoder().encode(purpose), ...content]));
}

/** Without the ASCII white space at both ends. */
function trim(bytes: Uint8Array): Uint8Array {
  const isInk = (byte: number) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d);
  return bytes.subarray(bytes.findIndex(isInk), bytes.findLastIndex(isInk) + 1);
}
