import { isAbsolute, join, normalize, SEPARATOR } from "@std/path";
import type { Host } from "./host/host.ts";
import type { Variable } from "./host/variables.ts";

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
    holds: "the choice and its date; Rasa's other tools keep settings in it too",
  },
  telemetryDirectory: {
    path: "telemetry",
    holds: "what only this program uses: a file for each report that waits, and the files below",
  },
  consentRecord: {
    path: "telemetry/consent.json",
    holds: "who was told what and when, whether somebody said yes, where that was, and the machine id",
  },
  toldFile: {
    path: "telemetry/told",
    holds: "nothing; a file whose name begins so says that the notice of that name was shown",
  },
  answerFile: {
    path: "telemetry/answer.json",
    holds: "what init found out last, for hosts that would otherwise start this program to ask again",
  },
  sentLog: { path: "telemetry/sent.log", holds: "the log of what was sent" },
  olderSentLog: { path: "telemetry/sent.log.1", holds: "the older half of that log" },
  unloggedFile: { path: "telemetry/unlogged", holds: "how many entries that log lacks: a byte for each" },
  localLog: { path: "telemetry/local.log", holds: "the log of what was recorded under enable --local" },
  olderLocalLog: { path: "telemetry/local.log.1", holds: "the older half of that log" },
  vetoFile: { path: "telemetry/disabled", holds: "a no that could not be stored in global.yml" },
  serverStateFile: {
    path: "telemetry/delivery.json",
    holds: "how the last delivery went, and when the next may begin",
  },
  droppedFile: { path: "telemetry/dropped", holds: "how many reports were dropped unsent, and why: a letter for each" },
  configLock: {
    path: "telemetry/configuration.lock",
    holds: "nothing; it is locked while global.yml or consent.json is changed",
  },
  noticeLock: { path: "telemetry/notice.lock", holds: "nothing; it is locked while the notice is shown" },
  sendingLock: {
    path: "telemetry/sending.lock",
    holds: "nothing; it is locked while a request is under way, so that disable can wait for its end",
  },
  requestFile: {
    path: "telemetry/request",
    holds: "the ids of its reports; a file whose name begins so says when a request began that has no answer yet",
  },
  deliveryLock: { path: "telemetry/delivery.lock", holds: "nothing; it is locked by the one process that delivers" },
} as const satisfies Record<string, HomeFile>;

/** Where things are kept: the home (`~/.config/rasa`, or what RASA_TELEMETRY_HOME says), and each path in it. */
export type Home = { readonly directory: string } & { readonly [Name in keyof typeof HOME_FILES]: string };

/**
 * Where things are kept, or undefined where no variable names a home folder that can be used. `~/` stands for the
 * user's own folder. Source of the folder: Rasa, on every system.
 */
export function readHome(host: Host): Home | undefined {
  const chosen = host.env("RASA_TELEMETRY_HOME");
  const user = readUserFolder(host);
  if (!chosen) return user === undefined ? undefined : homeAt(join(user, ".config", "rasa"));
  const tilde = /^~[/\\]/.test(chosen);
  const directory = tilde ? user && join(user, chosen.slice(2)) : chosen;
  return directory !== undefined && isUsable(directory) ? homeAt(normalize(directory)) : undefined;
}

/** The user's own folder; undefined where no variable names one that can be used. */
export function readUserFolder(host: Host): string | undefined {
  const user = host.env(userVariable(host));
  return user && isUsable(user) ? user : undefined;
}

function userVariable(host: Host): "USERPROFILE" | "HOME" {
  return host.system.isWindows ? "USERPROFILE" : "HOME";
}

/**
 * The variable that names a home folder which can't be used; undefined where none does. Then there is no home, and
 * where a stored no would be isn't known.
 */
export function misplacedBy(host: Host, home = readHome(host)): Variable | undefined {
  if (home !== undefined) return undefined;
  const user = userVariable(host);
  return (["RASA_TELEMETRY_HOME", user] as const).find((name) => host.env(name));
}

/**
 * A relative name would be another folder in each working folder, and so would a choice that stands in it. A name that
 * isn't Unicode can't be opened.
 */
function isUsable(folder: string): boolean {
  return isAbsolute(folder) && !folder.includes("\uFFFD");
}

/** Where things are kept in a home at this path. */
export function homeAt(directory: string): Home {
  const pathOf = (path: string) => under(directory, path.replaceAll("/", SEPARATOR));
  const paths = Object.entries(HOME_FILES).map(([name, { path }]) => [name, pathOf(path)]);
  // The names are those of the table, which `fromEntries` forgets.
  return { directory, ...Object.fromEntries(paths) as Omit<Home, "directory"> };
}

/** A path in a folder, whose name has no dots to follow. Much cheaper than `join`, which looks for them everywhere. */
export function under(folder: string, name: string): string {
  return folder.endsWith(SEPARATOR) ? folder + name : folder + SEPARATOR + name;
}
