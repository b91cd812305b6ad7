import { isAbsolute, join, resolve } from "@std/path";
import type { Host } from "./host/host.ts";

/** A file or folder that is kept under the home. */
export interface HomeFile {
  /** Its path as seen from the home. */
  readonly path: string;
  /** What is in it, for people. */
  readonly holds: string;
}

/** Everything that is kept under the home, each once: the program, the documents and the page take names from here. */
export const HOME_FILES = {
  configFile: {
    path: "global.yml",
    holds: "the choice, its date and the machine id; Rasa's other tools keep settings in it too",
  },
  telemetryDirectory: {
    path: "telemetry",
    holds: "what only this program uses: a file for each report that waits, and the files below",
  },
  sentLog: { path: "telemetry/sent.log", holds: "the log of what was sent" },
  olderSentLog: { path: "telemetry/sent.log.1", holds: "the older half of that log" },
  noticeFile: { path: "telemetry/notice", holds: "when the notice was shown" },
  vetoFile: { path: "telemetry/disabled", holds: "a no that could not be stored in global.yml" },
  serverStateFile: {
    path: "telemetry/delivery.json",
    holds: "how the last delivery went, and when the next may begin",
  },
  droppedFile: { path: "telemetry/dropped", holds: "how many reports were dropped unsent: a byte for each" },
  configLock: { path: "telemetry/configuration.lock", holds: "nothing; it is locked while global.yml is changed" },
  noticeLock: { path: "telemetry/notice.lock", holds: "nothing; it is locked while the notice is shown" },
  deliveryLock: { path: "telemetry/delivery.lock", holds: "nothing; it is locked by the one process that delivers" },
} as const satisfies Record<string, HomeFile>;

/** Where things are kept: the home (`~/.config/rasa`, or what RASA_TELEMETRY_HOME says), and each path in it. */
export type Home = { readonly directory: string } & { readonly [Name in keyof typeof HOME_FILES]: string };

/**
 * Where things are kept, or undefined where no variable names a home folder that can be used. Source of the folder:
 * Rasa, on every system.
 */
export function readHome(host: Host): Home | undefined {
  const chosen = host.env("RASA_TELEMETRY_HOME");
  const user = host.system.isWindows ? host.env("USERPROFILE") : host.env("HOME");
  // A name that isn't Unicode can't be opened; any other folder in its place might lack the "no" that is stored there.
  if ((chosen || user)?.includes("\uFFFD")) return undefined;
  if (chosen) {
    const cwd = host.cwd();
    if (!isAbsolute(chosen) && cwd === undefined) return undefined;
    return homeAt(resolve(cwd ?? "/", chosen));
  }
  return user && isAbsolute(user) ? homeAt(join(user, ".config", "rasa")) : undefined;
}

/** Where things are kept in a home at this path. */
export function homeAt(directory: string): Home {
  const paths = Object.entries(HOME_FILES).map(([name, { path }]) => [name, join(directory, path)]);
  // The names are those of the table, which `fromEntries` forgets.
  return { directory, ...Object.fromEntries(paths) as Omit<Home, "directory"> };
}
