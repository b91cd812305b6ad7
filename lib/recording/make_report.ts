// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { type CallerVersions, type ReportContext } from "../context/context.ts";
import type { Host } from "../host/host.ts";
import { isObject } from "../json_object.ts";
import type { PropertyRule } from "../report/catalogue.ts";
import { parseVersion, redact } from "../report/redaction.ts";
import { buildReport, type Report } from "../report/report.ts";
import type { Withheld } from "../report/withheld.ts";

/** What is to be recorded: an event and its properties, or traits. */
export interface Recording {
  /** Undefined for traits. */
  readonly event: string | undefined;
  readonly root: "properties" | "traits";
  readonly rules: Readonly<Record<string, PropertyRule>>;
}

/** What a caller gave, with nothing in it that may not leave. */
export interface Passed extends Withheld {
  readonly values: Readonly<Record<string, unknown>>;
  readonly versions: CallerVersions;
}

const VERSIONS = ["python", "rasa_pro"] as const;

/** Lets through what may leave of the values and of the context that a caller gave. */
export async function passCaller(recording: Recording, values: unknown, context: unknown): Promise<Passed> {
  const redacted = await redact(recording.rules, values ?? {}, recording.root);
  const given = isObject(context) ? context : {};
  const versions: { python: string | null; rasa_pro: string | null } = { python: null, rasa_pro: null };
  const withheld = [...redacted.withheld];
  let known = 0;
  for (const name of VERSIONS) {
    if (!Object.hasOwn(given, name)) continue;
    known++;
    versions[name] = parseVersion(given[name]) ?? null;
    if (versions[name] === null && given[name] !== null) withheld.push(`context.${name}`);
  }
  const withheldUnknown = redacted.withheldUnknown + Object.keys(given).length - known;
  return { values: redacted.values, versions, withheld, withheldUnknown };
}

/** Makes the report of what passed. `machine` is this machine's context; `timestamp` is when it happened. */
export function makeReport(
  host: Host,
  recording: Recording,
  passed: Passed,
  machine: ReportContext,
  machineId: string | undefined,
  timestamp: Date,
): Report {
  return buildReport({
    machineId,
    event: recording.event,
    values: passed.values,
    context: { ...machine, ...passed.versions },
    messageId: host.uuid(),
    timestamp,
  });
}
