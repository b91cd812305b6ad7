// deno-lint-ignore-file camelcase -- the names of the wire and of global.yml are not ours
import { validate as isUuidV4 } from "@std/uuid/v4";
import type { ReportContext } from "../context/context.ts";
import { findEvent, TRAITS } from "./catalogue.ts";

/** Largest single report, in bytes. Source: the HTTP tracking API's documented limit. */
export const MAX_REPORT_BYTES = 32 * 1024;

interface ReportFrame {
  /** The machine id; null while there is none, because the user hasn't been told yet. */
  readonly userId: string | null;
  readonly context: ReportContext;
  /** What the server drops repeats by. */
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
  readonly timestamp: Date;
}

/** Puts a report together. */
export function buildReport(parts: ReportParts): Report {
  const userId = parts.machineId ?? null;
  const { context, messageId } = parts;
  const timestamp = parts.timestamp.toISOString();
  if (parts.event === undefined) return { userId, traits: parts.values, context, messageId, timestamp };
  const properties = { ...parts.values, metrics_id: userId };
  return { userId, event: parts.event, properties, context, messageId, timestamp };
}

/** The report with the machine id in it, where it was made before there was one. */
export function withMachineId(report: Report, machineId: string): Report {
  if (report.userId !== null) return report;
  if (!("event" in report)) return { ...report, userId: machineId };
  return { ...report, userId: machineId, properties: { ...report.properties, metrics_id: machineId } };
}

const TRACK_KEYS = ["userId", "event", "properties", "context", "messageId", "timestamp"];
const IDENTIFY_KEYS = ["userId", "traits", "context", "messageId", "timestamp"];
const CONTEXT_KEYS: Readonly<Record<keyof ReportContext, true>> = {
  os: true,
  ci: true,
  project: true,
  python: true,
  rasa_pro: true,
  cpu: true,
  docker: true,
  license_hash: true,
  company: true,
  gpu: true,
  cloud: true,
};

/** Whether a value, read back from a file that anybody may have written, has no key that a report of this program wouldn't have. */
export function isReport(value: unknown): value is Report {
  if (!isObject(value) || !isObject(value["context"])) return false;
  const { userId, messageId, timestamp, context, event } = value;
  if (userId !== null && !(typeof userId === "string" && /^[0-9a-f]{32}$/.test(userId))) return false;
  if (typeof messageId !== "string" || !isUuidV4(messageId)) return false;
  if (typeof timestamp !== "string" || Number.isNaN(Date.parse(timestamp))) return false;
  if (!hasOnly(context, Object.keys(CONTEXT_KEYS))) return false;
  if (event === undefined) {
    return hasOnly(value, IDENTIFY_KEYS) && isObject(value["traits"]) && hasOnly(value["traits"], Object.keys(TRAITS));
  }
  const rule = typeof event === "string" ? findEvent(event) : undefined;
  const properties = value["properties"];
  return rule !== undefined && hasOnly(value, TRACK_KEYS) && isObject(properties) &&
    hasOnly(properties, [...Object.keys(rule.properties), "metrics_id"]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasOnly(value: Record<string, unknown>, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key));
}
