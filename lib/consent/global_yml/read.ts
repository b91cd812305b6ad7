import { FileFault, type Host, isMissing } from "../../host/host.ts";
import { isThere, orElse } from "../../host/or_else.ts";
import type { Home } from "../../home.ts";
import type { Configuration } from "../rules.ts";

/** The largest `global.yml` that is read, in bytes. Rasa's own has a few hundred. */
const MAX_CONFIG_BYTES = 1024 * 1024;
/** How long a file that somebody is writing is read again before it counts as it is, in milliseconds. */
const UNFINISHED_MS = 100;
const STEP_MS = 10;
/** A file that was changed longer ago than this, in milliseconds, isn't being written. */
const FRESH_MS = 2_000;

/** The text of `global.yml`, empty where there is no such file; or why it can't be read, in a phrase about "it". */
export type ConfigFile =
  | { readonly text: string; readonly exists: boolean }
  | { readonly text: undefined; readonly problem: string };

/**
 * Reads what `global.yml`, and a no beside it, say about telemetry. `parse` is `parseConfiguration`, or `parsePlain`,
 * which needs no parser of YAML and gives undefined where that is needed; then this gives undefined too.
 */
export function readConfiguration<Parsed extends Configuration | undefined>(
  host: Host,
  home: Home,
  parse: (text: string) => Parsed,
): Configuration | Parsed {
  for (let waited = 0;; waited += STEP_MS) {
    const file = readConfigFile(host, home);
    const configuration = configurationOf(file, parse);
    if (configuration === undefined) return configuration;
    if (waited >= UNFINISHED_MS || !isUnfinished(host, home, file, configuration)) {
      return withVeto(host, home, configuration);
    }
    host.pause(STEP_MS);
  }
}

/**
 * Whether somebody may be writing the file right now: it was changed a moment ago, and is empty or can't be understood.
 * Rasa empties it before it writes.
 */
function isUnfinished(host: Host, home: Home, file: ConfigFile, configuration: Configuration): boolean {
  const isOdd = file.text !== undefined &&
    (configuration.kind === "broken" || (file.exists && file.text.trim() === ""));
  const modified = isOdd ? orElse(() => host.files.stat(home.configFile).modified, undefined) : undefined;
  return modified !== undefined && Math.abs(host.now().getTime() - modified.getTime()) <= FRESH_MS;
}

/** Reads `global.yml` as text. Doesn't read symbolic links, pipes and oversized files. */
export function readConfigFile(host: Host, home: Home): ConfigFile {
  try {
    const bytes = host.files.read(home.configFile, MAX_CONFIG_BYTES);
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), exists: true };
  } catch (error) {
    if (isMissing(error)) return { text: "", exists: false };
    if (error instanceof TypeError) return { text: undefined, problem: "it is not UTF-8 text" };
    if (!(error instanceof FileFault)) throw error;
    return { text: undefined, problem: REASONS[error.code] ?? `it can't be read (${error.code})` };
  }
}

/** What the file itself says, whatever stands beside it. */
export function configurationOf<Parsed extends Configuration | undefined>(
  file: ConfigFile,
  parse: (text: string) => Parsed,
): Configuration | Parsed {
  if (file.text === undefined) return { kind: "broken", problem: file.problem };
  return file.exists ? parse(file.text) : { kind: "silent", fileExists: false };
}

/** The configuration; off where somebody said no beside it. */
function withVeto(host: Host, home: Home, configuration: Configuration): Configuration {
  if (configuration.kind === "stored" && !configuration.stored.enabled) return configuration;
  const vetoed = isThere(host, home.vetoFile);
  if (vetoed === undefined) {
    return { kind: "broken", problem: "whether telemetry was switched off beside it can't be told" };
  }
  if (!vetoed) return configuration;
  const machineId = configuration.kind === "stored" ? configuration.stored.machineId : undefined;
  return { kind: "stored", stored: { enabled: false, traitsEnabled: false, machineId, date: "" } };
}

/** What people are told instead of the system's error code. */
const REASONS: Readonly<Record<string, string>> = {
  ELOOP: "it is a symbolic link, which is not followed",
  NotAFile: "it is not a file",
  EISDIR: "it is not a file",
  TooLarge: "it is larger than 1 MiB",
  EACCES: "its permissions don't allow reading it",
};
