import type { BuildConfig } from "../build_config.ts";
import { readConsent } from "../consent/consent.ts";
import { ConfigurationError } from "../consent/global_yml/configuration_error.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { TERMS_URL } from "../licence/licence.ts";
import { printable } from "../terminal/printable.ts";
import { type Invocation, printJson, UsageError } from "./command.ts";
import { ExitCode } from "./exit_code.ts";

/** What `enable` and `disable` share. */

/** The home to keep a choice in. Throws `UsageError` where none is known. */
export function requireHome(home: Home | undefined): Home {
  if (home !== undefined) return home;
  throw new UsageError(
    "Cannot keep a choice: no home folder is known; set RASA_TELEMETRY_HOME to an absolute path, or " +
      "RASA_TELEMETRY_ENABLED instead",
  );
}

/** Says that the licence doesn't allow what somebody wants to do, with telemetry as it stands. Nothing has changed. */
export async function refuse(
  host: Host,
  build: BuildConfig,
  invocation: Invocation,
  wanted: string,
): Promise<ExitCode> {
  host.problem(`Cannot ${wanted}: a Developer Edition Extended licence doesn't allow it; see ${TERMS_URL}`);
  await printDecision(host, build, invocation);
  return ExitCode.Refused;
}

/** The error with the way out for the user, where it says why a choice can't be stored; any other error as it is. */
export function withAdvice(error: unknown): unknown {
  if (!(error instanceof ConfigurationError)) return error;
  const advice = error.reason === "unwritable" ? "; set RASA_TELEMETRY_ENABLED or RASA_TELEMETRY_HOME instead" : "";
  return new UsageError(`${error.message}${advice}`, { cause: error });
}

/** Says how many reports could not be deleted. Each carries the name of the old choice, so it is never sent. */
export function sayLeft(host: Host, home: Home, left: number): void {
  if (left === 0) return;
  const reports = left === 1 ? "1 report" : `${left} reports`;
  host.problem(`${reports} in ${printable(home.telemetryDirectory)} could not be deleted, and will not be sent`);
}

/** Prints for `--json` whether telemetry is on now, and by which rule. */
export async function printDecision(host: Host, build: BuildConfig, invocation: Invocation): Promise<void> {
  if (!invocation.switches.has("json")) return;
  const { enabled, decidedBy } = await readConsent(host, build);
  printJson(host, { enabled, decidedBy });
}
