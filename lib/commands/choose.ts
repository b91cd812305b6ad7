import type { BuildConfig } from "../build_config.ts";
import { ConfigurationError, removeVeto, storeChoice, storeVeto } from "../consent/global_yml/store.ts";
import { TERMS_URL } from "../consent/answer.ts";
import { readConsent } from "../consent/consent.ts";
import { FileFault, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import { clearOthers } from "../sender/disk_queue/content.ts";
import { clearQueue } from "../sender/disk_queue/files.ts";
import { type Command, type Invocation, JSON_OPTION, printJson, UsageError } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { printable } from "../terminal/printable.ts";

/** `enable` */
export const enable: Command = {
  name: "enable",
  summary: "switch telemetry on, and keep that choice",
  description:
    `Stores the choice and its date in global.yml, for Rasa's own tools too. Reports that were held from before that date are
deleted: they never go. --json prints {"enabled", "decidedBy"}.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry enable", "switch telemetry on"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const home = requireHome(consent.home);
    const date = host.now().toISOString();
    // What was recorded under a veto that is taken back was recorded under another choice, whatever the file says.
    if (takeBackVeto(host, home)) sayLeft(host, home, clearQueue(host, home));
    let changed = false;
    await store(host, home, (current) => {
      changed = current.kind !== "stored" || !current.stored.enabled || !current.stored.traitsEnabled;
      return changed ? { enabled: true, date } : undefined;
    });
    // What was recorded before this choice was recorded under another one.
    if (changed) sayLeft(host, home, clearOthers(host, home, date));
    host.say(changed ? "Telemetry is on.\n" : "Telemetry was on already.\n");
    const by = consent.decidedBy;
    if (!consent.enabled && consent.byEnvironment) {
      host.problem(`${by} says off, and comes first: unset it to report.`);
    }
    await answer(host, build, invocation);
    return ExitCode.Done;
  },
};

/** `disable` */
export const disable: Command = {
  name: "disable",
  summary: "switch telemetry off, and keep that choice",
  description:
    `Takes effect at once: the choice is stored in global.yml, for Rasa's own tools too, what waits is deleted, and a delivery
under way in another process stops before its next request. No last event is sent. The sent log stays.
--json prints {"enabled", "decidedBy"}.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry disable", "switch telemetry off"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    if (consent.decidedBy === "license") {
      host.say(
        "rasa-telemetry: Cannot switch telemetry off: a Developer Edition Extended licence doesn't allow it; " +
          `see ${TERMS_URL}\n`,
      );
      await answer(host, build, invocation);
      return ExitCode.Refused;
    }
    const home = requireHome(consent.home);
    const date = host.now().toISOString();
    // First, and whatever becomes of the choice: it also makes room on a full disk.
    clearQueue(host, home);
    await storeOrVeto(host, home, (current) => {
      const off = current.kind === "stored" && !current.stored.enabled && !current.stored.traitsEnabled;
      return off ? undefined : { enabled: false, date };
    });
    // Again: somebody may have recorded something before the choice was there to be read.
    const left = clearQueue(host, home);
    sayLeft(host, home, left);
    host.say(left === 0 ? "Telemetry is off. What waited was deleted.\n" : "Telemetry is off.\n");
    if (consent.enabled && consent.byEnvironment) {
      host.problem(`${consent.decidedBy} says on, and comes first: unset it, or set it to false.`);
    }
    await answer(host, build, invocation);
    return ExitCode.Done;
  },
};

/** What `--json` prints: whether telemetry is on now, and by which rule. */
async function answer(host: Host, build: BuildConfig, invocation: Invocation): Promise<void> {
  if (!invocation.switches.has("json")) return;
  const { enabled, decidedBy } = await readConsent(host, build);
  printJson(host, { enabled, decidedBy });
}

function takeBackVeto(host: Host, home: Home): boolean {
  try {
    return removeVeto(host, home);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    throw new UsageError(
      `Cannot write in ${home.telemetryDirectory}: ${error.code}; set RASA_TELEMETRY_ENABLED instead`,
      { cause: error },
    );
  }
}

/** Stores a no beside the file where the file can't be changed: a no must always be possible. */
async function storeOrVeto(host: Host, home: Home, decide: Parameters<typeof storeChoice>[2]): Promise<void> {
  try {
    await storeChoice(host, home, decide);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    try {
      storeVeto(host, home);
    } catch {
      throw asUsageError(error);
    }
    host.problem(`${printable(error.message)}; the choice is kept in ${printable(home.telemetryDirectory)} instead`);
  }
}

async function store(host: Host, home: Home, decide: Parameters<typeof storeChoice>[2]): Promise<void> {
  try {
    await storeChoice(host, home, decide);
  } catch (error) {
    throw asUsageError(error);
  }
}

function asUsageError(error: unknown): unknown {
  if (!(error instanceof ConfigurationError)) return error;
  const way = error.reason === "unwritable" ? "; set RASA_TELEMETRY_ENABLED or RASA_TELEMETRY_HOME instead" : "";
  return new UsageError(`${error.message}${way}`, { cause: error });
}

function requireHome(home: Home | undefined): Home {
  if (home !== undefined) return home;
  throw new UsageError(
    "Cannot keep a choice: no home folder is known; set RASA_TELEMETRY_HOME, or RASA_TELEMETRY_ENABLED instead",
  );
}

/** What can't be deleted carries the name of the old choice, so it never goes either. */
function sayLeft(host: Host, home: Home, left: number): void {
  if (left === 0) return;
  host.problem(
    `${left} of what waited in ${printable(home.telemetryDirectory)} could not be deleted; it will not be sent.`,
  );
}
