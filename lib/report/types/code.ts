import { functionPattern, modulePattern, resolveFunction, resolveModule } from "../code_path.ts";
import { isText, textSchema, type TypeObject } from "./definition.ts";

/** A module of Rasa's own package. */
export const moduleType: TypeObject<"module"> = {
  label: "module",
  meaning: "a module of Rasa's own package; from the first unknown part of its name on, it is reported as custom",
  parse: (value) => isText(value) ? resolveModule(value) : undefined,
  schema: () => textSchema(modulePattern()),
};

/** A function of Rasa's own package. */
export const functionType: TypeObject<"function"> = {
  label: "function",
  meaning:
    "a function or method of Rasa's own package; from the first unknown part of its name on, it is reported as custom",
  parse: (value) => isText(value) ? resolveFunction(value) : undefined,
  schema: () => textSchema(functionPattern()),
};
