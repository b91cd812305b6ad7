import { join } from "@std/path";
import { FileFault, type Host } from "../host/host.ts";
import { replaceFile } from "../host/replace_file.ts";
import type { Home } from "../home.ts";
import { isObject } from "../json_object.ts";

/** What one delivery leaves for the next, and for `status`. */
export interface DeliveryState {
  /** Nobody tries before this moment, in milliseconds since 1970: our own back-off. */
  readonly notBefore: number;
  /** The same, where the server asked for it. */
  readonly serverNotBefore: number;
  /** Failures in a row. */
  readonly failures: number;
  /** The same for callers in a hurry, whose own short deadline ended a request: that says nothing to those with time. */
  readonly hurried: { readonly notBefore: number; readonly failures: number };
  /** Names of files in the queue that the server has answered for, but that can't be removed: they don't go again. */
  readonly stuck: readonly string[];
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

/** The state of a machine on which nothing was ever delivered. */
export const FIRST_STATE: DeliveryState = {
  notBefore: 0,
  serverNotBefore: 0,
  failures: 0,
  hurried: { notBefore: 0, failures: 0 },
  stuck: [],
  last: null,
};
/** Room for the names of a whole queue. */
const MAX_STATE_BYTES = 256 * 1024;

/** What the last delivery left; a file that isn't there or can't be understood is as none. */
export function readDeliveryState(host: Host, home: Home): DeliveryState {
  try {
    return parseState(JSON.parse(new TextDecoder().decode(host.files.read(statePath(home), MAX_STATE_BYTES))));
  } catch (error) {
    if (error instanceof FileFault || error instanceof SyntaxError) return FIRST_STATE;
    throw error;
  }
}

/** Keeps the state. Where it can't be kept, the next delivery starts without it. For the holder of the delivery lock. */
export function writeDeliveryState(host: Host, home: Home, state: DeliveryState): void {
  try {
    replaceFile(host, statePath(home), JSON.stringify(state));
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

function statePath(home: Home): string {
  return join(home.telemetryDirectory, "delivery.json");
}

/** The state with nothing in it but what this program keeps there: anybody may have written the file. */
function parseState(value: unknown): DeliveryState {
  if (!isObject(value)) return FIRST_STATE;
  const { notBefore, serverNotBefore, failures, hurried, stuck, last } = value;
  const own = isObject(hurried) ? hurried : FIRST_STATE.hurried;
  const numbers = [notBefore, serverNotBefore, failures, own["notBefore"], own["failures"]];
  if (!numbers.every((number) => Number.isSafeInteger(number))) return FIRST_STATE;
  return {
    notBefore: Number(notBefore),
    serverNotBefore: Number(serverNotBefore),
    failures: Number(failures),
    hurried: { notBefore: Number(own["notBefore"]), failures: Number(own["failures"]) },
    stuck: Array.isArray(stuck) ? stuck.filter((name) => typeof name === "string") : [],
    last: parseLast(last),
  };
}

function parseLast(value: unknown): LastDelivery | null {
  if (!isObject(value)) return null;
  const { at, outcome, reports, status } = value;
  const known = (["delivered", "rejected", "failed"] as const).find((name) => name === outcome);
  const moment = new Date(typeof at === "string" ? at : NaN);
  if (known === undefined || Number.isNaN(moment.getTime()) || !Number.isSafeInteger(reports)) return null;
  return {
    at: moment.toISOString(),
    outcome: known,
    reports: Number(reports),
    status: Number.isSafeInteger(status) ? Number(status) : null,
  };
}
