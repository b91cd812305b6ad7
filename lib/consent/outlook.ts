import { type Consent, mayRecordTraits } from "./consent.ts";
import { type Fate, fateOf, type Label, noticeNow, type Permission, permissionNow } from "./permission.ts";

/** What becomes of a report right now. Traits have a switch of their own in `global.yml`. */
export function fateNow(kind: "event" | "traits", label: Label, { standing, configuration }: Consent): Fate {
  if (kind === "traits" && !mayRecordTraits({ standing, configuration })) {
    return { kind: "dropped", reason: "withdrawn" };
  }
  return fateOf(label, standing);
}

/** What a report says of its own permission that is recorded now. `newest` is the number of this program's notice. */
export function labelNow({ standing }: Consent, newest: number): Label {
  const { record, now } = standing;
  return {
    epoch: record.epoch,
    permission: permissionNow(standing),
    notice: noticeNow(standing, newest),
    at: now.getTime(),
  };
}

/** Under what a report would be recorded now, and when it could leave. */
export interface Outlook {
  /** Null where nothing is recorded, or nothing of it leaves. */
  readonly permission: Permission | "local" | null;
  /** When reports leave; null where no date is known: never, or after somebody was told. */
  readonly leavesFrom: Date | null;
}

/** What would become of a report that is recorded now. */
export function outlookOf(consent: Consent, newest: number): Outlook {
  const { enabled, decidedBy, standing } = consent;
  if (!enabled) return { permission: null, leavesFrom: null };
  if (decidedBy === "local") return { permission: "local", leavesFrom: null };
  const label = labelNow(consent, newest);
  const fate = fateOf(label, standing);
  const from = fate.kind === "leaves" ? standing.now.getTime() : fate.kind === "waits" ? fate.until : null;
  return { permission: label.permission, leavesFrom: from === null ? null : new Date(from) };
}
