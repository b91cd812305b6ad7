import { type EventRule, id, nullable, oneOf, rule, type Rules, word } from "../rule.ts";

const SECTION = "Errors and the rest";

const PATTERNS = "Finds the errors that many people meet, so that they are fixed first";

/** Most frames of one error that are reported. The caller puts the innermost first, and the rest is cut. */
const MAX_FRAMES = 20;
/** More lines than any module of Rasa has. */
const MAX_LINE = 1_000_000;

const FRAME: Rules = {
  module: rule({ kind: "module" })(
    "The module of Rasa's own package; custom from the first unknown part of its name on",
    PATTERNS,
  ),
  function: rule({ kind: "function" })(
    "The function in that module; custom from the first part on that is not made of Rasa's words",
    PATTERNS,
  ),
  line: rule({ kind: "int", minimum: 0, maximum: MAX_LINE })("The number of the line, never its text", PATTERNS),
};

/** The events that fit nowhere else. */
export const ERRORS: readonly EventRule[] = [
  {
    name: "Error Encountered",
    section: SECTION,
    announced: 1,
    description: "Rasa Pro ran into an error; its message, its values and the user's own code are not reported",
    properties: {
      error_type: word("error")("The kind of error: Python's or Rasa's own; any other is custom", PATTERNS),
      stage: oneOf("initialization", "training", "testing", "serving", "data", "other")(
        "What Rasa Pro was doing",
        PATTERNS,
      ),
      component: nullable(word("component")("The component that ran into it, if it is one of Rasa's", PATTERNS)),
      frames: rule({ kind: "frames", entry: FRAME, limit: MAX_FRAMES })(
        "Where in Rasa's own package it happened; frames of other packages are dropped",
        PATTERNS,
      ),
    },
  },
  {
    name: "Project Created",
    section: SECTION,
    announced: 1,
    description: "A new project is made with rasa init",
    properties: {
      init_directory: id(
        "The SHA-256 of the project's folder, made by the caller; never the path",
        "Counts projects without naming them",
      ),
    },
  },
];
