import { isObject } from "../../json_object.ts";
import { resolveModule } from "../code_path.ts";
import { isText, type Redaction, type Schema, type TypeObject } from "./definition.ts";

/** An object of which a few properties are reported. */
export const groupType: TypeObject<"group"> = {
  label: "group",
  meaning: "the properties below it, and no others",
  parse(value, { entry }, path, redaction) {
    return isObject(value) ? redaction.redactObject(entry, value, path, redaction) : undefined;
  },
  schema: ({ entry }, schemas) => schemas.object(entry),
};

/** Objects of which a few properties are reported, up to a limit. */
export const groupsType: TypeObject<"groups"> = {
  label: "list of group",
  meaning: "a list of groups, each with the properties below it and no others",
  read: readList,
  parse(value, { entry, limit }, path, redaction) {
    return parseList(value, limit, path, redaction, (item) => {
      return isObject(item) ? redaction.redactObject(entry, item, `${path}[]`, redaction) : undefined;
    });
  },
  schema: ({ entry, limit }, schemas) => listSchema(schemas.object(entry), limit),
};

/** The entries of a pipeline or of policies, up to a limit. */
export const componentsType: TypeObject<"components"> = {
  label: "components",
  meaning: "a list of components, each with the properties below it and no others",
  read: readList,
  parse(value, { entry, limit }, path, redaction) {
    return parseList(value, limit, path, redaction, (item) => {
      // Rasa reads a bare name as an entry without settings.
      const object = isText(item) ? { name: item } : item;
      return isObject(object) ? redaction.redactObject(entry, object, `${path}[]`, redaction) : undefined;
    });
  },
  schema: ({ entry, limit }, schemas) => listSchema(schemas.object(entry), limit),
};

/** The frames of a stack trace that are in Rasa's own package, up to a limit. */
export const framesType: TypeObject<"frames"> = {
  label: "frames",
  meaning: "a list of stack frames in Rasa's own package, each with the properties below it and no others",
  parse(value, { entry, limit }, path, redaction) {
    const frames = Array.isArray(value) ? value.filter((frame) => !isForeign(frame)) : value;
    return parseList(frames, limit, path, redaction, (item) => {
      if (!isObject(item)) return undefined;
      const frame = redaction.redactObject(entry, item, `${path}[]`, redaction);
      // Without its module a frame says nothing, and may be of any package.
      return Object.hasOwn(frame, "module") ? frame : undefined;
    });
  },
  schema: ({ entry, limit }, schemas) => listSchema({ ...schemas.object(entry), required: ["module"] }, limit),
};

/** Whether a frame is in another package. Such frames are dropped without a note: every stack trace has some. */
function isForeign(frame: unknown): boolean {
  if (!isObject(frame) || !Object.hasOwn(frame, "module")) return false;
  return isText(frame["module"]) && resolveModule(frame["module"]) === undefined;
}

/** A list that the host gives as JSON text, as Rasa does since 3.14, or the value itself. The text `null` is null. */
export function readList(value: unknown): unknown {
  if (value === "null") return null;
  if (typeof value !== "string" || !value.startsWith("[")) return value;
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

/**
 * What is reported of a list's items, up to its limit, or undefined where the value isn't a list. Items that
 * `parseItem` withholds are noted under the list's path. Items over the limit are only counted.
 */
export function parseList(
  value: unknown,
  limit: number,
  path: string,
  redaction: Redaction,
  parseItem: (item: unknown) => unknown,
): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  redaction.unknown += Math.max(value.length - limit, 0);
  return value.slice(0, limit).map((item) => {
    const passed = parseItem(item);
    if (passed === undefined) redaction.withheld.add(`${path}[]`);
    return passed;
  }).filter((passed) => passed !== undefined);
}

/** The schema of a list. */
export function listSchema(items: Schema, limit: number): Schema {
  return { type: "array", items, maxItems: limit };
}
