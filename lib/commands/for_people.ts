/** The commands that people type. They are loaded together: in one piece their code is read faster than in a dozen. */
export { disable, enable } from "./choose.ts";
export { completionsOf } from "./completions.ts";
export { events } from "./events.ts";
export { flush } from "./flush.ts";
export { commandHelp, programHelp } from "./help.ts";
export { init } from "./init.ts";
export { inspect } from "./inspect.ts";
export { log } from "./log.ts";
export { status } from "./status.ts";
export { paintFor } from "./words.ts";
