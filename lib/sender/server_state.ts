import { join } from "@std/path";
import { FileFault, type Host } from "../host/host.ts";
import { replaceFile } from "../host/replace_file.ts";
import type { Home } from "../home.ts";
import { isObject } from "../json_object.ts";
import { type Answer, backOff, type Verdict } from "./verdicts.ts";

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
/** A wait that is stored may be longer than any this program stores: then the clock was set back, and it means nothing. */
const MAX_WAIT_MS = 300_000;
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
    // What a power cut may cost: a request too early, or one more for what was answered but can't be removed.
    replaceFile(host, statePath(home), JSON.stringify(state), { sync: "nothing" });
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

/** Whether it is too early for another request. `patient`: our own back-off counts; `hurried`: that of hurried callers too. */
export function isEarly(state: DeliveryState, now: Date, patient: boolean, hurried: boolean): boolean {
  const moments = [state.serverNotBefore];
  if (patient) moments.push(state.notBefore, hurried ? state.hurried.notBefore : 0);
  return moments.some((moment) => moment > now.getTime() && moment - now.getTime() <= MAX_WAIT_MS);
}

/** Begins what a delivery's first request would wait for, where there is going to be one soon: over HTTPS, and not too early. */
export function prepareDelivery(host: Host, endpoint: string, home: Home | undefined, patient = true): void {
  if (!endpoint.startsWith("https:")) return;
  const state = home === undefined ? FIRST_STATE : readDeliveryState(host, home);
  if (!isEarly(state, host.now(), patient, false)) host.prepareRequests();
}

/** The state after a request that carried so many reports. `random` is from 0 to 1. */
export function nextState(
  state: DeliveryState,
  now: Date,
  random: number,
  answer: Answer,
  verdict: Verdict,
  reports: number,
): DeliveryState {
  const status = answer.kind === "answered" ? answer.status : null;
  const at = now.toISOString();
  if (verdict !== "retry") {
    const outcome = verdict === "delivered" ? "delivered" : "rejected";
    return { ...FIRST_STATE, stuck: state.stuck, last: { at, outcome, reports, status } };
  }
  const asked = answer.kind === "answered" ? answer.retryAfterMs : undefined;
  return {
    ...state,
    ...nextWait(state.failures, now, random, asked),
    serverNotBefore: asked === undefined ? 0 : now.getTime() + asked,
    last: { at, outcome: "failed", reports, status },
  };
}

/** The state after a request that the caller's own short deadline ended. */
export function nextHurriedState(state: DeliveryState, now: Date, random: number): DeliveryState {
  return { ...state, hurried: nextWait(state.hurried.failures, now, random, undefined) };
}

/** One more failure, and until when it keeps others from trying. */
function nextWait(
  before: number,
  now: Date,
  random: number,
  asked: number | undefined,
): { notBefore: number; failures: number } {
  const failures = before + 1;
  return { notBefore: now.getTime() + backOff(failures, random, asked), failures };
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
