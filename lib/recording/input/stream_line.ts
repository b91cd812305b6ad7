import { isObject } from "../../json_object.ts";
import { lookUpEvent } from "../../cli/event_names.ts";
import { type Line, MAX_LINE_BYTES } from "./lines.ts";
import { parseObject } from "./object.ts";
import { type Recording, recordingOf, TRAITS_RECORDING } from "../../report/caller_input.ts";

/** What one line of a stream asks for. */
export interface StreamEntry {
  readonly recording: Recording;
  readonly values: unknown;
  readonly context: unknown;
  /** When it happened, as `Date.toISOString` writes it; undefined where the line doesn't say. */
  readonly timestamp: string | undefined;
}

/** An event that the catalogue doesn't have, in words that say so. */
export interface UnknownEvent {
  readonly unknown: string;
}

const KEYS = ["event", "traits", "properties", "context", "timestamp"];
const OBJECTS = ["traits", "properties", "context"];
const SHAPE = 'it must be one object with "event" (or "traits"), "properties", "context" and "timestamp"';
/** A moment with its zone. Source: ISO 8601, as Python and JavaScript write it. */
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** How many characters the moments of the years 0 to 9999 have as `Date.toISOString` writes them. Others have more. */
const ISO_LENGTH = "2026-03-01T12:00:00.000Z".length;

/** What a line asks for, or what is wrong with it, in words that quote nothing of it but an event's name. */
export function parseStreamLine(line: Line): StreamEntry | UnknownEvent | string {
  if (line.text === undefined) {
    return line.problem === "too long" ? `it is longer than ${MAX_LINE_BYTES / 1024} KiB` : "it is not UTF-8";
  }
  const value = parseObject(line.text, KEYS, OBJECTS);
  if (typeof value === "string") return `it ${value}; ${SHAPE}`;
  const { event, traits, properties, context, timestamp } = value;
  const moment = parseMoment(timestamp);
  if (moment === null) return '"timestamp" must be a moment with its zone, such as "2026-03-01T12:00:00.000Z"';
  const recording = event === undefined && isObject(traits) ? TRAITS_RECORDING : eventRecording(event);
  if (typeof recording === "string" || "unknown" in recording) return recording;
  const values = recording.root === "traits" ? traits : properties;
  return { recording, values, context, timestamp: moment };
}

function eventRecording(event: unknown): Recording | UnknownEvent | string {
  if (typeof event !== "string") return `it has no "event"; ${SHAPE}`;
  const rule = lookUpEvent(event);
  return typeof rule === "string" ? { unknown: rule } : recordingOf(rule);
}

/** Undefined where nothing is given, null where it is no moment. */
function parseMoment(value: unknown): string | undefined | null {
  if (value === undefined || value === null) return undefined;
  const moment = new Date(typeof value === "string" ? value : NaN);
  if (typeof value !== "string" || Number.isNaN(moment.getTime())) return null;
  const text = moment.toISOString();
  // Its zone may move it out of the years that have four digits.
  if (text.length !== ISO_LENGTH) return null;
  return text === value || (MOMENT.test(value) && isDay(value.slice(0, 10), moment)) ? text : null;
}

/** Whether there is such a day: the language takes the 30th of February for the 2nd of March. */
function isDay(day: string, moment: Date): boolean {
  // Nearly always: the moment's own day in UTC. The zone may make it another one, and so does the hour 24.
  if (moment.getUTCDate() === Number(day.slice(8))) return true;
  const start = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(day);
}
