import { assertEquals } from "@std/assert";
import { type Licence, readLicence } from "../../lib/licence/licence.ts";
import { claimsAt, encodePart, makeKeyPair, pemOf, RS256, signToken } from "../support/inputs/licence.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";

const NOW = NOON.getTime() / 1000;
const CLAIMS = claimsAt(NOON);

const ISSUER = await makeKeyPair();
const STRANGER = await makeKeyPair();
const PUBLIC_KEY = await pemOf(ISSUER.publicKey);

function sign(payload: object | string | Uint8Array, header: object | string = RS256, pair = ISSUER): Promise<string> {
  return signToken(pair.privateKey, payload, header);
}

/** What somebody makes who takes the public key for a shared secret. */
async function signWithPublicKeyAsSecret(): Promise<string> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(PUBLIC_KEY), hmac, false, ["sign"]);
  const signed = `${encodePart({ alg: "HS256", typ: "JWT" })}.${encodePart(CLAIMS)}`;
  const signature = await crypto.subtle.sign(hmac, secret, new TextEncoder().encode(signed));
  return `${signed}.${encodePart(new Uint8Array(signature))}`;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

async function granted(text: string, differences: Partial<Licence> = {}): Promise<Licence> {
  return {
    hash: await sha256(text),
    company: "Example Ltd",
    lockedUntil: null,
    problem: undefined,
    ...differences,
  };
}

async function refused(text: string, problem: string): Promise<Licence> {
  return { hash: await sha256(text), company: null, lockedUntil: null, problem };
}

function hostWith(licence: string): MemoryHost {
  return new MemoryHost({ env: { RASA_LICENSE: licence } });
}

const VALID = await sign(CLAIMS);
const [HEADER = "", PAYLOAD = "", SIGNATURE = ""] = VALID.split(".");

Deno.test("readLicence gives a valid licence, asks for two variables and prints nothing", async () => {
  const host = hostWith(VALID);
  assertEquals(await readLicence(host, PUBLIC_KEY), await granted(VALID));
  assertEquals(
    [host.asked, host.files.operations, host.out, host.err],
    [["RASA_LICENSE", "RASA_PRO_LICENSE"], [], "", ""],
  );
});

Deno.test("readLicence gives SHA-256 of the text", async () => {
  // The first example of FIPS 180's appendix for SHA-256.
  const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const expected = { hash, company: null, lockedUntil: null, problem: "it is not a signed token" };
  assertEquals(await readLicence(hostWith("abc"), PUBLIC_KEY), expected);
});

Deno.test("readLicence verifies without the white space round it, but hashes all of the text", async () => {
  for (const text of [`${VALID}\n`, ` \t${VALID}\r\n`]) {
    assertEquals(await readLicence(hostWith(text), PUBLIC_KEY), await granted(text));
  }
});

const UNSIGNED = "it is not a signed token";
const NOT_RS256 = "it is not signed with RS256";
const FORGED = "its signature is wrong";
const CLAIMS_WRONG = "its claims are wrong";
const EARLY = "it is not valid yet";
const EXPIRED = "it has expired";
const NOT_RASA_PRO = "it is not for Rasa Pro";

/** Changes the last letter's bits that belong to no byte. */
const STRAY_BITS = VALID.slice(0, -1) + { A: "B", Q: "R", g: "h", w: "x" }[VALID.slice(-1)];
const SWAPPED = `${HEADER}.${encodePart({ ...CLAIMS, company: "Other Ltd" })}.${SIGNATURE}`;

const TEXTS: readonly [what: string, text: string, problem: string][] = [
  ["garbage", "garbage", UNSIGNED],
  ["two dots", "..", UNSIGNED],
  ["three words", "a.b.c", UNSIGNED],
  ["letters outside of Latin 1", "ж.ж.ж", UNSIGNED],
  ["a lone surrogate", "\ud800", UNSIGNED],
  ["two tokens with a space", `${VALID} ${VALID}`, UNSIGNED],
  ["two tokens with a line break", `${VALID}\n${VALID}`, UNSIGNED],
  ["two tokens with a dot", `${VALID}.${VALID}`, UNSIGNED],
  ["a fourth part", `${VALID}.`, UNSIGNED],
  ["two parts", `${HEADER}.${PAYLOAD}`, UNSIGNED],
  ["white space inside", `${HEADER}. ${PAYLOAD}.${SIGNATURE}`, UNSIGNED],
  ["a line break inside", `${VALID.slice(0, -9)}\n${VALID.slice(-9)}`, UNSIGNED],
  ["padding", `${VALID}==`, UNSIGNED],
  ["a padded header", `${HEADER}=.${PAYLOAD}.${SIGNATURE}`, UNSIGNED],
  ["stray bits in the signature", STRAY_BITS, UNSIGNED],
  ["base64's own alphabet", `${HEADER}.${PAYLOAD}.${"+/".repeat(171)}`, UNSIGNED],
  ["a scheme in front", `Bearer ${VALID}`, UNSIGNED],
  ["a JSON string of it", JSON.stringify(VALID), UNSIGNED],
  ["no signature", `${HEADER}.${PAYLOAD}.`, FORGED],
  ["a signature of zeros", `${HEADER}.${PAYLOAD}.${"A".repeat(342)}`, FORGED],
  ["a cut signature", `${HEADER}.${PAYLOAD}.${SIGNATURE.slice(0, 340)}`, FORGED],
  ["another's claims", SWAPPED, FORGED],
  ["another's header", `${encodePart({ alg: "RS256" })}.${PAYLOAD}.${SIGNATURE}`, FORGED],
  ["a stranger's signature", await sign(CLAIMS, RS256, STRANGER), FORGED],
  ["a stranger's signature of an expired licence", await sign({ ...CLAIMS, exp: 1 }, RS256, STRANGER), FORGED],
  ["alg none without a signature", `${encodePart({ alg: "none" })}.${PAYLOAD}.`, NOT_RS256],
  ["HS256 with the public key as its secret", await signWithPublicKeyAsSecret(), NOT_RS256],
  ["a large text", "a".repeat(16 * 1024 + 1), "it is too long"],
  ["a large licence", await sign({ ...CLAIMS, company: "x".repeat(16 * 1024) }), "it is too long"],
];
for (const [what, text, problem] of TEXTS) {
  Deno.test(`readLicence refuses ${what}`, async () => {
    assertEquals(await readLicence(hostWith(text), PUBLIC_KEY), await refused(text, problem));
  });
}

/** Each with a signature that is right. */
const HEADERS: readonly [header: object | string, problem: string | undefined][] = [
  [{ alg: "RS256" }, undefined],
  [{ alg: "RS256", typ: "JWT", kid: "1" }, undefined],
  [{}, NOT_RS256],
  [{ alg: "none" }, NOT_RS256],
  [{ alg: "rs256" }, NOT_RS256],
  [{ alg: "RS256 " }, NOT_RS256],
  [{ alg: "RS384" }, NOT_RS256],
  [{ alg: "PS256" }, NOT_RS256],
  [{ alg: "HS256" }, NOT_RS256],
  [{ alg: null }, NOT_RS256],
  [{ alg: "RS256", crit: "b64" }, NOT_RS256],
  [{ alg: ["RS256"] }, UNSIGNED],
  [{ alg: "RS256", crit: ["b64"] }, UNSIGNED],
  [{ alg: "RS256", jwk: { kty: "RSA" } }, UNSIGNED],
  [`{"alg":"none","alg":"RS256"}`, UNSIGNED],
  [`{"alg":"none","\\u0061lg":"RS256"}`, UNSIGNED],
  [`{"__proto__":{"alg":"RS256"}}`, UNSIGNED],
  [`\ufeff{"alg":"RS256"}`, UNSIGNED],
  [`[{"alg":"RS256"}]`, UNSIGNED],
  ["[]", UNSIGNED],
  [`"RS256"`, UNSIGNED],
  ["null", UNSIGNED],
  ["{", UNSIGNED],
  ["", UNSIGNED],
];
for (const [header, problem] of HEADERS) {
  const shown = typeof header === "string" ? header : JSON.stringify(header);
  Deno.test(`readLicence ${problem === undefined ? "accepts" : "refuses"} the header ${shown}`, async () => {
    const text = await sign(CLAIMS, header);
    const expected = problem === undefined ? await granted(text) : await refused(text, problem);
    assertEquals(await readLicence(hostWith(text), PUBLIC_KEY), expected);
  });
}

const JSON_TEXT = JSON.stringify(CLAIMS);
const SIX = JSON.stringify({ ...CLAIMS, company: undefined }).slice(1, -1);

type Payload = readonly [what: string, payload: object | string | Uint8Array];

const PAYLOADS: readonly Payload[] = [
  ...Object.keys(CLAIMS).map((name): Payload => [`no ${name}`, { ...CLAIMS, [name]: undefined }]),
  ...Object.entries(CLAIMS).flatMap(([name, value]) =>
    [typeof value === "string" ? 1 : String(value), null, true, [value], { value }]
      .map((wrong): Payload => [`${JSON.stringify(wrong)} as ${name}`, { ...CLAIMS, [name]: wrong }])
  ),
  ...[["iat", "-1e999"], ["nbf", "-1e999"], ["exp", "1e999"]].map(([name, value]): Payload => [
    `an infinite ${name}`,
    JSON_TEXT.replace(new RegExp(`"${name}":\\d+`), `"${name}":${value}`),
  ]),
  ["a claim too many", { ...CLAIMS, aud: "rasa" }],
  ["a claim of another case", { ...CLAIMS, company: undefined, Company: "Example Ltd" }],
  ["a claim twice", `{${SIX},"company":"Example Ltd","company":"Other Ltd"}`],
  ["a claim twice, once escaped", `{${SIX},"company":"Example Ltd","compan\\u0079":"Other Ltd"}`],
  ["a claim twice with the same value", `{${SIX},"company":"Example Ltd","company" : "Example Ltd"}`],
  ["a claim from a prototype", `{${SIX},"__proto__":{"company":"Example Ltd"}}`],
  ["a prototype beside the claims", `{${SIX},"company":"Example Ltd","__proto__":"x"}`],
  ["a prototype in place of a claim", `{${SIX},"__proto__":"Example Ltd"}`],
  ["a byte order mark", `\ufeff${JSON_TEXT}`],
  ["bytes that aren't UTF-8", Uint8Array.from(JSON_TEXT.replace("Ltd", "\xff"), (letter) => letter.charCodeAt(0))],
  ["a list of claims", [CLAIMS]],
  ["a JSON string of claims", JSON.stringify(JSON_TEXT)],
  ["something after the claims", `${JSON_TEXT}{}`],
  ["a comma too many", `{${SIX},"company":"Example Ltd",}`],
  ["nothing", ""],
];
for (const [what, payload] of PAYLOADS) {
  Deno.test(`readLicence refuses a signed payload with ${what}`, async () => {
    const text = await sign(payload);
    assertEquals(await readLicence(hostWith(text), PUBLIC_KEY), await refused(text, CLAIMS_WRONG));
  });
}

Deno.test("readLicence is not misled by a value that looks like a claim", async () => {
  const company = `Example", "company": "Ltd`;
  const text = await sign(` { "company" : ${JSON.stringify(company)}, ${SIX} } `);
  assertEquals(await readLicence(hostWith(text), PUBLIC_KEY), await granted(text, { company }));
});

const DATES: readonly [what: string, claims: object, clock: Date, problem: string | undefined][] = [
  ["ends in a second", { exp: NOW + 1 }, NOON, undefined],
  ["ends now", { exp: NOW }, NOON, EXPIRED],
  ["ended a second ago", { exp: NOW - 1 }, NOON, EXPIRED],
  ["ends within the millisecond", { exp: NOW + 0.001 }, NOON, undefined],
  ["ended a millisecond ago", { exp: NOW }, new Date(NOON.getTime() + 1), EXPIRED],
  ["begins now", { nbf: NOW }, NOON, undefined],
  ["begins in a second", { nbf: NOW + 1 }, NOON, EARLY],
  ["began a millisecond ago", { nbf: NOW }, new Date(NOON.getTime() + 1), undefined],
  ["was issued now", { iat: NOW }, NOON, undefined],
  ["will be issued in a second", { iat: NOW + 1 }, NOON, EARLY],
  ["ended before it began", { nbf: NOW + 1, exp: NOW - 1 }, NOON, EARLY],
  ["is judged by a clock that doesn't know the time", {}, new Date(NaN), EARLY],
];
for (const [what, claims, clock, problem] of DATES) {
  Deno.test(`readLicence ${problem === undefined ? "accepts" : "refuses"} a licence that ${what}`, async () => {
    const text = await sign({ ...CLAIMS, ...claims });
    const host = new MemoryHost({ env: { RASA_LICENSE: text }, now: clock });
    const expected = problem === undefined ? await granted(text) : await refused(text, problem);
    assertEquals(await readLicence(host, PUBLIC_KEY), expected);
  });
}

const SCOPES: readonly [scope: string, verdict: "for Rasa Pro" | "locking" | "refused"][] = [
  ["rasa", "for Rasa Pro"],
  ["rasa:pro", "for Rasa Pro"],
  ["rasa:pro:plus", "for Rasa Pro"],
  ["rasa:studio  rasa:pro rasa:voice", "for Rasa Pro"],
  ["rasa:pro rasa:pro:champion", "for Rasa Pro"],
  ["rasa:pro rasa:pro:champion-server", "for Rasa Pro"],
  ["rasa:pro rasa:pro:champion-server-limited-not", "for Rasa Pro"],
  ["rasa:pro xrasa:pro:champion-server-internal", "for Rasa Pro"],
  ["rasa:pro rasa:pro:champion-server-limited", "locking"],
  ["rasa:pro:champion-server-internal rasa", "locking"],
  ["rasa:pro:plus rasa:pro:champion-server-limited rasa:pro:champion-server-internal", "locking"],
  ["rasa:pro:champion-server-limited", "refused"],
  ["rasa:pro:champion-server-internal", "refused"],
  ["", "refused"],
  ["rasa:", "refused"],
  ["rasa:pro:", "refused"],
  ["rasa:pro:plus:more", "refused"],
  ["rasa:products", "refused"],
  ["Rasa:Pro", "refused"],
  ["xrasa", "refused"],
  ["rasa:studio", "refused"],
  ["rasa:pro,rasa:voice", "refused"],
  ["rasa:pro\trasa:voice", "refused"],
  ["rasa:pro\n", "refused"],
];
for (const [scope, verdict] of SCOPES) {
  Deno.test(`readLicence takes the scope ${JSON.stringify(scope)} for ${verdict}`, async () => {
    const text = await sign({ ...CLAIMS, scope });
    const expected = verdict === "refused"
      ? await refused(text, NOT_RASA_PRO)
      : await granted(text, { lockedUntil: verdict === "locking" ? Number(CLAIMS["exp"]) * 1000 : null });
    assertEquals(await readLicence(hostWith(text), PUBLIC_KEY), expected);
  });
}

const COMPANIES: readonly [company: string, reported: boolean][] = [
  ["Société Générale d'Exemples & Fils, S.A.", true],
  ["例え株式会社 🚀", true],
  [" spaces stay ", true],
  ["", true],
  ["x".repeat(200), true],
  ["🚀".repeat(200), true],
  ["x".repeat(201), false],
  ["a\nb", false],
  ["a\tb", false],
  ["a\x1b[31mb", false],
  ["a\x7fb", false],
  ["a\x9bb", false],
  ["a\u2028b", false],
  ["a\u200bb", false],
  ["a\u200db", false],
  ["a\u202eb", false],
  ["a\u2066b", false],
  ["a\u061cb", false],
  ["a\ufeffb", false],
  ["a\u00adb", false],
  ["a\ufff9b", false],
  ["a\u3164b", false],
  ["a\ufe0fb", false],
  ["a\u{e0041}b", false],
  ["a\ud800b", false],
  ["a\udc00b", false],
];
for (const [company, reported] of COMPANIES) {
  const shown = JSON.stringify(company).replace(/[^ -~]/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
  Deno.test(`readLicence ${reported ? "gives" : "withholds"} the company ${shown}, and the licence is valid`, async () => {
    const text = await sign({ ...CLAIMS, company });
    assertEquals(
      await readLicence(hostWith(text), PUBLIC_KEY),
      await granted(text, { company: reported ? company : null }),
    );
  });
}

const EC = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
const KEYS: readonly [what: string, pem: string, valid: boolean][] = [
  ["with lines that end like on Windows", PUBLIC_KEY.replaceAll("\n", "\r\n"), true],
  ["with white space round it", `\n\n ${PUBLIC_KEY} \n`, true],
  ["that is empty", "", false],
  ["without its first line", PUBLIC_KEY.replace(/^.*\n/, ""), false],
  ["without its last line", PUBLIC_KEY.replace(/-----END.*/, ""), false],
  ["that was cut", PUBLIC_KEY.replace(/.{64}\n(?=.*\n-----END)/, ""), false],
  ["that isn't base64", PUBLIC_KEY.replace("MII", "M!I"), false],
  ["given twice", PUBLIC_KEY + PUBLIC_KEY, false],
  ["called a private key", PUBLIC_KEY.replaceAll("PUBLIC", "PRIVATE"), false],
  ["of another algorithm", await pemOf(EC.publicKey), false],
];
for (const [what, pem, valid] of KEYS) {
  Deno.test(`readLicence ${valid ? "accepts" : "refuses"} a key ${what}`, async () => {
    const expected = valid ? await granted(VALID) : await refused(VALID, "this build has no valid licence key");
    assertEquals(await readLicence(hostWith(VALID), pem), expected);
  });
}
