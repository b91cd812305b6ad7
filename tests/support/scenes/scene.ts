import { run } from "../../../lib/cli.ts";
import { type BuildConfig, RASA_LICENCE_KEY } from "../../../lib/build_config.ts";
import type { Label } from "../../../lib/consent/permission.ts";
import { loadYaml, parseConfiguration } from "../../../lib/consent/global_yml/parse.ts";
import { type ConsentRecord, parseRecord, recordText } from "../../../lib/consent/record.ts";
import type { Configuration } from "../../../lib/consent/rules.ts";
import { freshRecord } from "../../../lib/consent/fresh_record.ts";
import { nameOfChoice } from "../../../lib/consent/settle.ts";
import { FileFault } from "../../../lib/host/host.ts";
import type { MemoryHost } from "../machine/memory_host.ts";

await loadYaml();

/** A build as the tests use it. */
export const BUILD: BuildConfig = {
  version: "1.2.3",
  endpoint: "http://127.0.0.1:9",
  writeKey: "key",
  licenceKey: RASA_LICENCE_KEY,
  recipient: "Rasa",
  offByDefault: false,
  date: "2025-01-01T00:00:00.000Z",
};

/** Where a `MemoryHost` keeps its settings, unless told otherwise. */
export const CONFIG_FILE = "/home/ada/.config/rasa/global.yml";
/** Where it keeps what waits. */
export const QUEUE = "/home/ada/.config/rasa/telemetry";
/** The id that `STORED_ON` has. */
export const MACHINE_ID = "38d23c36c9be443281196080fcdd707d";

/** Where a `MemoryHost` keeps the record of consent. */
export const RECORD_FILE = `${QUEUE}/consent.json`;
/** The epoch of `recordOf`. */
export const EPOCH = "20000000-0000-4000-8000-000000000000";
/** One that is none of `recordOf`'s. */
export const OTHER_EPOCH = "20000000-0000-4000-8000-000000000001";

/** Settings as Rasa writes them by itself, with telemetry on: the default, of which nobody was told. */
export const STORED_ON = settings(true);
/** Settings as Rasa writes them, with telemetry off. */
export const STORED_OFF = settings(false);

/** A record of consent on a machine whose settings are `STORED_ON`, with `MACHINE_ID` for its id. */
export function recordOf(parts: Partial<ConsentRecord> = {}): string {
  const { epoch = EPOCH, ...others } = parts;
  const fresh = freshRecord({ place: { kind: "machine", hash: null }, choice: choiceOf(STORED_ON) }, epoch);
  return recordText({ ...fresh, machineId: MACHINE_ID, ...others });
}

/** The files of a user who said yes: reports leave at once. */
export const ASKED = {
  [CONFIG_FILE]: STORED_ON,
  [RECORD_FILE]: recordOf({ asked: { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: BUILD.recipient } }),
};

/** The files of a user who was shown the notice at that moment, and did not answer. */
export function toldAt(at: string, parts: Partial<ConsentRecord> = {}): Record<string, string> {
  const told = { at, first: at, notice: 1, addressee: BUILD.recipient, terminal: false };
  return { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: recordOf({ told, ...parts }) };
}

/** The files of a user who was shown the notice long ago: reports leave. */
export const TOLD = toldAt("2026-02-01T00:00:00.000Z");

/** Runs a command line and gives its exit code. */
export function runHere(host: MemoryHost, ...args: string[]): Promise<number> {
  // Each command is a process of its own: what the one before gave up is there again.
  host.relinquished = false;
  return run(args, host, BUILD);
}

/** Runs a command line with `--json` and gives what it printed. */
export async function runJson(host: MemoryHost, ...args: string[]): Promise<Record<string, unknown>> {
  const before = host.out.length;
  await runHere(host, ...args, "--json");
  return JSON.parse(host.out.slice(before));
}

/** The reports that wait, oldest first. */
export function queued(host: MemoryHost, folder = QUEUE): (Label & { report: Record<string, unknown> })[] {
  return host.files.names(folder).filter((name) => name.endsWith(".json") && /^\d{15}-/.test(name))
    .map((name) => JSON.parse(host.files.text(`${folder}/${name}`) ?? "null"));
}

/** What `global.yml` says about telemetry. */
export function storedIn(host: MemoryHost): Configuration {
  return parseConfiguration(host.files.text(CONFIG_FILE) ?? "");
}

/** The record of consent; undefined where there is none. */
export function recordIn(host: MemoryHost): ConsentRecord | undefined {
  const record = parseRecord(host.files.text(RECORD_FILE) ?? "");
  return record === "newer" ? undefined : record;
}

/** Lets nothing be changed in a folder any more. Folders that exist can still be asked for, as on a real disk. */
export function makeReadOnly(host: MemoryHost, folder = "/"): void {
  host.files.before = ({ action, path }) => {
    if (!path.startsWith(folder) || ["read", "list", "stat"].includes(action)) return;
    if (action === "makeDirectory" && host.files.nodes.get(path)?.kind === "directory") return;
    throw new FileFault("change it", "EROFS");
  };
}

/** What a record has as the choice, where settings like these are stored. */
export function choiceOf(text: string): string {
  return nameOfChoice(parseConfiguration(text)) ?? "";
}

function settings(enabled: boolean): string {
  const section = `  enabled: ${enabled}\n  rasa_user_id: ${MACHINE_ID}\n  date: 2025-05-03 10:12:13.123456\n`;
  return `metrics:\n${section}traits:\n${section}`;
}
