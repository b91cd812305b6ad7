import { isObject } from "../json_object.ts";
import { parseMachineId } from "../machine_id.ts";
import { parseMoment } from "../moment.ts";
import { parsePlace, type Place } from "./place.ts";

/** The format of `telemetry/consent.json`. A record of a higher one is another version's: it is never rewritten. */
export const RECORD_FORMAT = 1;

/** What this program remembers about consent, beside the choice in `global.yml`. */
export interface ConsentRecord {
  /**
   * Names the span of time in which reports may leave together. A new one begins with every no, with a new machine id,
   * and with a change of the choice that isn't this program's.
   */
  readonly epoch: string;
  /** Where the record was written. */
  readonly place: Place;
  /** The newest telling of this epoch; null where nobody was told. */
  readonly told: Telling | null;
  /** The user's own yes; null where there is none. */
  readonly asked: Asked | null;
  /** Whether the stored no means that reports are kept here and never sent. */
  readonly local: boolean;
  /** What `global.yml` said last, as `nameOfChoice` gives it. */
  readonly choice: string;
  /**
   * What `global.yml` said before this program stored a no. Where it says exactly that again, a program that had read
   * it before has written over the no. Null where the stored choice isn't a no of ours.
   */
  readonly overwritten: string | null;
  /** 32 hex digits; null while there is none. */
  readonly machineId: string | null;
  /** Whether the id that Rasa keeps in `global.yml` may become this machine's. Not on a copy: it came with it. */
  readonly adoptsId: boolean;
  /** Ids that `reset-id` has replaced, oldest first, for requests to the server. */
  readonly formerIds: readonly string[];
}

/** One showing of the notice. */
export interface Telling {
  /** ISO 8601, in UTC. */
  readonly at: string;
  /**
   * When the first of the tellings was that said no less than this one and have followed each other since: what was
   * recorded within the hour before it was announced in time. ISO 8601, in UTC.
   */
  readonly first: string;
  /** The number of the notice. */
  readonly notice: number;
  /** Who receives reports, as the notice named them. */
  readonly addressee: string;
  /** Whether it was shown on a terminal where somebody could have answered. */
  readonly terminal: boolean;
}

/** A yes: `enable`, or the answer to the question. */
export interface Asked {
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** The number of the newest notice that the yes was given to. */
  readonly notice: number;
  /** Who receives reports, as the notice named them. The yes counts for nobody else. */
  readonly addressee: string;
}

/** The most former ids that are kept. */
const MOST_FORMER_IDS = 100;

/** The text of the record's file. */
export function recordText(record: ConsentRecord): string {
  return JSON.stringify({ format: RECORD_FORMAT, ...record }, null, 2) + "\n";
}

/**
 * The record in a file's text. `"newer"` where another version of the program wrote it in a format of its own;
 * undefined where it is no record: then nobody was told.
 */
export function parseRecord(text: string): ConsentRecord | "newer" | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isObject(value)) return undefined;
  const { format, epoch, place, told, asked, local, choice, overwritten, machineId, adoptsId, formerIds } = value;
  if (typeof format === "number" && format > RECORD_FORMAT) return "newer";
  const parsedPlace = parsePlace(place);
  if (format !== RECORD_FORMAT || !isEpoch(epoch) || parsedPlace === undefined) return undefined;
  if (typeof choice !== "string") return undefined;
  return {
    epoch,
    place: parsedPlace,
    told: parseTelling(told),
    asked: parseAsked(asked),
    local: local === true,
    choice,
    overwritten: typeof overwritten === "string" ? overwritten : null,
    machineId: parseMachineId(machineId) ?? null,
    adoptsId: adoptsId === true,
    formerIds: Array.isArray(formerIds) ? formerIds.flatMap((id) => parseMachineId(id) ?? []) : [],
  };
}

/** The ids with one more at the end; the oldest go where there would be too many. */
export function withFormerId(ids: readonly string[], id: string | null): readonly string[] {
  return id === null ? ids : [...ids.filter((other) => other !== id), id].slice(-MOST_FORMER_IDS);
}

/**
 * Whether a text names an epoch, as a record has it that is kept. The record that is made up where none is kept has
 * none, so that nothing which waits is of it.
 */
export function isEpoch(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

/** Whether this telling is as good as a new one would be. */
export function isAsGood(told: Telling | null, now: Omit<Telling, "at" | "first">): boolean {
  return told !== null && told.notice >= now.notice && told.addressee === now.addressee &&
    (told.terminal || !now.terminal);
}

function parseTelling(value: unknown): Telling | null {
  if (!isObject(value)) return null;
  const { at, first, notice, addressee, terminal } = value;
  if (parseMoment(at) === undefined || parseMoment(first) === undefined) return null;
  if (!isNotice(notice) || typeof addressee !== "string") return null;
  return { at: String(at), first: String(first), notice, addressee, terminal: terminal === true };
}

function parseAsked(value: unknown): Asked | null {
  if (!isObject(value)) return null;
  const { at, notice, addressee } = value;
  if (parseMoment(at) === undefined || !isNotice(notice) || typeof addressee !== "string") return null;
  return { at: String(at), notice, addressee };
}

function isNotice(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
