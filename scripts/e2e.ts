// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { VERSION } from "../lib/build_config.ts";
import { TEST_WRITE_KEY } from "../tests/support/programs/binary.ts";
import { makeKeyPair, pemOf } from "../tests/support/inputs/licence.ts";
import { compile } from "./compile.ts";
import { hostTarget } from "./runtime.ts";
import { findToolchain, ROOT, runDeno } from "./toolchain.ts";

/**
 * Compiles the binaries of the end-to-end tests into a folder, as for a release but for endpoints on this machine: one on a
 * plain loopback address, one on HTTPS, and one whose endpoint has a name that no resolver knows. Returns the variables that
 * tell the tests about them (tests/support/programs/binary.ts).
 */
export async function compileTestBinaries(folder: string): Promise<Record<string, string>> {
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  const issuer = await makeKeyPair();
  const licenceKey = await pemOf(issuer.publicKey);
  const [port, httpsPort] = freePorts();
  const build = async (name: string, endpoint: string) => {
    const output = `${folder}/${name}/rasa-telemetry${suffix}`;
    const config = { version: VERSION, endpoint, writeKey: TEST_WRITE_KEY, licenceKey };
    await Deno.mkdir(`${folder}/${name}`);
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
    TELEMETRY_TEST_ISSUER: btoa(String.fromCharCode(...pkcs8)),
  };
}

/** Two ports that nobody listens on, held at the same time so that they differ. */
function freePorts(): [number, number] {
  using first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using second = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return [first.addr.port, second.addr.port];
}

if (import.meta.main) {
  const files = Deno.args.length > 0 ? Deno.args : [`${ROOT}/tests/e2e`];
  const { options } = await findToolchain();
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-e2e-" });
  try {
    const env = await compileTestBinaries(folder);
    await runDeno(["test", "-A", "--no-check", ...options, ...files], { env });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
