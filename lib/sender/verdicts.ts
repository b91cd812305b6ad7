/** What became of a request: what the server said, or why it said nothing. `forbidden`: it was not made. */
export type Answer =
  | {
    readonly kind: "answered";
    readonly status: number;
    readonly accepted: boolean | undefined;
    readonly retryAfterMs: number | undefined;
  }
  | { readonly kind: "unanswered"; readonly reason: "network" | "timeout" | "forbidden" };

/** What to do with the reports that a request carried. */
export type Verdict = "delivered" | "retry" | "halve" | "rejected";

/** Longest wait that a server may ask for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 300_000;
/** Waits grow from here, doubling with each failure in a row, in milliseconds. */
const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 300_000;

/** Statuses under 500 that pass by themselves, or once somebody repairs a key or a proxy. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([401, 403, 407, 408, 425, 429, 460]);
/** Statuses over 499 that trying again doesn't change. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([501, 505]);

/** The verdict on a request. `accepted` is the answer's `success`, undefined where the answer wasn't the server's (a captive portal). */
export function classify(answer: Answer): Verdict {
  if (answer.kind === "unanswered") return "retry";
  const { status, accepted } = answer;
  if (status === 200) return accepted === undefined ? "retry" : accepted ? "delivered" : "rejected";
  if (status === 413) return "halve";
  if (status >= 400 && status < 500) return PASSING_STATUSES.has(status) ? "retry" : "rejected";
  if (FINAL_STATUSES.has(status)) return "rejected";
  return "retry";
}

/**
 * How long nobody should try again, in milliseconds, after so many failures in a row (1 is the first). Half of the span is
 * certain, so that ten requests in a row take over four minutes; `random`, from 0 to 1, spreads a crowd over the other half.
 * What the server asked for is the least.
 */
export function backOff(failures: number, random: number, retryAfterMs: number | undefined): number {
  const span = Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures - 1, 30));
  return Math.max(retryAfterMs ?? 0, Math.round(span * (1 + random) / 2));
}

/**
 * The header Retry-After in milliseconds from now, within `MAX_RETRY_AFTER_MS`: seconds or a date. Undefined where it is
 * missing or makes no sense.
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
