import { FileFault, type FileLock, type Host } from "../../host/host.ts";
import { orIfMissing } from "../../host/or_else.ts";
import { replaceFile, syncQuietly } from "../../host/replace_file.ts";
import type { Home } from "../../home.ts";
import { newMachineId } from "../../machine_id.ts";
import type { Configuration, StoredChoice } from "../rules.ts";
import { parseConfiguration } from "./parse.ts";
import { patchConfiguration } from "./patch.ts";
import { configurationOf, readConfigFile } from "./read.ts";

/** The longest wait for another process that is changing the file, in milliseconds. */
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

/** Makes the choice to store, given what the file says at that moment. Undefined: leave the file as it is. */
export type Decide = (current: Configuration) => { readonly enabled: boolean; readonly date: string } | undefined;

/**
 * Stores a choice in `global.yml`, and keeps every key and comment of others. `machineId` (undefined: a new id) is
 * stored too, where the file has no id yet. Returns what the file says in the end. Throws `ConfigurationError`.
 */
export async function storeChoice(
  host: Host,
  home: Home,
  decide: Decide,
  machineId?: string,
): Promise<Configuration> {
  const lock = await takeLock(host, home);
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = tryToStore(host, home, decide, machineId);
      if (stored !== undefined) return stored;
    }
  } finally {
    lock?.release();
  }
  throw new ConfigurationError(
    "busy",
    `Cannot change ${home.configFile}: something else keeps changing it; try again`,
  );
}

/**
 * Stores a no: in `global.yml`, or beside it where that can't be changed, because a no must always be possible. Returns
 * why it is stored beside the file; undefined where it is in it. Throws `ConfigurationError` where it can be stored
 * nowhere.
 */
export async function storeNo(host: Host, home: Home, decide: Decide): Promise<ConfigurationError | undefined> {
  try {
    await storeChoice(host, home, decide);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    try {
      host.files.makeDirectory(home.telemetryDirectory);
      replaceFile(host, home.vetoFile, "Telemetry was switched off; rasa-telemetry enable switches it on again.\n");
    } catch (fault) {
      throw fault instanceof FileFault ? error : fault;
    }
    return error;
  }
}

/** Removes a no beside `global.yml`, and returns whether there was one. Throws `FileFault` where it can't be. */
export function removeVeto(host: Host, home: Home): boolean {
  const removed = orIfMissing(() => {
    host.files.remove(home.vetoFile);
    return true;
  }, false);
  if (removed) syncQuietly(host, home.telemetryDirectory);
  return removed;
}

/** The stored choice with a machine id: where it is missing, `machineId` or a new one. Throws `ConfigurationError`. */
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

/** One attempt; undefined where something else changed the file meanwhile. */
function tryToStore(
  host: Host,
  home: Home,
  decide: Decide,
  machineId: string | undefined,
): Configuration | undefined {
  let patched: string | undefined;
  try {
    const file = readConfigFile(host, home);
    // What is changed here is the file, so a no beside it doesn't count.
    const configuration = configurationOf(file, parseConfiguration);
    const choice = decide(configuration);
    if (choice === undefined) return configuration;
    if (configuration.kind === "broken" || file.text === undefined) {
      throw new ConfigurationError("broken", `Cannot change ${home.configFile}: ${problemOf(configuration)}`);
    }
    patched = patchConfiguration(file.text, { ...choice, machineId: machineId ?? newMachineId(host) });
    if (patched === undefined) {
      const advice = 'set "enabled" under "metrics" and "traits" by hand';
      throw new ConfigurationError(
        "broken",
        `Cannot change ${home.configFile} without rewriting settings of other tools; ${advice}`,
      );
    }
    // Rasa's own tools take no lock: what they wrote meanwhile must not be lost.
    const isStill = () => readConfigFile(host, home).text === file.text;
    const replaced = replaceFile(host, home.configFile, patched, { mode: modeOf(host, home), isStill });
    return replaced ? parseConfiguration(patched) : undefined;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // On a network file system an operation may be done and still be reported as failed.
    if (patched !== undefined && readConfigFile(host, home).text === patched) return parseConfiguration(patched);
    throw new ConfigurationError("unwritable", `Cannot change ${home.configFile}: ${error.code}`, error);
  }
}

/** Who may read and write the file; undefined where there is none. Throws `FileFault` where that can't be told. */
function modeOf(host: Host, home: Home): number | undefined {
  return orIfMissing(() => host.files.stat(home.configFile).mode, undefined);
}

function problemOf(configuration: Configuration): string {
  return configuration.kind === "broken" ? configuration.problem : "it says nothing about telemetry";
}

/** Waits for the lock on changes. Undefined where the file system has no locks. Throws `ConfigurationError`. */
async function takeLock(host: Host, home: Home): Promise<FileLock | undefined> {
  const since = host.elapsed();
  try {
    host.files.makeDirectory(home.telemetryDirectory);
    for (;;) {
      const lock = host.files.lock(home.configLock);
      if (lock !== undefined) return lock;
      if (host.elapsed() - since >= LOCK_WAIT_MS) break;
      await host.sleep(LOCK_RETRY_MS);
    }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // Some network file systems have no locks. There, comparing the file before the rename has to do.
    if (["ENOLCK", "EOPNOTSUPP", "ENOSYS", "EINVAL"].includes(error.code)) return undefined;
    throw new ConfigurationError("unwritable", `Cannot write in ${home.directory}: ${error.code}`, error);
  }
  throw new ConfigurationError(
    "busy",
    `Cannot change ${home.configFile}: another process has been changing it for ${LOCK_WAIT_MS / 1000} s; try again`,
  );
}
