// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { VERSION } from "../../lib/build_config.ts";
import { compile } from "../build/compile.ts";
import { makeKeyPair, pemOf } from "../support/licence_keys.ts";
import { TEST_WRITE_KEY } from "../support/test_build.ts";
import { hostTarget } from "../toolchain/runtime.ts";
import { findToolchain, ROOT, runDeno } from "../toolchain/toolchain.ts";

/**
 * Compiles the binaries of the end-to-end tests into a folder, as for a release but for endpoints on this machine: one
 * on a plain loopback address, one on HTTPS, and one whose endpoint has a name that no resolver knows. Returns the
 * variables that tell the tests about them (tests/support/programs/binary.ts). Tests with different sets may run at the
 * same time, because each set has ports of its own.
 */
export async function compileTestBinaries(folder: string): Promise<Record<string, string>> {
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  const issuer = await makeKeyPair();
  const licenceKey = await pemOf(issuer.publicKey);
  const [port, httpsPort] = freePorts();
  const build = async (name: string, endpoint: string) => {
    const output = `${folder}/${name}/rasa-telemetry${suffix}`;
    const config = { version: VERSION, endpoint, writeKey: TEST_WRITE_KEY, licenceKey };
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    await compile({ config, output, target: hostTarget(), check: false });
    return output;
  };
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", issuer.privateKey));
  return {
    TELEMETRY_TEST_BINARY: await build("plain", `http://127.0.0.1:${port}`),
    TELEMETRY_TEST_PORT: String(port),
    TELEMETRY_TEST_HTTPS_BINARY: await build("https", `https://localhost:${httpsPort}`),
    TELEMETRY_TEST_HTTPS_PORT: String(httpsPort),
    TELEMETRY_TEST_NOWHERE_BINARY: await build("nowhere", "https://collector.invalid"),
    TELEMETRY_TEST_ISSUER: pkcs8.toBase64(),
  };
}

/** Two ports that nobody listens on, held at the same time so that they differ. */
function freePorts(): [number, number] {
  using first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using second = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return [first.addr.port, second.addr.port];
}

/** Runs the end-to-end tests in these files, or all of them, one after the other. Throws an `Error` where one fails. */
async function main(args: readonly string[]): Promise<void> {
  const { options } = await findToolchain();
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-e2e-" });
  try {
    const env = await compileTestBinaries(folder);
    const files = args.length > 0 ? args : [`${ROOT}/tests/e2e`];
    await runDeno(["test", "-A", "--no-check", ...options, ...files], { env });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  await main(Deno.args).catch((error: Error) => {
    console.error(error.message);
    Deno.exit(1);
  });
}
