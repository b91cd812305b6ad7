import { run } from "../../../lib/cli.ts";
import { type BuildConfig, RASA_LICENCE_KEY } from "../../../lib/build_config.ts";
import type { MemoryHost } from "../machine/memory_host.ts";

/** A build as the tests use it. */
export const BUILD: BuildConfig = {
  version: "1.2.3",
  endpoint: "http://127.0.0.1:9",
  writeKey: "key",
  licenceKey: RASA_LICENCE_KEY,
};

/** Where a `MemoryHost` keeps its settings, unless told otherwise. */
export const CONFIG_FILE = "/home/ada/.config/rasa/global.yml";
/** Where it keeps what waits. */
export const QUEUE = "/home/ada/.config/rasa/telemetry";
/** The id that `STORED_ON` has. */
export const MACHINE_ID = "38d23c36c9be443281196080fcdd707d";

/** Settings as Rasa writes them, with telemetry on. */
export const STORED_ON = settings(true);
/** Settings as Rasa writes them, with telemetry off. */
export const STORED_OFF = settings(false);

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
export function queued(host: MemoryHost, folder = QUEUE): { choice: string | null; report: Record<string, unknown> }[] {
  return host.files.names(folder).filter((name) => name.endsWith(".json") && /^\d{15}-/.test(name))
    .map((name) => JSON.parse(host.files.text(`${folder}/${name}`) ?? "null"));
}

function settings(enabled: boolean): string {
  const section = `  enabled: ${enabled}\n  rasa_user_id: ${MACHINE_ID}\n  date: 2025-05-03 10:12:13.123456\n`;
  return `metrics:\n${section}traits:\n${section}`;
}
