import { dirname, isAbsolute } from "@std/path";
import { under } from "../home.ts";
import { FileFault, type Host, isMissing } from "../host/host.ts";
import { isThere, orElse } from "../host/or_else.ts";

/** The policy for a whole machine. On Windows it is below the folder that `ProgramData` names. */
export const MACHINE_POLICY = "/etc/rasa/telemetry.yml";

/** The name of a project's policy. */
export const PROJECT_POLICY = ".rasa-telemetry.yml";

/** Largest policy that is read, in bytes. */
const MAX_POLICY_BYTES = 64 * 1024;

/** Most folders that a project's policy is looked for in. */
const MAX_FOLDERS = 40;

/** Where `ProgramData` leads unless somebody changed it. Source: Windows' documentation of known folders. */
const USUAL_PROGRAM_DATA = "C:\\ProgramData";

/** The paths of the files that can say no, the machine's first. Most of them don't exist. */
export type PolicyPlaces = readonly string[];

/**
 * Where policies are looked for: one for the machine, and one in each folder from `from`, the working folder, upwards.
 * The last one is the repository's root, the folder that has `.git`, or without one the user's `homeFolder`, or `/`.
 * The way up never leads onto another device, and has at most 40 folders. Undefined: the folder isn't known.
 *
 * Reads the environment, so it is asked before that is given up; the answer holds for as long as the process runs.
 */
export function policyPlaces(host: Host, from: string | undefined, homeFolder: string | undefined): PolicyPlaces {
  const folders = from !== undefined && isAbsolute(from) ? projectFolders(host, from, homeFolder) : [];
  return [machinePolicy(host), ...folders.map((folder) => under(folder, PROJECT_POLICY))];
}

/**
 * The path of the first policy that says no, or undefined where none does. Reads nothing but these files, so it may be
 * asked as often as it matters. What counts as a no: docs/contributing/decisions/27-a-policy-can-only-say-no.md
 */
export function findPolicy(host: Host, places: PolicyPlaces): string | undefined {
  return places.find((path) => saysNo(host, path));
}

/** Whether a policy's text is exactly `enabled: true`, which is no opinion; comments and blank lines aside. */
export function isWithoutOpinion(text: string): boolean {
  // Not the control characters, nor the line ends that only some parsers of YAML know: what stands behind one of those
  // would be a comment to one reader and a line to another.
  const comment = "#[\\t\\x20-\\x7e\\xa0-\\u2027\\u202a-\\uffff]*";
  const blank = new RegExp(`^[ \\t]*(?:${comment})?$`);
  const end = `[ \\t]*(?:[ \\t]${comment})?`;
  const lines = text.split(/\r\n?|\n/).filter((line) => !blank.test(line));
  return new RegExp(`^(?:---${end}\\n)?enabled: +true${end}$`).test(lines.join("\n"));
}

function machinePolicy(host: Host): string {
  if (!host.system.isWindows) return MACHINE_POLICY;
  const folder = host.env("ProgramData") ?? "";
  return `${/^[A-Za-z]:[\\/][^\uFFFD]*$/.test(folder) ? folder : USUAL_PROGRAM_DATA}\\rasa\\telemetry.yml`;
}

function projectFolders(host: Host, from: string, homeFolder: string | undefined): string[] {
  const folders: string[] = [];
  let device: number | undefined;
  for (let folder = from; folders.length < MAX_FOLDERS; folder = dirname(folder)) {
    // A folder whose device can't be told is taken for one of the same: its file is still looked for.
    const here = orElse(() => host.files.stat(folder, true).device, undefined);
    device ??= here;
    if (here !== undefined && here !== device) break;
    folders.push(folder);
    if (isThere(host, under(folder, ".git"))) return folders;
    if (dirname(folder) === folder) break;
  }
  // Without a separator at its end.
  const last = homeFolder === undefined ? -1 : folders.indexOf(dirname(under(homeFolder, ".git")));
  return last === -1 ? folders : folders.slice(0, last + 1);
}

function saysNo(host: Host, path: string): boolean {
  try {
    return !isWithoutOpinion(new TextDecoder("utf-8", { fatal: true }).decode(host.files.read(path, MAX_POLICY_BYTES)));
  } catch (error) {
    // A policy that can't be looked at, read or decoded may be the one that says no.
    if (error instanceof FileFault || error instanceof TypeError) return !isMissing(error);
    throw error;
  }
}
