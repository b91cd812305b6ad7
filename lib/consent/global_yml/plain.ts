import type { Configuration } from "../rules.ts";

function sectionPattern(): string {
  const date = "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?Z?";
  const id = "(?:  rasa_user_id: (?:([0-9a-f]{32})|'([0-9a-f]{32})')\\n)?";
  return `  enabled: (true|false)\\n${id}  date: (${date})\\n`;
}

/**
 * What the text of a `global.yml` says about telemetry, if it holds nothing but a choice as this program and Rasa write
 * it. Undefined where it takes a parser of YAML to tell.
 */
export function parsePlain(text: string): Configuration | undefined {
  const match = new RegExp(`^metrics:\\n${sectionPattern()}traits:\\n${sectionPattern()}$`).exec(text);
  if (match === null) return undefined;
  const [, enabled, plainId, quotedId, date = "", traits] = match;
  return {
    kind: "stored",
    stored: {
      enabled: enabled === "true",
      traitsEnabled: enabled === "true" && traits === "true",
      machineId: plainId ?? quotedId,
      date: canonicalDate(date),
    },
  };
}

/**
 * A moment in one spelling. Tools that rewrite the file may spell it differently, and it still names the same choice. A
 * moment without a zone is in UTC, as Rasa's own reader takes it. Empty for text that isn't a moment: such text names
 * no choice.
 */
export function canonicalDate(text: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt ]+(\d\d:\d\d:\d\d)(\.\d{1,3})?\d*\s*(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text);
  if (parts === null) return "";
  const [, day, time, fraction = "", zone = "Z"] = parts;
  const moment = new Date(`${day}T${time}${fraction}${zone.length === 3 ? `${zone}:00` : zone}`);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString();
}
