import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { findEvent, type Rules } from "../../lib/report/catalogue.ts";
import { redact, type Redacted } from "../../lib/report/redaction.ts";

/** The rules of an event's properties. */
export function rulesOf(event: string): Rules {
  const rule = findEvent(event);
  if (rule === undefined) throw new Error("no such event");
  return rule.properties;
}

/** What redaction leaves of an event's properties. */
export async function redactEvent(event: string, properties: unknown): Promise<Redacted> {
  return await redact(rulesOf(event), properties, "properties", NOTICE_NUMBER);
}
