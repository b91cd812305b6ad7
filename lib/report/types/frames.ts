import { isObject } from "../../json_object.ts";
import { resolveModule } from "../code_path.ts";
import type { TypeObject } from "./definition.ts";
import { listSchema, parseList, verifyList } from "./list.ts";
import { isText } from "./text.ts";

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
  verify: (value, { entry, limit }, verifyObject) => verifyList(value, limit, (item) => verifyObject(entry, item)),
  schema: ({ entry, limit }, schemas) => listSchema({ ...schemas.object(entry), required: ["module"] }, limit),
};

/** Whether a frame is in another package. Such frames are dropped without a note: every stack trace has some. */
function isForeign(frame: unknown): boolean {
  if (!isObject(frame) || !Object.hasOwn(frame, "module")) return false;
  const { module } = frame as { module: unknown }; // Own, as just asked.
  return isText(module) && resolveModule(module) === undefined;
}
