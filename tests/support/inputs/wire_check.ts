// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import { findEvent, METRICS_ID, TRAITS } from "../../../lib/report/catalogue.ts";
import { schemaOf } from "../../../lib/report/schema.ts";
import { CONTEXT_KEYS } from "./documented.ts";
import type { SentRequest } from "../machine/memory_host.ts";
import { BUILD } from "../scenes/scene.ts";

/** Says what is wrong with a request: by the published schemas and by patterns of its own, not by what lib takes for right. */

type Values = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const HEADERS = [
  "accept",
  "accept-language",
  "authorization",
  "content-encoding",
  "content-type",
  "user-agent",
];

const DIGEST = /^[0-9a-f]{64}$/;
const VERSION = /^\d{1,3}(\.\d{1,3}){0,2}((a|b|rc)\d{1,3})?(\.post\d{1,3})?(\.dev\d{1,8})?$/;
const isFlag: Check = (value) => typeof value === "boolean";
const matches = (pattern: RegExp): Check => (value) => typeof value === "string" && pattern.test(value);
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1_000_000_000;

/** What each value of a context may be, where it isn't null. */
const CONTEXT: Readonly<Record<string, Check>> = {
  os: (value) =>
    hasKeys(value, ["name", "version"]) && matches(/^(Linux|Darwin|Windows|custom)$/)(value["name"]) &&
    (value["version"] === null || matches(/^[0-9A-Za-z.+_~-]{1,80}$/)(value["version"])),
  ci: isFlag,
  project: matches(DIGEST),
  python: matches(VERSION),
  rasa_pro: matches(VERSION),
  cpu: isCount,
  docker: isFlag,
  license_hash: matches(DIGEST),
  company: matches(/^[^\p{C}]{0,200}$/u),
  gpu: isCount,
  cloud: isFlag,
};

const validators = new Map<string, Check>();

/** What is wrong with a request, if anything. */
export function problemOf(request: SentRequest): string | undefined {
  const { pathname, origin } = new URL(request.url);
  if (origin !== BUILD.endpoint || request.method !== "POST") return `${request.method} ${request.url}`;
  const headers = Object.keys(request.headers).filter((name) => !HEADERS.includes(name));
  if (headers.length > 0) return `headers ${headers}`;
  const { sentAt, ...body } = request.body;
  if (!isMoment(sentAt)) return `sentAt ${sentAt}`;
  if (pathname !== "/v1/batch") return problemOfReport(body, pathname.replace("/v1/", ""));
  if (!hasKeys(body, ["batch"]) || !Array.isArray(body["batch"]) || body["batch"].length < 2) return "no batch";
  for (const { type, ...report } of body["batch"]) {
    const problem = problemOfReport(report, type);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is wrong with a report of this type, if anything. */
export function problemOfReport(report: Values, type: unknown): string | undefined {
  const tracks = type === "track";
  if (!tracks && type !== "identify") return `type ${type}`;
  const own = tracks ? ["event", "properties"] : ["traits"];
  if (!hasKeys(report, ["userId", ...own, "context", "messageId", "timestamp"])) return `keys ${Object.keys(report)}`;
  if (!matches(/^[0-9a-f]{32}$/)(report["userId"])) return "userId";
  if (!matches(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)(report["messageId"])) {
    return "messageId";
  }
  if (!isMoment(report["timestamp"])) return "timestamp";
  const { context } = report;
  if (!hasKeys(context, CONTEXT_KEYS)) return "context";
  const wrong = CONTEXT_KEYS.filter((key) => context[key] !== null && !CONTEXT[key]?.(context[key]));
  if (wrong.length > 0) return `context ${wrong}`;
  const values = tracks ? report["properties"] : report["traits"];
  if (!validatorOf(tracks ? String(report["event"]) : undefined)(values)) return "properties or traits";
  const id = tracks && hasOwn(values, "metrics_id") ? values["metrics_id"] : report["userId"];
  return id === report["userId"] ? undefined : "metrics_id";
}

function validatorOf(event: string | undefined): Check {
  const known = validators.get(event ?? "");
  if (known !== undefined) return known;
  const rule = event === undefined ? TRAITS : findEvent(event)?.properties;
  if (rule === undefined) return () => false;
  const rules = event === undefined ? rule : { ...rule, metrics_id: METRICS_ID };
  const validate = new Ajv2020({ strict: true }).compile(schemaOf(rules, event ?? "traits"));
  const made: Check = (value) => validate(value) === true;
  validators.set(event ?? "", made);
  return made;
}

function isMoment(value: unknown): boolean {
  return matches(/^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)(value);
}

function hasOwn(value: unknown, key: string): value is Values {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function hasKeys(value: unknown, keys: readonly string[]): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}
