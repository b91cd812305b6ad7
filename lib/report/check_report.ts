// deno-lint-ignore-file camelcase -- the names of the wire and of global.yml are not ours
import { validate as isUuidV4 } from "@std/uuid/v4";
import type { ReportContext } from "../context/context.ts";
import { OS_NAMES, OS_VERSION } from "../context/hardware.ts";
import { isObject } from "../json_object.ts";
import { isReportableCompany } from "../licence/company.ts";
import { parseMachineId } from "../machine_id.ts";
import { parseMoment } from "../moment.ts";
import { isAnnounced } from "./announced.ts";
import { findEvent, TRAITS_RULE } from "./catalogue.ts";
import { isRedacted } from "./redaction.ts";
import type { Report } from "./report.ts";
import { isDigest } from "./types/id.ts";
import { MAX_NUMBER, parseInteger } from "./types/number.ts";
import { parseVersion } from "./types/version.ts";

const TRACK_KEYS = ["userId", "event", "properties", "context", "messageId", "timestamp"];
const IDENTIFY_KEYS = ["userId", "traits", "context", "messageId", "timestamp"];

/**
 * Whether a value is a report as this program makes them: no other key and no other value at any depth. It may have
 * been read from a file that anybody may have changed. Any reportable company's name passes: it comes from a licence.
 * `knownNotice` is the number of the newest notice that may have announced anything in it; any, unless given.
 */
export function isReport(value: unknown, knownNotice = Infinity): value is Report {
  if (!isObject(value)) return false;
  const { userId, messageId, timestamp, context, event, properties } = value;
  if (userId !== null && !(typeof userId === "string" && parseMachineId(userId) === userId)) return false;
  if (!isMessageId(messageId) || !isMoment(timestamp) || !isContext(context)) return false;
  const rule = event === undefined ? TRAITS_RULE : typeof event === "string" ? findEvent(event) : undefined;
  if (rule === undefined || !isAnnounced(rule, knownNotice)) return false;
  if (rule === TRAITS_RULE) {
    return hasExactly(value, IDENTIFY_KEYS) && isRedacted(rule.properties, value["traits"], knownNotice);
  }
  if (!hasExactly(value, TRACK_KEYS) || !isObject(properties)) return false;
  const { metrics_id, ...own } = properties;
  return metrics_id === userId && isRedacted(rule.properties, own, knownNotice);
}

/** In small letters: the library takes capitals too, in which something could be spelt. */
function isMessageId(value: unknown): boolean {
  return typeof value === "string" && isUuidV4(value) && value === value.toLowerCase();
}

/** Of the years 0 to 9999, as callers give them. Others have a sign in front. */
function isMoment(value: unknown): boolean {
  const moment = parseMoment(value);
  return moment !== undefined && moment.getUTCFullYear() >= 0 && moment.getUTCFullYear() <= 9999;
}

/** The check of each value of a context. Each but `os` may be null. */
const CONTEXT_CHECKS: Readonly<Record<keyof ReportContext, (value: unknown) => boolean>> = {
  os: isOs,
  ci: isBoolean,
  project: isDigest,
  python: isVersion,
  rasa_pro: isVersion,
  cpu: isCount,
  docker: isBoolean,
  license_hash: isDigest,
  company: (value) => typeof value === "string" && isReportableCompany(value),
  gpu: isCount,
  cloud: isBoolean,
};

function isContext(value: unknown): boolean {
  return isObject(value) && hasExactly(value, Object.keys(CONTEXT_CHECKS)) &&
    Object.entries(CONTEXT_CHECKS).every(([name, check]) =>
      (name !== "os" && value[name] === null) || check(value[name])
    );
}

function isOs(value: unknown): boolean {
  return isObject(value) && hasExactly(value, ["name", "version"]) &&
    [...OS_NAMES, "custom"].some((name) => name === value["name"]) &&
    (value["version"] === null || (typeof value["version"] === "string" && OS_VERSION.test(value["version"])));
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isCount(value: unknown): boolean {
  return parseInteger(value, 0, MAX_NUMBER) !== undefined;
}

function isVersion(value: unknown): boolean {
  return parseVersion(value) !== undefined;
}

function hasExactly(value: Record<string, unknown>, keys: readonly string[]): boolean {
  const own = Object.keys(value);
  return own.length === keys.length && own.every((key) => keys.includes(key));
}
