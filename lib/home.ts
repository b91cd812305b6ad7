import { dirname, join, resolve } from "@std/path";
import { FileFault, type Host, isMissing } from "./host/host.ts";

/** Where things are kept on this machine. */
export interface Home {
  /** `~/.config/rasa`, or what RASA_TELEMETRY_HOME says. */
  readonly directory: string;
  /** `global.yml`, which Rasa's other tools keep their settings in too. */
  readonly configFile: string;
  /** What only this program uses: waiting reports, locks, the sent log. */
  readonly telemetryDirectory: string;
}

/** Where things are kept, or undefined where no variable names a home folder. Source of the folder: Rasa, on every system. */
export function readHome(host: Host): Home | undefined {
  const chosen = host.env("RASA_TELEMETRY_HOME");
  if (chosen) return homeAt(resolve(host.cwd() ?? "/", chosen));
  const user = host.system.name === "Windows" ? host.env("USERPROFILE") : host.env("HOME");
  if (!user) return undefined;
  return homeAt(join(user, ".config", "rasa"));
}

function homeAt(directory: string): Home {
  return {
    directory,
    configFile: join(directory, "global.yml"),
    telemetryDirectory: join(directory, "telemetry"),
  };
}

/** Whether a report could be kept here. Makes a folder in the deepest folder that exists already, and removes it again. */
export function isWritable(host: Host, home: Home): boolean {
  let folder = home.telemetryDirectory;
  while (!isFolder(host, folder)) {
    const above = dirname(folder);
    if (above === folder) return false;
    folder = above;
  }
  const probe = join(folder, `.rasa-telemetry-${host.uuid()}`);
  try {
    host.files.makeDirectory(probe);
    host.files.remove(probe);
    return true;
  } catch (error) {
    if (error instanceof FileFault) return false;
    throw error;
  }
}

function isFolder(host: Host, path: string): boolean {
  try {
    return host.files.stat(path, true).kind === "directory";
  } catch (error) {
    if (isMissing(error)) return false;
    // What can't even be looked at can't be written either; the attempt above will say so.
    if (error instanceof FileFault) return true;
    throw error;
  }
}
