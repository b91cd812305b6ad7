/** A key pair that stands in for the one that Rasa signs licences with, and licences signed with it. */

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** The header of a licence. */
export const RS256 = { alg: "RS256", typ: "JWT" };

/** The scopes of a Developer Edition Extended licence. */
export const LOCKING_SCOPE = "rasa:pro rasa:pro:champion-server-limited";

/** A new pair. */
export async function makeKeyPair(): Promise<CryptoKeyPair> {
  const parameters = { ...ALGORITHM, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  return await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
}

/** A public key in the form that a build takes: SPKI in PEM. */
export async function pemOf(key: CryptoKey): Promise<string> {
  const encoded = new Uint8Array(await crypto.subtle.exportKey("spki", key)).toBase64();
  return `-----BEGIN PUBLIC KEY-----\n${encoded.replace(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;
}

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
