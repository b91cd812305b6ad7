/** Why a choice could not be stored. The file is as it was. */
export class ConfigurationError extends Error {
  override name = "ConfigurationError";
  readonly reason: "broken" | "unwritable" | "busy";

  constructor(reason: "broken" | "unwritable" | "busy", message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}
