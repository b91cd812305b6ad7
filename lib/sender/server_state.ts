import { FileFault, type Host, PROXY_REFUSALS, type ProxyRefusal } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { replaceFile } from "../host/replace_file.ts";
import type { Home } from "../home.ts";
import { isObject } from "../json_object.ts";
import { parseRefusals, type Refusals } from "./refused.ts";
import { type Answer, backOff, LONGEST_WAIT_MS, type Verdict } from "./verdicts.ts";

/**
 * What is known of the server: when it may be asked again, and how the last request went. Kept for the next delivery.
 */
export interface ServerState {
  /** Nobody asks before this moment, in milliseconds since 1970: this program's own back-off. */
  readonly notBefore: number;
  /** Nobody asks before this moment, in milliseconds since 1970: the server asked to wait. */
  readonly serverNotBefore: number;
  /** Failures in a row. */
  readonly failures: number;
  /**
   * The back-off of callers whose own deadline ended a request before the server's time was up. That says nothing to
   * callers with enough time: only callers with a short deadline keep to it.
   */
  readonly hurried: { readonly notBefore: number; readonly failures: number };
  /** Names of files in the queue that the server has answered for, but that can't be removed: they don't go again. */
  readonly stuck: readonly string[];
  /** Reports that something in the server's place refuses, while others pass. */
  readonly refused: Refusals;
  readonly last: LastDelivery | null;
}

/** The last request, as `status` shows it. */
export interface LastDelivery {
  readonly at: string;
  readonly outcome: "delivered" | "rejected" | "failed";
  readonly reports: number;
  /** What the server answered; null where it didn't. */
  readonly status: number | null;
  /** How a proxy refused to connect to it, where one did. */
  readonly proxy?: ProxyRefusal;
}

/** The state of a machine on which nothing was ever delivered. */
export const FIRST_STATE: ServerState = {
  notBefore: 0,
  serverNotBefore: 0,
  failures: 0,
  hurried: { notBefore: 0, failures: 0 },
  stuck: [],
  refused: {},
  last: null,
};
/** Room for the names of a whole queue. */
const MAX_STATE_BYTES = 256 * 1024;

/** What is known of the server; nothing where the file is missing or can't be understood. */
export function readServerState(host: Host, home: Home): ServerState {
  try {
    return parseState(JSON.parse(new TextDecoder().decode(host.files.read(home.serverStateFile, MAX_STATE_BYTES))));
  } catch (error) {
    if (error instanceof FileFault || error instanceof SyntaxError) return FIRST_STATE;
    throw error;
  }
}

/** Keeps the state, as the holder of the delivery lock. Where it can't be kept, the next delivery starts without it. */
export function writeServerState(host: Host, home: Home, state: ServerState): void {
  // Not synced: after a power cut a request may come too early, or repeat reports whose files can't be removed.
  orElse(() => replaceFile(host, home.serverStateFile, JSON.stringify(state), { sync: "nothing" }), false);
}

/** Which waits a caller keeps to besides those that the server asked for. */
export interface Waits {
  /** Whether this program's own back-off counts. */
  readonly backOff: boolean;
  /** Whether the caller's deadline is so short that the back-off of such callers counts too. */
  readonly shortDeadline: boolean;
}

/** Whether it is too early for another request. */
export function isEarly(state: ServerState, now: Date, waits: Waits): boolean {
  return nextRequest(state, now, waits) !== undefined;
}

/** When the next request may be made, in milliseconds since 1970; undefined where it may be made now. */
export function nextRequest(state: ServerState, now: Date, { backOff, shortDeadline }: Waits): number | undefined {
  const moments = [state.serverNotBefore];
  if (backOff) moments.push(state.notBefore, shortDeadline ? state.hurried.notBefore : 0);
  // A longer wait than any this program stores means that the clock was set back: then the moment says nothing.
  const ahead = moments.filter((moment) => moment > now.getTime() && moment - now.getTime() <= LONGEST_WAIT_MS);
  return ahead.length === 0 ? undefined : Math.max(...ahead);
}

/** A request that was made, and what came of it. */
export interface MadeRequest {
  readonly answer: Answer;
  readonly verdict: Verdict;
  /** How many reports it carried. */
  readonly reports: number;
  /** When it began, by `host.elapsed()`. */
  readonly begunAt: number;
}

/** The state after a request. `random` is from 0 to 1. */
export function nextState(state: ServerState, now: Date, random: number, request: MadeRequest): ServerState {
  const { answer, verdict, reports } = request;
  const status = answer.kind === "answered" ? answer.status : null;
  const at = now.toISOString();
  if (verdict === "delivered" || verdict === "rejected") {
    const { stuck, refused } = state;
    return { ...FIRST_STATE, stuck, refused, last: { at, outcome: verdict, reports, status } };
  }
  const asked = answer.kind === "answered" ? answer.retryAfterMs : undefined;
  return {
    ...state,
    ...nextWait(state.failures, now, random, asked),
    serverNotBefore: asked === undefined ? 0 : now.getTime() + asked,
    last: { at, outcome: "failed", reports, status, ...proxyIn(answer.kind === "answered" ? undefined : answer.proxy) },
  };
}

/**
 * The state after another request has failed that began before the last failure was known: the same failure, of which
 * the longest wait holds.
 */
export function stateAfterSameFailure(
  state: ServerState,
  now: Date,
  random: number,
  request: MadeRequest,
): ServerState {
  const next = nextState({ ...state, failures: Math.max(state.failures - 1, 0) }, now, random, request);
  return {
    ...next,
    notBefore: Math.max(state.notBefore, next.notBefore),
    serverNotBefore: Math.max(state.serverNotBefore, next.serverNotBefore),
  };
}

/** The state after a request that the caller's own short deadline ended. `random` is from 0 to 1. */
export function stateAfterShortDeadline(state: ServerState, now: Date, random: number): ServerState {
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

/** The state with nothing in it but what this program keeps there: anybody may have written the file. */
function parseState(value: unknown): ServerState {
  if (!isObject(value)) return FIRST_STATE;
  const { notBefore, serverNotBefore, failures, hurried, stuck, refused, last } = value;
  const own = isObject(hurried) ? hurried : FIRST_STATE.hurried;
  const numbers = [notBefore, serverNotBefore, failures, own["notBefore"], own["failures"]];
  if (!numbers.every((number) => Number.isSafeInteger(number))) return FIRST_STATE;
  return {
    notBefore: Number(notBefore),
    serverNotBefore: Number(serverNotBefore),
    failures: Number(failures),
    hurried: { notBefore: Number(own["notBefore"]), failures: Number(own["failures"]) },
    stuck: Array.isArray(stuck) ? stuck.filter((name) => typeof name === "string") : [],
    refused: parseRefusals(refused),
    last: parseLast(last),
  };
}

function parseLast(value: unknown): LastDelivery | null {
  if (!isObject(value)) return null;
  const { at, outcome, reports, status, proxy } = value;
  const known = (["delivered", "rejected", "failed"] as const).find((name) => name === outcome);
  const moment = new Date(typeof at === "string" ? at : NaN);
  if (known === undefined || Number.isNaN(moment.getTime()) || !Number.isSafeInteger(reports)) return null;
  return {
    at: moment.toISOString(),
    outcome: known,
    reports: Number(reports),
    status: Number.isSafeInteger(status) ? Number(status) : null,
    ...proxyIn(PROXY_REFUSALS.find((refusal) => refusal === proxy)),
  };
}

function proxyIn(proxy: ProxyRefusal | undefined): Pick<LastDelivery, "proxy"> {
  return proxy === undefined ? {} : { proxy };
}
