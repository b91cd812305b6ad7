import { FileFault, type Host } from "../host/host.ts";
import type { Licence } from "./verify.ts";

export type { Licence } from "./verify.ts";

/** Where a licence is looked for, newest name first. */
const NAMES = ["RASA_LICENSE", "RASA_PRO_LICENSE"] as const;

/** Largest `.env` file that is read, in bytes. */
const MAX_DOTENV_BYTES = 256 * 1024;

/**
 * Finds and verifies the licence: in the variable RASA_LICENSE, else RASA_PRO_LICENSE, else under these names in the `.env`
 * file of the working directory. A blank value counts as not set. Undefined where there is none. Never throws.
 *
 * White space around the text is not part of the licence, but is part of what is hashed: Rasa hashes the variable's value.
 */
export async function readLicence(host: Host, publicKeyPem: string): Promise<Licence | undefined> {
  const text = NAMES.map((name) => host.env(name)).find(isGiven) ?? await readFromDotenv(host);
  if (text === undefined) return undefined;
  // Where there is none, nothing that verifies one is loaded.
  const { judgeLicence } = await import("./verify.ts");
  return await judgeLicence(text, publicKeyPem, host.now());
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "";
}

async function readFromDotenv(host: Host): Promise<string | undefined> {
  const folder = host.cwd();
  if (folder === undefined) return undefined;
  try {
    const content = host.files.read(`${folder === "/" ? "" : folder}/.env`, MAX_DOTENV_BYTES, true);
    if (!holds(content, END_OF_NAMES)) return undefined;
    const { parseDotenv } = await import("./dotenv.ts");
    const values = parseDotenv(new TextDecoder().decode(content), NAMES);
    return NAMES.map((name) => values.get(name)).find(isGiven);
  } catch (error) {
    if (error instanceof FileFault) return undefined;
    throw error;
  }
}

/** What both names end with. */
const END_OF_NAMES = "_LICENSE";

/** Whether bytes hold a text of ASCII. They aren't decoded for that: most `.env` files hold no licence. */
function holds(bytes: Uint8Array, text: string): boolean {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    let length = 1;
    while (length < text.length && bytes[at + length] === text.charCodeAt(length)) length++;
    if (length === text.length) return true;
  }
  return false;
}
