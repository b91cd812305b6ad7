import { dirname, isAbsolute, join, resolve } from "@std/path";
import { FileFault, type FileKind, type Host, isMissing } from "./host/host.ts";
import { removeQuietly } from "./host/replace_file.ts";

/** Where things are kept on this machine. */
export interface Home {
  /** `~/.config/rasa`, or what RASA_TELEMETRY_HOME says. */
  readonly directory: string;
  /** `global.yml`, which Rasa's other tools keep their settings in too. */
  readonly configFile: string;
  /** What only this program uses: waiting reports, locks, the sent log. */
  readonly telemetryDirectory: string;
}

/** Where things are kept, or undefined where no variable names a home folder that can be used. Source of the folder: Rasa, on every system. */
export function readHome(host: Host): Home | undefined {
  const chosen = host.env("RASA_TELEMETRY_HOME");
  const user = host.system.name === "Windows" ? host.env("USERPROFILE") : host.env("HOME");
  // A name that isn't Unicode can't be opened; any other folder in its place might lack the "no" that is stored there.
  if ((chosen || user)?.includes("\uFFFD")) return undefined;
  if (chosen) {
    const cwd = host.cwd();
    if (!isAbsolute(chosen) && cwd === undefined) return undefined;
    return homeAt(resolve(cwd ?? "/", chosen));
  }
  return user && isAbsolute(user) ? homeAt(join(user, ".config", "rasa")) : undefined;
}

function homeAt(directory: string): Home {
  return {
    directory,
    configFile: join(directory, "global.yml"),
    telemetryDirectory: join(directory, "telemetry"),
  };
}

/** Whether a report could be kept here. Makes a small file in the deepest folder that exists already, and removes it again. */
export function isWritable(host: Host, home: Home): boolean {
  let folder = home.telemetryDirectory;
  for (let kind = kindOf(host, folder); kind !== "directory"; kind = kindOf(host, folder)) {
    const above = dirname(folder);
    // Nothing can be made below what exists and isn't a folder.
    if (kind !== undefined || above === folder) return false;
    folder = above;
  }
  const probe = join(folder, `.rasa-telemetry-${host.uuid()}.tmp`);
  try {
    // With content: a full disk still takes empty files and folders.
    host.files.create(probe, new Uint8Array(1));
    return true;
  } catch (error) {
    if (error instanceof FileFault) return false;
    throw error;
  } finally {
    removeQuietly(host, probe);
  }
}

/** What is at a path, `"other"` where that can't be told, or undefined where there is nothing. */
function kindOf(host: Host, path: string): FileKind | undefined {
  try {
    return host.files.stat(path, true).kind;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    if (!isMissing(error) || error.code === "ENOTDIR") return "other";
    // A link that leads nowhere is something all the same: no folder can be made in its place.
    return isLink(host, path) ? "other" : undefined;
  }
}

function isLink(host: Host, path: string): boolean {
  try {
    return host.files.stat(path).kind === "link";
  } catch (error) {
    if (error instanceof FileFault) return false;
    throw error;
  }
}
