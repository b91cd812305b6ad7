import { FileFault, type Host, isFull } from "../../host/host.ts";
import { orIfMissing } from "../../host/or_else.ts";
import { replaceFile, syncQuietly } from "../../host/replace_file.ts";
import type { Home } from "../../home.ts";
import type { Configuration } from "../rules.ts";
import { loadYaml, parseConfiguration } from "./parse.ts";
import { ConfigurationError } from "./configuration_error.ts";
import type { Choice } from "./patch.ts";
import { parsePlain } from "./plain.ts";
import { configurationOf, readConfigFile } from "./read.ts";

const MAX_ATTEMPTS = 10;

/**
 * Stores a choice in `global.yml`, for whoever holds the lock, and keeps every key and comment of others. A choice that
 * is stored already stays with its date. Where it is `renewed`, because it is another one that the file can't tell from
 * it, it gets its own date if the file can be changed. Throws `ConfigurationError`.
 */
export async function storeChoice(host: Host, home: Home, choice: Choice, renewed = false): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (await tryToStore(host, home, choice, renewed)) return;
  }
  throw new ConfigurationError(
    "busy",
    `Cannot change ${home.configFile}: something else keeps changing it; try again`,
  );
}

/** Keeps a no beside `global.yml`, on a full disk in an empty file. Throws `FileFault` where that can't be. */
export function storeVeto(host: Host, home: Home): void {
  host.files.makeDirectory(home.telemetryDirectory);
  try {
    replaceFile(host, home.vetoFile, "Telemetry was switched off; rasa-telemetry enable switches it on again.\n");
  } catch (error) {
    if (!isFull(error)) throw error;
    // What stands there says no, whatever is in it.
    host.files.append(home.vetoFile, new Uint8Array());
    for (const path of [home.vetoFile, home.telemetryDirectory]) syncQuietly(host, path);
  }
}

/** Removes a no beside `global.yml`. Throws `FileFault` where it can't be. */
export function removeVeto(host: Host, home: Home): void {
  const removed = orIfMissing(() => {
    host.files.remove(home.vetoFile);
    return true;
  }, false);
  if (removed) syncQuietly(host, home.telemetryDirectory);
}

/** One attempt. False where something else changed the file meanwhile. */
async function tryToStore(host: Host, home: Home, choice: Choice, renewed: boolean): Promise<boolean> {
  let patched: string | undefined;
  try {
    const file = readConfigFile(host, home);
    if (file.text !== undefined && parsePlain(file.text) === undefined) await loadYaml();
    // What is changed here is the file, so a no beside it doesn't count.
    const configuration = configurationOf(file, parseConfiguration);
    if (!renewed && isStored(configuration, choice)) return true;
    if (configuration.kind === "broken" || file.text === undefined) {
      throw new ConfigurationError("broken", `Cannot change ${home.configFile}: ${problemOf(configuration)}`);
    }
    // Comes with the parser of YAML. A no that is stored already needs neither.
    const { patchConfiguration } = await import("./patch.ts");
    patched = patchConfiguration(file.text, choice);
    if (patched === undefined) {
      const advice = 'set "enabled" under "metrics" and "traits" by hand';
      throw new ConfigurationError(
        "broken",
        `Cannot change ${home.configFile} without rewriting settings of other tools; ${advice}`,
      );
    }
    // Rasa's own tools take no lock: what they wrote meanwhile must not be lost.
    const isStill = () => readConfigFile(host, home).text === file.text;
    host.files.makeDirectory(home.directory);
    return replaceFile(host, home.configFile, patched, { like: home.configFile, isStill });
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // On a network file system an operation may be done and still be reported as failed.
    if (patched !== undefined && readConfigFile(host, home).text === patched) return true;
    if (renewed && isStored(configurationOf(readConfigFile(host, home), parseConfiguration), choice)) return true;
    throw new ConfigurationError("unwritable", `Cannot change ${home.configFile}: ${error.code}`, error);
  }
}

/** Whether the file says so already, for events and traits alike. */
function isStored(configuration: Configuration, { enabled }: Choice): boolean {
  if (configuration.kind !== "stored") return false;
  const { stored } = configuration;
  return stored.enabled === enabled && stored.traitsEnabled === enabled;
}

function problemOf(configuration: Configuration): string {
  return configuration.kind === "broken" ? configuration.problem : "it says nothing about telemetry";
}
