import { join } from "@std/path";
import { FileFault, type Host, isMissing } from "../../host/host.ts";
import { replaceFile, syncQuietly } from "../../host/replace_file.ts";
import type { Home } from "../../home.ts";
import { newMachineId } from "../../machine_id.ts";
import { type ConfigFile, readConfigFile, vetoPath, withVeto } from "./read.ts";
import type { Configuration, StoredChoice } from "../rules.ts";
import { parseConfiguration, patchConfiguration } from "./patch.ts";

/** How long to wait for another process that is changing the file, in milliseconds. */
const LOCK_WAIT_MS = 2_000;
const LOCK_RETRY_MS = 20;
const MAX_ATTEMPTS = 10;

/** Why a choice could not be stored. The file is as it was. */
export class ConfigurationError extends Error {
  override name = "ConfigurationError";
  readonly reason: "broken" | "unwritable" | "busy";

  constructor(reason: "broken" | "unwritable" | "busy", message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** What `global.yml`, and a no that is kept beside it, say about telemetry. */
export function readConfiguration(host: Host, home: Home): Configuration {
  return withVeto(host, home, configurationOf(readConfigFile(host, home)));
}

/**
 * Switches telemetry off beside a `global.yml` that can't be changed with certainty: a no must always be possible. Throws
 * `FileFault` where that can't be kept either.
 */
export function storeVeto(host: Host, home: Home): void {
  host.files.makeDirectory(home.telemetryDirectory);
  replaceFile(host, vetoPath(home), "Telemetry was switched off; rasa-telemetry enable switches it on again.\n");
}

/** Takes the veto back, and says whether there was one. Throws `FileFault` where it can't be removed. */
export function removeVeto(host: Host, home: Home): boolean {
  try {
    host.files.remove(vetoPath(home));
    syncQuietly(host, home.telemetryDirectory);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Stores a choice in `global.yml`, keeping every key and comment that isn't ours, and the machine id if it has one.
 * `decide` is given what the file says at that moment, and returns the choice, or undefined to leave it as it is.
 * Returns what the file says in the end. `machineId` is stored where the file has none; a new one unless given. Throws
 * `ConfigurationError`.
 */
export async function storeChoice(
  host: Host,
  home: Home,
  decide: (current: Configuration) => { readonly enabled: boolean; readonly date: string } | undefined,
  machineId?: string,
): Promise<Configuration> {
  const lock = await takeLock(host, home);
  let written: string | undefined;
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const content = readConfigFile(host, home);
      const configuration = configurationOf(content);
      // The file's own word, whatever stands beside it: that is what is changed here.
      const choice = decide(configuration);
      if (choice === undefined) return configuration;
      if (configuration.kind === "broken" || content.text === undefined) {
        throw new ConfigurationError("broken", `Cannot change ${home.configFile}: ${problemOf(configuration)}`);
      }
      const { text } = content;
      const patched = patchConfiguration(text, { ...choice, machineId: machineId ?? newMachineId(host) });
      if (patched === undefined) {
        const advice = 'set "enabled" under "metrics" and "traits" by hand';
        throw new ConfigurationError(
          "broken",
          `Cannot change ${home.configFile} without rewriting what isn't ours; ${advice}`,
        );
      }
      written = patched;
      // Rasa's own tools take no lock: what they wrote meanwhile must not be lost.
      const isStill = () => readConfigFile(host, home).text === text;
      if (replaceFile(host, home.configFile, patched, { mode: modeOf(host, home), isStill })) {
        return parseConfiguration(patched);
      }
    }
    throw new ConfigurationError(
      "busy",
      `Cannot change ${home.configFile}: something else keeps changing it; try again`,
    );
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // A network may say that something failed which was done.
    if (written !== undefined && readConfigFile(host, home).text === written) return parseConfiguration(written);
    throw new ConfigurationError("unwritable", `Cannot change ${home.configFile}: ${error.code}`, error);
  } finally {
    lock?.release();
  }
}

/** The stored choice with a machine id in it: `machineId`, or a new one, where it is missing. Throws `ConfigurationError`. */
export async function storeMachineId(
  host: Host,
  home: Home,
  machineId: string | undefined,
): Promise<StoredChoice & { readonly machineId: string }> {
  const configuration = await storeChoice(host, home, (current) => {
    if (current.kind !== "stored") return { enabled: true, date: host.now().toISOString() };
    if (current.stored.machineId !== undefined) return undefined;
    return { enabled: current.stored.enabled, date: current.stored.date || host.now().toISOString() };
  }, machineId);
  if (configuration.kind !== "stored" || configuration.stored.machineId === undefined) {
    throw new ConfigurationError(
      "broken",
      `Cannot keep a machine id in ${home.configFile}: ${problemOf(configuration)}`,
    );
  }
  return { ...configuration.stored, machineId: configuration.stored.machineId };
}

/** Who may read and write the file; undefined where there is none. Throws `FileFault` where that can't be told. */
function modeOf(host: Host, home: Home): number | undefined {
  try {
    return host.files.stat(home.configFile).mode;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function configurationOf(content: ConfigFile): Configuration {
  if (content.text === undefined) return { kind: "broken", problem: content.problem };
  return content.exists ? parseConfiguration(content.text) : { kind: "silent", fileExists: false };
}

function problemOf(configuration: Configuration): string {
  return configuration.kind === "broken" ? configuration.problem : "it says nothing about telemetry";
}

async function takeLock(host: Host, home: Home): Promise<{ release(): void } | undefined> {
  const path = join(home.telemetryDirectory, "configuration.lock");
  const since = host.elapsed();
  try {
    host.files.makeDirectory(home.telemetryDirectory);
    for (;;) {
      const lock = host.files.lock(path);
      if (lock !== undefined) return lock;
      if (host.elapsed() - since >= LOCK_WAIT_MS) break;
      await host.sleep(LOCK_RETRY_MS);
    }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // Where locks can't be asked for (some network filesystems), comparing before the rename is what is left.
    if (["ENOLCK", "EOPNOTSUPP", "ENOSYS", "EINVAL"].includes(error.code)) return undefined;
    throw new ConfigurationError("unwritable", `Cannot write in ${home.directory}: ${error.code}`, error);
  }
  throw new ConfigurationError(
    "busy",
    `Cannot change ${home.configFile}: another process has been changing it for ${LOCK_WAIT_MS / 1000} s; try again`,
  );
}
