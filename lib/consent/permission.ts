import type { ConsentRecord } from "./record.ts";

/** How long nothing leaves after a telling that nobody answered, in milliseconds. */
export const HOUR_MS = 60 * 60 * 1000;

/** One kind of permission: under what a report was recorded. */
export interface PermissionRule {
  /** Whether it is recorded under it, and what it means, for documents. Code stands in backticks. */
  readonly recorded: string;
  /** When it leaves, for documents. */
  readonly leaves: string;
}

/** The kinds of permission, weakest first. */
export const PERMISSIONS = {
  untold: {
    recorded: "nobody was told yet",
    leaves: "if somebody is told within the hour after it, once that telling's hour is over; otherwise never",
  },
  told: {
    recorded: "the notice was shown, and nobody answered",
    leaves: "one hour after the notice was shown; at once after a yes",
  },
  asked: { recorded: "`enable`, or `y` at the question", leaves: "at once" },
  environment: {
    recorded: "`RASA_TELEMETRY_ENABLED` says on",
    leaves: "while the variable says on, or after a yes; otherwise never",
  },
  licence: {
    recorded: "the licence doesn't let telemetry be switched off",
    leaves: "once the notice was shown, while the licence is valid",
  },
} as const satisfies Record<string, PermissionRule>;

/** Under what a report was recorded. */
export type Permission = keyof typeof PERMISSIONS;

/** The permission that a value names; undefined where it names none. */
export function parsePermission(value: unknown): Permission | undefined {
  // Every key of the table is one.
  return typeof value === "string" && Object.hasOwn(PERMISSIONS, value) ? value as Permission : undefined;
}

/** What a report says of its own permission. */
export interface Label {
  /** The epoch of the record at that moment. */
  readonly epoch: string;
  readonly permission: Permission;
  /** The number of the newest notice that announced anything in it. */
  readonly notice: number;
  /** When it was recorded, in milliseconds since 1970. */
  readonly at: number;
}

/** What decides about reports at one moment. */
export interface Standing {
  readonly record: ConsentRecord;
  readonly now: Date;
  /** Whether RASA_TELEMETRY_ENABLED says on, and no no stands against it. */
  readonly byVariable: boolean;
  /** Whether a licence keeps telemetry on. */
  readonly byLicence: boolean;
}

/** Why a report was deleted unsent. */
export type DropReason = "withdrawn" | "untold" | "environment";

/**
 * What becomes of a report: it may leave, it waits (until a moment in milliseconds since 1970, or for something that
 * has no date), or it never leaves.
 */
export type Fate =
  | { readonly kind: "leaves" }
  | { readonly kind: "waits"; readonly until: number | null }
  | { readonly kind: "dropped"; readonly reason: DropReason };

const LEAVES: Fate = { kind: "leaves" };
const FOR_A_TELLING: Fate = { kind: "waits", until: null };

/** The permission that a report has which is recorded now, while telemetry is on. */
export function permissionNow({ record, byVariable, byLicence }: Standing): Permission {
  if (byLicence) return "licence";
  if (record.asked !== null) return "asked";
  if (byVariable) return "environment";
  return record.told === null ? "untold" : "told";
}

/**
 * The number of the newest notice that counts for what is recorded now. `newest` is this program's own: what is
 * recorded untold waits for that one, and who switches telemetry on by the environment needs none.
 */
export function noticeNow(standing: Standing, newest: number): number {
  const { told, asked } = standing.record;
  const permission = permissionNow(standing);
  if (permission === "environment") return newest;
  if (permission === "asked") return Math.min(newest, Math.max(asked?.notice ?? 0, toldAndWaited(standing)));
  return Math.min(newest, told?.notice ?? newest);
}

/** What becomes of a report now, while telemetry is on and nothing else stands in its way. */
export function fateOf(label: Label, standing: Standing): Fate {
  const { record, byVariable, byLicence } = standing;
  if (label.epoch !== record.epoch) return { kind: "dropped", reason: "withdrawn" };
  switch (label.permission) {
    case "environment":
      return byVariable || record.asked !== null ? LEAVES : { kind: "dropped", reason: "environment" };
    case "licence":
      return byLicence && record.told !== null && record.told.notice >= label.notice ? LEAVES : FOR_A_TELLING;
    case "untold":
      return fateUntold(label, standing);
    case "told":
    case "asked":
      return afterTheWait(label, standing);
  }
}

/** It leaves under a telling of the hour after it. An hour later nobody can tell any more whether it was announced. */
function fateUntold(label: Label, standing: Standing): Fate {
  const { record: { told, asked }, now } = standing;
  const dropped: Fate = { kind: "dropped", reason: "untold" };
  if (told !== null) {
    const before = (at: string) => new Date(at).getTime() - label.at;
    return before(told.at) >= 0 && before(told.first) <= HOUR_MS ? afterTheWait(label, standing) : dropped;
  }
  // A clock that was set back says nothing about its age.
  const isYoung = Math.abs(now.getTime() - label.at) <= HOUR_MS;
  return asked === null && isYoung ? { kind: "waits", until: null } : dropped;
}

/** It leaves after a yes, or an hour after a telling; each must have named all that is in it. */
function afterTheWait(label: Label, standing: Standing): Fate {
  const { told, asked } = standing.record;
  if (asked !== null && asked.notice >= label.notice) return LEAVES;
  if (told === null || told.notice < label.notice) return FOR_A_TELLING;
  const until = leavesAfter(told.at);
  return standing.now.getTime() >= until ? LEAVES : { kind: "waits", until };
}

/** When reports leave that nobody answered for, in milliseconds since 1970. `toldAt`: when the notice was shown. */
export function leavesAfter(toldAt: string): number {
  return new Date(toldAt).getTime() + HOUR_MS;
}

/** The number of the notice whose hour is over; 0 where there is none. */
function toldAndWaited({ record: { told }, now }: Standing): number {
  return told !== null && now.getTime() >= leavesAfter(told.at) ? told.notice : 0;
}
