/**
 * The compiled binary that the end-to-end tests run, made by scripts/check/e2e.ts with the release's permissions for an endpoint
 * that is a `Collector` on the loopback interface.
 */

/** What a finished process left. */
export interface Finished {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

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

/** The binary whose endpoint is a name that no resolver knows. */
export function nowhereBinaryPath(): string {
  return required("TELEMETRY_TEST_NOWHERE_BINARY");
}

export { TEST_WRITE_KEY } from "../../../scripts/support/test_build.ts";

/** The private key whose licences the binary takes for valid. */
export async function issuerKey(): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(required("TELEMETRY_TEST_ISSUER")), (character) => character.charCodeAt(0));
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return await crypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
}

/** How to start the binary: an environment of its own, nothing inherited. */
export interface StartOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Another binary than the usual one. */
  readonly binary?: string;
  /** Written to standard input, which then ends; undefined: there is nothing on it; null: it stays open. */
  readonly stdin?: string | Uint8Array | null;
}

/** What no program on Windows can do without. */
const SYSTEM_ENVIRONMENT = Deno.build.os === "windows" ? { SystemRoot: Deno.env.get("SystemRoot") ?? "" } : {};

/** Runs the binary to its end. */
export async function runBinary(args: readonly string[], options: StartOptions): Promise<Finished> {
  const stdin = options.stdin === undefined ? "null" : "piped";
  const child = new Deno.Command(options.binary ?? binaryPath(), {
    args: [...args],
    cwd: options.cwd,
    clearEnv: true,
    env: { ...SYSTEM_ENVIRONMENT, ...options.env },
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let held: WritableStreamDefaultWriter<Uint8Array> | undefined;
  if (stdin === "piped") {
    held = child.stdin.getWriter();
    if (options.stdin !== null) {
      await feed(held, options.stdin ?? "");
      held = undefined;
    }
  }
  const { code, stdout, stderr } = await child.output();
  await held?.abort().catch(() => {});
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

async function feed(writer: WritableStreamDefaultWriter<Uint8Array>, content: string | Uint8Array): Promise<void> {
  try {
    await writer.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
    await writer.close();
  } catch (error) {
    // The program may end without reading everything: then the pipe breaks, and with it the stream (a TypeError).
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
  }
}

/** A temporary folder for one test, with an empty home in it; removed at the end. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" }));
  try {
    await Deno.mkdir(`${folder}/home`);
    await Deno.mkdir(`${folder}/project`);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function required(name: string): string {
  const value = Deno.env.get(name);
  if (value === undefined) throw new Error(`${name} is not set: start these tests with deno task test`);
  return value;
}
