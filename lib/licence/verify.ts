import { isObject } from "../json_object.ts";
import { sha256 } from "../sha256.ts";
import { isReportableCompany } from "./company.ts";

/** What the licence on this machine says, or that it counts as none. Of its text this holds nothing but the hash. */
export interface Licence {
  /** SHA-256 (hex) of the licence's text as UTF-8, exactly as found. A licence that counts as none has one too. */
  readonly hash: string;
  /** The company it was issued to; null where it counts as none, or where the name may not be reported. */
  readonly company: string | null;
  /**
   * Until when telemetry can't be switched off under it, in milliseconds since 1970: that is so under a Developer
   * Edition Extended licence, until it expires. Null under any other.
   */
  readonly lockedUntil: number | null;
  /** Why it counts as none: a fixed phrase that calls the licence "it". Undefined for a valid licence. */
  readonly problem: string | undefined;
}

/** The longest text that is taken for a licence, in characters. Real ones have about 1,000. */
const MAX_LICENCE_LENGTH = 16 * 1024;

/** Scopes of which a licence for Rasa Pro has at least one. Source: the scopes that Rasa Pro asks for. */
const RASA_PRO_SCOPES = ["rasa", "rasa:pro", "rasa:pro:plus"];

/** Scopes of Developer Edition Extended licences, which need one of `RASA_PRO_SCOPES` too: these only restrict. */
export const LOCKING_SCOPES = ["rasa:pro:champion-server-limited", "rasa:pro:champion-server-internal"];

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** Verifies a licence's text. Never throws: a licence that isn't valid counts as none. */
export async function judgeLicence(text: string, publicKeyPem: string, now: Date): Promise<Licence> {
  const hash = await sha256(text);
  const verdict = await verify(text.trim(), publicKeyPem, now.getTime() / 1000);
  if (typeof verdict === "string") return { hash, company: null, lockedUntil: null, problem: verdict };
  return {
    hash,
    company: isReportableCompany(verdict.company) ? verdict.company : null,
    lockedUntil: LOCKING_SCOPES.some((scope) => verdict.scopes.includes(scope)) ? verdict.expires * 1000 : null,
    problem: undefined,
  };
}

/** What this program uses of a valid licence. */
interface Grant {
  readonly company: string;
  readonly scopes: readonly string[];
  /** In seconds since 1970. */
  readonly expires: number;
}

/** The grant, or why there is none. Checks the signature before it reads the payload. `now`: seconds since 1970. */
async function verify(licence: string, publicKeyPem: string, now: number): Promise<Grant | string> {
  const key = await importKey(publicKeyPem);
  if (key === undefined) return "this build has no valid licence key";
  if (licence.length > MAX_LICENCE_LENGTH) return "it is too long";
  const [header, payload, signature, ...others] = licence.split(".").map(decodeBase64Url);
  if (!header || !payload || !signature || others.length > 0) return "it is not a signed token";
  const parameters = parseFlatObject(header);
  if (parameters === undefined) return "it is not a signed token";
  // How the signature is checked is fixed here; the licence has no say in it. `crit` lists extensions that a reader
  // must understand, and this one understands none.
  if (parameters.get("alg") !== "RS256" || parameters.has("crit")) return "it is not signed with RS256";
  const signed = new TextEncoder().encode(licence.slice(0, licence.lastIndexOf(".")));
  if (!await crypto.subtle.verify(ALGORITHM, key, signature, signed)) return "its signature is wrong";
  return judgeClaims(parseFlatObject(payload), now);
}

function judgeClaims(claims: ReadonlyMap<string, Scalar> | undefined, now: number): Grant | string {
  const wrong = "its claims are wrong";
  if (claims === undefined || claims.size !== 7) return wrong;
  const [jti, scope, email, company] = ["jti", "scope", "email", "company"].map((name) => claims.get(name));
  if (typeof jti !== "string" || typeof scope !== "string") return wrong;
  if (typeof email !== "string" || typeof company !== "string") return wrong;
  const [iat, nbf, exp] = ["iat", "nbf", "exp"].map((name) => claims.get(name));
  if (!isFiniteNumber(iat) || !isFiniteNumber(nbf) || !isFiniteNumber(exp)) return wrong;
  if (!(iat <= now && nbf <= now)) return "it is not valid yet";
  if (now >= exp) return "it has expired";
  const scopes = scope.split(" ");
  if (!RASA_PRO_SCOPES.some((needed) => scopes.includes(needed))) return "it is not for Rasa Pro";
  return { company, scopes, expires: exp };
}

function isFiniteNumber(value: Scalar | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** The RSA key of an SPKI PEM text; undefined for any other text. */
export async function importKey(pem: string): Promise<CryptoKey | undefined> {
  const body = /^-----BEGIN PUBLIC KEY-----\s([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/.exec(pem.trim())?.[1];
  if (body === undefined) return undefined;
  try {
    return await crypto.subtle.importKey("spki", Uint8Array.fromBase64(body), ALGORITHM, false, ["verify"]);
  } catch {
    return undefined;
  }
}

/** The bytes of base64url text in its one canonical form, without padding; undefined for any other text. */
function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    // Decoding forgives white space, padding and stray bits at the end. Encoding again forgives nothing.
    return bytes.toBase64({ alphabet: "base64url", omitPadding: true }) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

type Scalar = string | number | boolean | null;

/** The members of a JSON object that has no nested value and no repeated name; undefined for anything else. */
function parseFlatObject(bytes: Uint8Array): ReadonlyMap<string, Scalar> | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const members = new Map<string, Scalar>();
    for (const [name, member] of Object.entries(value)) {
      if (!isScalar(member)) return undefined;
      members.set(name, member);
    }
    // `JSON.parse` silently keeps the last value of a repeated name. In valid JSON a string before a colon is a name.
    const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)].filter((match) => match[1] === ":");
    return names.length === members.size ? members : undefined;
  } catch {
    return undefined;
  }
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
