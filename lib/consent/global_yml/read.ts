import { join } from "@std/path";
import { FileFault, type Host, isMissing } from "../../host/host.ts";
import type { Home } from "../../home.ts";
import type { Configuration } from "../rules.ts";

/** Largest `global.yml` that is read, in bytes. Rasa's own is a few hundred. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/** The text of `global.yml`, empty where there is no such file; or why it can't be read as text, in words about "it". */
export type ConfigFile =
  | { readonly text: string; readonly exists: boolean }
  | { readonly text: undefined; readonly problem: string };

/** Reads `global.yml`. Links, pipes and oversized files are not read. */
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

/** The same configuration, unless somebody said no beside it. */
export function withVeto(host: Host, home: Home, configuration: Configuration): Configuration {
  if (configuration.kind === "broken" || (configuration.kind === "stored" && !configuration.stored.enabled)) {
    return configuration;
  }
  const vetoed = hasVeto(host, home);
  if (vetoed === undefined) {
    return { kind: "broken", problem: "whether telemetry was switched off beside it can't be told" };
  }
  if (!vetoed) return configuration;
  const machineId = configuration.kind === "stored" ? configuration.stored.machineId : undefined;
  return { kind: "stored", stored: { enabled: false, traitsEnabled: false, machineId, date: "" } };
}

/** Where a no is kept that `global.yml` can't take. */
export function vetoPath(home: Home): string {
  return join(home.telemetryDirectory, "disabled");
}

/** Undefined where it can't be told. */
function hasVeto(host: Host, home: Home): boolean | undefined {
  try {
    host.files.stat(vetoPath(home));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    if (error instanceof FileFault) return undefined;
    throw error;
  }
}

/** What people are told instead of the system's name for it. */
const REASONS: Readonly<Record<string, string>> = {
  ELOOP: "it is a symbolic link, which is not followed",
  NotAFile: "it is not a file",
  EISDIR: "it is not a file",
  TooLarge: "it is larger than 1 MiB",
  EACCES: "its permissions don't allow reading it",
};
