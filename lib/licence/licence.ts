import type { Host } from "../host/host.ts";
import type { Licence } from "./verify.ts";

export type { Licence } from "./verify.ts";

/** Where the licence's terms are. Source: Rasa's public telemetry documentation. */
export const TERMS_URL = "https://rasa.com/developer-terms";

/** The variables that may hold a licence, newest name first. */
const NAMES = ["RASA_LICENSE", "RASA_PRO_LICENSE"] as const;

/**
 * Finds and verifies the licence: the value of RASA_LICENSE, or else of RASA_PRO_LICENSE. A blank value counts as not
 * set. Undefined where there is none. Never throws.
 *
 * White space around the text isn't part of the licence, but it is hashed with it: Rasa hashes the variable's whole
 * value.
 */
export async function readLicence(host: Host, publicKeyPem: string): Promise<Licence | undefined> {
  const text = NAMES.map((name) => host.env(name)).find((value) => value !== undefined && value.trim() !== "");
  if (text === undefined) return undefined;
  // Most starts have no licence, and then need nothing that verifies one.
  const { judgeLicence } = await import("./verify.ts");
  return await judgeLicence(text, publicKeyPem, host.now());
}
