// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import type { ReportContext } from "../context/context.ts";

/** What the traits are called where events have names: the command that records them. */
export const TRAITS_NAME = "identify";

interface ReportFrame {
  /** The machine id, or null while there is none because the user hasn't been told yet. */
  readonly userId: string | null;
  readonly context: ReportContext;
  /** The server drops a report whose messageId it has seen. */
  readonly messageId: string;
  /** When it happened. */
  readonly timestamp: string;
}

/** An event as it leaves, key by key in the order of the published example. */
export interface TrackReport extends ReportFrame {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The traits of an installation as they leave. */
export interface IdentifyReport extends ReportFrame {
  readonly traits: Readonly<Record<string, unknown>>;
}

/** What leaves this machine, before the time of the attempt is added. */
export type Report = TrackReport | IdentifyReport;

/** What a report is made of. The values have passed redaction already. */
export interface ReportParts {
  readonly machineId: string | undefined;
  /** The event's name, or undefined for traits. */
  readonly event: string | undefined;
  readonly values: Readonly<Record<string, unknown>>;
  readonly context: ReportContext;
  readonly messageId: string;
  /** When it happened, as `Date.toISOString` writes it. */
  readonly timestamp: string;
}

/** Puts a report together. */
export function buildReport(parts: ReportParts): Report {
  const userId = parts.machineId ?? null;
  const { context, messageId, timestamp } = parts;
  if (parts.event === undefined) return { userId, traits: parts.values, context, messageId, timestamp };
  const properties = { ...parts.values, metrics_id: userId };
  return { userId, event: parts.event, properties, context, messageId, timestamp };
}

/** What a report is about: its event's name, or the traits' name. */
export function nameOf(report: Report): string {
  return "event" in report ? report.event : TRAITS_NAME;
}
