import { isModelName, modelPattern } from "../model_name.ts";
import { MODEL_NAME } from "../vocabularies/models.ts";
import { CUSTOM } from "../vocabulary.ts";
import type { TypeObject } from "./definition.ts";
import { isText, textSchema } from "./text.ts";

/** A model's published name. */
export const modelType: TypeObject<"model"> = {
  label: "model",
  meaning: "a model's published name; any other text is reported as custom",
  parse(value) {
    if (!isText(value)) return undefined;
    return isModelName(value) ? value : CUSTOM;
  },
  verify: (value) => typeof value === "string" && (value === CUSTOM || isModelName(value)),
  schema: (_type, schemas) =>
    schemas.define("model", () => ({ anyOf: [{ enum: [...MODEL_NAME.words, CUSTOM] }, textSchema(modelPattern())] })),
};
