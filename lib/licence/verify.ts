import { sha256 } from "../sha256.ts";

/** What the licence on this machine says, or that it counts as none. Nothing of its text is ever in here but its hash. */
export interface Licence {
  /** SHA-256 (hex) of the licence text as UTF-8, exactly as it was found; there for a licence that counts as none too. */
  readonly hash: string;
  /** Whom it is for, or null where it counts as none or the name isn't fit to be reported. */
  readonly company: string | null;
  /** Whether it is a Developer Edition Extended licence, under which telemetry can't be switched off. */
  readonly locksTelemetry: boolean;
  /** Why it counts as none, as a fixed phrase about "it"; undefined for a valid licence. */
  readonly problem: string | undefined;
}

/** Longest text that is taken for a licence, in characters. Real ones have about 1,000. */
const MAX_LICENCE_LENGTH = 16 * 1024;

/** One of these makes it a licence for Rasa Pro. Source: the scopes that Rasa Pro asks for. */
const RASA_PRO_SCOPES = ["rasa", "rasa:pro", "rasa:pro:plus"];

/** The Developer Edition Extended licences. They say what a licence for Rasa Pro forbids, and don't make it one. */
const LOCKING_SCOPES = ["rasa:pro:champion-server-limited", "rasa:pro:champion-server-internal"];

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** What a licence's text says, or that it counts as none. Never throws. */
export async function judgeLicence(text: string, publicKeyPem: string, now: Date): Promise<Licence> {
  const hash = await sha256(text);
  const verdict = await verify(text.trim(), publicKeyPem, now.getTime() / 1000);
  if ("problem" in verdict) return { hash, company: null, locksTelemetry: false, problem: verdict.problem };
  return {
    hash,
    company: isReportableCompany(verdict.company) ? verdict.company : null,
    locksTelemetry: LOCKING_SCOPES.some((scope) => verdict.scopes.includes(scope)),
    problem: undefined,
  };
}

/** Why a licence counts as none. */
interface Refusal {
  readonly problem: string;
}

/** What is used of a valid licence. */
interface Grant {
  readonly company: string;
  readonly scopes: readonly string[];
}

/** Nothing in the payload is looked at before the signature was found to be right. `now` is in seconds since 1970. */
async function verify(licence: string, publicKeyPem: string, now: number): Promise<Grant | Refusal> {
  const key = await importKey(publicKeyPem);
  if (key === undefined) return { problem: "this build has no valid licence key" };
  if (licence.length > MAX_LICENCE_LENGTH) return { problem: "it is too long" };
  const [header, payload, signature, ...others] = licence.split(".").map(decodeBase64Url);
  if (!header || !payload || !signature || others.length > 0) return { problem: "it is not a signed token" };
  const parameters = parseFlatObject(header);
  if (parameters === undefined) return { problem: "it is not a signed token" };
  // Only what is expected here decides how the signature is checked, never the licence itself. `crit` lists extensions
  // that must be understood: none is.
  if (parameters.get("alg") !== "RS256" || parameters.has("crit")) return { problem: "it is not signed with RS256" };
  const signed = new TextEncoder().encode(licence.slice(0, licence.lastIndexOf(".")));
  if (!await crypto.subtle.verify(ALGORITHM, key, signature, signed)) return { problem: "its signature is wrong" };
  return judgeClaims(parseFlatObject(payload), now);
}

function judgeClaims(claims: ReadonlyMap<string, Scalar> | undefined, now: number): Grant | Refusal {
  const wrong: Refusal = { problem: "its claims are wrong" };
  if (claims === undefined || claims.size !== 7) return wrong;
  const [jti, scope, email, company] = ["jti", "scope", "email", "company"].map((name) => claims.get(name));
  if (typeof jti !== "string" || typeof scope !== "string") return wrong;
  if (typeof email !== "string" || typeof company !== "string") return wrong;
  const [iat, nbf, exp] = ["iat", "nbf", "exp"].map((name) => claims.get(name));
  if (!isFiniteNumber(iat) || !isFiniteNumber(nbf) || !isFiniteNumber(exp)) return wrong;
  if (!(iat <= now && nbf <= now)) return { problem: "it is not valid yet" };
  if (now >= exp) return { problem: "it has expired" };
  const scopes = scope.split(" ");
  if (!RASA_PRO_SCOPES.some((needed) => scopes.includes(needed))) return { problem: "it is not for Rasa Pro" };
  return { company, scopes };
}

function isFiniteNumber(value: Scalar | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** The key of an SPKI PEM text, or undefined where it isn't one of RSA. */
async function importKey(pem: string): Promise<CryptoKey | undefined> {
  const body = /^-----BEGIN PUBLIC KEY-----\s([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/.exec(pem.trim())?.[1];
  if (body === undefined) return undefined;
  try {
    return await crypto.subtle.importKey("spki", bytesOf(atob(body)), ALGORITHM, false, ["verify"]);
  } catch {
    return undefined;
  }
}

/** The bytes of base64url text in its one canonical form, without padding; undefined for any other text. */
function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    // `atob` forgives white space, padding, the other alphabet and stray bits at the end. Encoding again forgives nothing.
    const canonical = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    return canonical === text ? bytesOf(binary) : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

type Scalar = string | number | boolean | null;

/** The members of a JSON object without nested values and without a repeated name; undefined for anything else. */
function parseFlatObject(bytes: Uint8Array): ReadonlyMap<string, Scalar> | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const members = new Map<string, Scalar>(Object.entries(value));
    if ([...members.values()].some((member) => typeof member === "object" && member !== null)) return undefined;
    // Of a repeated name `JSON.parse` keeps the last value without a word. In valid JSON a string before a colon is a name.
    const names = [...text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)].filter((match) => match[1] === ":");
    return names.length === members.size ? members : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a company's name is one that is reported: at most 200 characters that can be seen, so no control or line-breaking
 * characters, no marks that are invisible or change the direction of writing, no lone surrogates.
 */
export function isReportableCompany(name: string): boolean {
  // Here, because making it takes half a millisecond of every start.
  return /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]{0,200}$/u.test(name);
}
