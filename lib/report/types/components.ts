import { isObject } from "../../json_object.ts";
import type { TypeObject } from "./definition.ts";
import { listSchema, parseList, verifyList } from "./list.ts";
import { isText } from "./text.ts";

/** The entries of a pipeline or of policies, up to a limit. */
export const componentsType: TypeObject<"components"> = {
  label: "components",
  meaning: "a list of components, each with the properties below it and no others",
  parse(value, { entry, limit }, path, redaction) {
    return parseList(value, limit, path, redaction, (item) => {
      // Rasa reads a bare name as an entry without settings.
      if (isText(item)) return redaction.redactObject(entry, { name: item }, `${path}[]`, redaction);
      return isObject(item) ? redaction.redactObject(entry, item, `${path}[]`, redaction) : undefined;
    });
  },
  verify: (value, { entry, limit }, verifyObject) => verifyList(value, limit, (item) => verifyObject(entry, item)),
  schema: ({ entry, limit }, schemas) => listSchema(schemas.object(entry), limit),
};
