import { isObject } from "../../json_object.ts";
import type { TypeObject } from "./definition.ts";

/** An object of which a few properties are reported. */
export const groupType: TypeObject<"group"> = {
  label: "group",
  meaning: "the properties below it, and no others",
  parse(value, { entry }, path, redaction) {
    return isObject(value) ? redaction.redactObject(entry, value, path, redaction) : undefined;
  },
  verify: (value, { entry }, verifyObject) => verifyObject(entry, value),
  schema: ({ entry }, schemas) => schemas.object(entry),
};
