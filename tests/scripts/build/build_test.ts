import { assertEquals } from "@std/assert";
import { copy } from "@std/fs/copy";
import { Buffer } from "node:buffer";
import { RASA_LICENCE_KEY } from "../../../lib/build_config.ts";
import { CHILD_ENVIRONMENT, findToolchain, ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { hostTarget } from "../../../scripts/toolchain/targets.ts";

/** What compiling makes, and what it refuses. */

// The processes started here inherit the answer, and don't ask and say so again.
await findToolchain();

async function runDeno(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<{ code: number; err: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: options.cwd ?? ROOT,
    env: { NO_COLOR: "1", ...CHILD_ENVIRONMENT, ...options.env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, err: new TextDecoder().decode(stderr) };
}

for (
  const [args, env, code, message] of [
    [["--release"], {}, 2, "Cannot build a release without --write-key: the binary would send nothing\n"],
    [
      ["--release", "--write-key", "k"],
      { DENORT_BIN: "/runtime" },
      1,
      "Cannot build a release: DENORT_BIN names a runtime, and nobody knows what is in it; unset it\n",
    ],
    [["--all", "--output", "x"], {}, 2, "Cannot build: --all goes with neither --output nor --target\n"],
    [["--all", "--target", hostTarget()], {}, 2, "Cannot build: --all goes with neither --output nor --target\n"],
  ] as const
) {
  for (const tool of ["compile", "wheel"]) {
    Deno.test(`${tool} ${args.join(" ")} refuses with ${JSON.stringify(env)}`, async () => {
      assertEquals(await runDeno(["run", "-A", "scripts/run.ts", tool, ...args], { env }), { code, err: message });
    });
  }
}

for (
  const [what, pem] of [
    ["lacks its first and last line", RASA_LICENCE_KEY.split("\n").slice(1, -1).join("\n")],
    ["is no key", "-----BEGIN PUBLIC KEY-----\nQQ==\n-----END PUBLIC KEY-----"],
    ["is empty", ""],
  ] as const
) {
  Deno.test(`compile refuses a licence key that ${what}: every licence would count as forged`, async () => {
    const file = await Deno.makeTempFile({ prefix: "rasa-telemetry-test-", suffix: ".pem" });
    try {
      await Deno.writeTextFile(file, pem);
      const args = ["compile", "--no-check", "--licence-key", file, "--output", `${file}.binary`];
      assertEquals(await runDeno(["run", "-A", "scripts/run.ts", ...args]), {
        code: 1,
        err: "Cannot build with this licence key: it must be an RSA public key (SPKI) in PEM\n",
      });
    } finally {
      await Deno.remove(file);
    }
  });
}

const SOURCES = ["deno.json", "main.ts", "lib", "scripts"];

/** Builds in a copy of the sources. */
async function buildIn(folder: string, env: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of SOURCES) await copy(`${ROOT}/${name}`, `${folder}/${name}`);
  const runtime = `${ROOT}/.build/runtime-${Deno.version.deno}-${hostTarget()}`;
  // Where it is already here because Deno's own can't be reached, it needn't be made again.
  const known = await Deno.stat(runtime).then(() => ({ DENORT_BIN: runtime }), () => ({}));
  const args = ["compile", "--output", `${folder}/binary`, "--write-key", "k", "--no-check"];
  const options = { cwd: folder, env: { ...known, ...env } };
  const { code, err } = await runDeno(["run", "-A", "scripts/run.ts", ...args], options);
  assertEquals([code, err.includes("compiled ")], [0, true], err);
  return await Deno.readFile(`${folder}/binary`);
}

Deno.test("two builds in different places are the same to the last byte, and no place is in them", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
  try {
    const one = await buildIn(`${folder}/one`, {});
    const other = await buildIn(`${folder}/another place/with a longer name`, {
      TZ: "Pacific/Kiritimati",
      LC_ALL: "C",
      SECRET_OF_THE_BUILDER: "planted-in-the-environment",
    });
    const [bytes, otherBytes] = [Buffer.from(one.buffer), Buffer.from(other.buffer)];
    assertEquals([bytes.length, bytes.equals(otherBytes)], [otherBytes.length, true]);
    // An end of a path is enough: the system may have other names for its beginning.
    const traces = [folder.split(/[\\/]/).at(-1) ?? "", "with a longer name", "planted-in-the-environment"];
    assertEquals(traces.filter((trace) => otherBytes.includes(trace)), []);
    // That nothing is found must not be because nothing can be.
    assertEquals(otherBytes.includes("RASA_TELEMETRY_ENABLED"), true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
