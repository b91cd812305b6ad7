import type { ProxyRefusal } from "../host/host.ts";

/** What became of a request. */
export type Answer =
  | {
    readonly kind: "answered";
    readonly status: number;
    /** The answer's `success`; undefined where the answer wasn't the server's (a captive portal, a filter). */
    readonly accepted: boolean | undefined;
    /** How long the server asked to wait, in milliseconds; undefined where it didn't. */
    readonly retryAfterMs: number | undefined;
  }
  | {
    readonly kind: "unanswered";
    /** `forbidden`: the request was not made, because nothing may leave any more. */
    readonly reason: "network" | "timeout" | "forbidden";
    /** Whether the body may have left this machine. False only where it is certain that none of it has. */
    readonly bodySent: boolean;
    /** How a proxy refused to connect, where one did. */
    readonly proxy?: ProxyRefusal;
  };

/**
 * What to do with the reports of a request: they are done (delivered, rejected), or go again, all or half at a time.
 * `"aside"`: something between here and the server refused this one report, and others may pass.
 */
export type Verdict = "delivered" | "rejected" | "retry" | "halve" | "aside";

/** Waits after a failure begin with this one and double with each failure in a row, in milliseconds. */
const FIRST_BACK_OFF_MS = 1_000;
/** Longest back-off, in milliseconds. */
const MAX_BACK_OFF_MS = 300_000;
/** Longest wait that a server may ask for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 300_000;
/** Longest wait that this program ever stores, in milliseconds, for whatever reason. */
export const LONGEST_WAIT_MS: number = Math.max(MAX_BACK_OFF_MS, MAX_RETRY_AFTER_MS);

/** Statuses from 400 to 499 that pass by themselves, or once somebody repairs a key or a proxy. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([401, 403, 407, 408, 425, 429, 460]);
/** Statuses from 500 on that trying again doesn't change. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([501, 505]);

/**
 * The verdict on a request of so many reports. The table is in docs/contributing/architecture.md,
 * "Verdicts". One report alone can't be halved: what is too large for the server is rejected. Of a batch that the
 * server finds bad, one report may be the reason.
 */
export function classify(answer: Answer, reports: number): Verdict {
  if (answer.kind === "unanswered") return "retry";
  const { status, accepted } = answer;
  if (status === 200) return accepted === undefined ? "retry" : accepted ? "delivered" : "rejected";
  if (status === 413) return reports > 1 ? "halve" : "rejected";
  if (status === 400 && reports > 1) return "halve";
  if (status >= 400 && status < 500 && !PASSING_STATUSES.has(status)) {
    if (accepted !== undefined) return "rejected";
    return reports > 1 ? "retry" : "aside";
  }
  if (FINAL_STATUSES.has(status)) return "rejected";
  return "retry";
}

/**
 * How long everybody waits after so many failures in a row (1 is the first), in milliseconds. Half of the span is
 * certain; `random`, from 0 to 1, spreads a crowd over the other half. It is never shorter than what the server asked
 * for. Why: docs/contributing/decisions/04-back-off-half-certain.md.
 */
export function backOff(failures: number, random: number, retryAfterMs: number | undefined): number {
  const span = Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures - 1, 30));
  return Math.max(retryAfterMs ?? 0, Math.round(span * (1 + random) / 2));
}

/**
 * The header Retry-After (seconds or a date) in milliseconds from now, at most `MAX_RETRY_AFTER_MS`. Undefined where it
 * is missing or makes no sense.
 */
export function parseRetryAfter(value: string | null, now: Date): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d{1,15}\s*$/.test(value)) return withinCap(Number(value) * 1000);
  // Date.parse takes nearly anything for a date.
  const date = /^\s*[A-Z][a-z]{2,8},? .*GMT\s*$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : withinCap(date - now.getTime());
}

function withinCap(milliseconds: number): number {
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, milliseconds));
}
