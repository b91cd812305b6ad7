export { makeKeyPair, pemOf } from "../../../scripts/support/licence_keys.ts";

/** Makes licences for tests: tokens signed with a key pair that stands in for Rasa's. */

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** The header of a licence. */
export const RS256 = { alg: "RS256", typ: "JWT" };

/** The scopes of a Developer Edition Extended licence. */
export const LOCKING_SCOPE = "rasa:pro rasa:pro:champion-server-limited";

/** The claims of a valid licence around this moment, in the order that Rasa's have. */
export function claimsAt(moment: Date, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(moment.getTime() / 1000);
  return {
    jti: "6f1c",
    iat: now - 3_600,
    nbf: now - 3_600,
    scope: "rasa:pro",
    exp: now + 3_600,
    email: "ada@example.com",
    company: "Example Ltd",
    ...changes,
  };
}

/** A part of a token: an object as JSON, a string or bytes as they are. */
export function encodePart(part: object | string | Uint8Array): string {
  const text = typeof part === "string" ? part : JSON.stringify(part);
  const bytes = part instanceof Uint8Array ? part : new TextEncoder().encode(text);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** A token signed with a private key. */
export async function signToken(
  key: CryptoKey,
  payload: object | string | Uint8Array,
  header: object | string = RS256,
): Promise<string> {
  const signed = `${encodePart(header)}.${encodePart(payload)}`;
  const signature = await crypto.subtle.sign(ALGORITHM, key, new TextEncoder().encode(signed));
  return `${signed}.${encodePart(new Uint8Array(signature))}`;
}
