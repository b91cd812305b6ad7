import { join } from "@std/path";
import { FileFault, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";

/** What one delivery leaves for the next, and for `status`. */
export interface DeliveryState {
  /** Nobody tries before this moment, in milliseconds since 1970: our own back-off. */
  readonly notBefore: number;
  /** The same, where the server asked for it. */
  readonly serverNotBefore: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly last: LastDelivery | null;
}

/** The last request, as `status` shows it. */
export interface LastDelivery {
  readonly at: string;
  readonly outcome: "delivered" | "rejected" | "failed";
  readonly reports: number;
  /** What the server answered; null where it didn't. */
  readonly status: number | null;
}

const FIRST: DeliveryState = { notBefore: 0, serverNotBefore: 0, failures: 0, last: null };
const MAX_STATE_BYTES = 4 * 1024;

/** What the last delivery left; a file that isn't there or can't be understood is as none. */
export function readDeliveryState(host: Host, home: Home): DeliveryState {
  try {
    const state: unknown = JSON.parse(new TextDecoder().decode(host.files.read(statePath(home), MAX_STATE_BYTES)));
    return isState(state) ? state : FIRST;
  } catch (error) {
    if (error instanceof FileFault || error instanceof SyntaxError) return FIRST;
    throw error;
  }
}

/** Keeps the state. Where it can't be kept, the next delivery starts without it. For the holder of the delivery lock. */
export function writeDeliveryState(host: Host, home: Home, state: DeliveryState): void {
  const temporary = join(home.telemetryDirectory, `delivery.${host.uuid()}.tmp`);
  try {
    host.files.create(temporary, new TextEncoder().encode(JSON.stringify(state)));
    host.files.rename(temporary, statePath(home));
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

function statePath(home: Home): string {
  return join(home.telemetryDirectory, "delivery.json");
}

function isState(value: unknown): value is DeliveryState {
  return typeof value === "object" && value !== null && "notBefore" in value && Number.isFinite(value.notBefore) &&
    "serverNotBefore" in value && Number.isFinite(value.serverNotBefore) && "failures" in value &&
    Number.isSafeInteger(value.failures) && "last" in value && (value.last === null || isLast(value.last));
}

function isLast(value: unknown): boolean {
  return typeof value === "object" && value !== null && "at" in value && typeof value.at === "string" &&
    "outcome" in value && typeof value.outcome === "string" &&
    ["delivered", "rejected", "failed"].includes(value.outcome) &&
    "reports" in value && Number.isSafeInteger(value.reports) && "status" in value &&
    (value.status === null || Number.isSafeInteger(value.status));
}
