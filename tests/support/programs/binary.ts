/**
 * The compiled binaries that the end-to-end tests run, made by scripts/check/e2e.ts with the release's permissions for endpoints on
 * this machine. Variables name them: those of one lane of tests, where several run at the same time.
 */

/** The binary's path. Throws where the tests were started without it. */
export function binaryPath(): string {
  return required("TELEMETRY_TEST_BINARY");
}

/** The port that the binary's endpoint is fixed to. */
export function endpointPort(): number {
  return Number(required("TELEMETRY_TEST_PORT"));
}

/** The binary whose endpoint is `https://localhost` on `httpsPort`. */
export function httpsBinaryPath(): string {
  return required("TELEMETRY_TEST_HTTPS_BINARY");
}

/** The port that the HTTPS binary's endpoint is fixed to. */
export function httpsPort(): number {
  return Number(required("TELEMETRY_TEST_HTTPS_PORT"));
}

/** The binary without a write key, at the endpoint of the first lane. */
export function keylessBinaryPath(): string {
  return required("TELEMETRY_TEST_KEYLESS_BINARY");
}

/** The binary whose endpoint is a name that no resolver knows. */
export function nowhereBinaryPath(): string {
  return required("TELEMETRY_TEST_NOWHERE_BINARY");
}

export { TEST_WRITE_KEY } from "../../../scripts/support/test_build.ts";

/** The private key whose licences the binary takes for valid. */
export async function issuerKey(): Promise<CryptoKey> {
  const bytes = Uint8Array.fromBase64(required("TELEMETRY_TEST_ISSUER"));
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return await crypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
}

function required(name: string): string {
  const value = Deno.env.get(name);
  if (value === undefined) throw new Error(`${name} is not set: start these tests with deno task test`);
  return value;
}
