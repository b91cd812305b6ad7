import { assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../../../lib/build_config.ts";
import { makeWheel, wheelName, WHEELS } from "../../../scripts/build/wheel.ts";
import { pythonVersion } from "../../../scripts/build/wheel_metadata.ts";
import { readProject } from "../../../scripts/build/wheel_project.ts";
import { OLDEST_GLIBC } from "../../../scripts/release/assets.ts";
import { type Target, TARGETS } from "../../../scripts/toolchain/targets.ts";
import { parseCommented, ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { readZip, type ZippedFile } from "../../support/inputs/zip.ts";

const [LINUX, , , , WINDOWS] = TARGETS as [Target, Target, Target, Target, Target];
/** Longer when it is packed than one block of a compressor. */
const PROGRAM = Array.from({ length: 50_000 }, (_, index) => `line ${index * 7919 % 10_007}\n`).join("");
const INFO = `rasa_telemetry-${pythonVersion(VERSION)}.dist-info`;

/** Makes a wheel of a small program, and reads it. */
async function wheelOf(
  target: Target | undefined,
  offByDefault = false,
): Promise<{ bytes: Uint8Array; files: ZippedFile[] }> {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
  try {
    await Deno.writeTextFile(`${folder}/program`, PROGRAM);
    const path = `${folder}/program`;
    const binary = target === undefined ? undefined : { target, path, offByDefault, sbom: '{"a": "bill"}\n' };
    const bytes = await Deno.readFile(await makeWheel(binary, folder));
    return { bytes, files: await readZip(bytes) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function textOf(files: readonly ZippedFile[], name: string): string | undefined {
  return files.find((file) => file.name === name)?.text;
}

Deno.test("makeWheel makes the same bytes of the same files", async () => {
  const [one, other] = [await wheelOf(LINUX), await wheelOf(LINUX)];
  assertEquals(one.bytes, other.bytes);
});

Deno.test("a wheel's modules say whether its binary is off until somebody enables it, and differ in nothing else", async () => {
  const [on, off] = [await wheelOf(LINUX), await wheelOf(LINUX, true)];
  const differing = off.files.filter(({ name, text }) => text !== textOf(on.files, name)).map(({ name }) => name);
  assertEquals(differing, ["rasa_telemetry/_build.py", `${INFO}/RECORD`]);
  assertEquals(
    [on, off].map(({ files }) => textOf(files, "rasa_telemetry/_build.py")?.match(/^OFF_BY_DEFAULT = .*$/m)?.[0]),
    ["OFF_BY_DEFAULT = False", "OFF_BY_DEFAULT = True"],
  );
});

Deno.test("a wheel has its modules in order, the binary among them, and last what describes it", async () => {
  const { files } = await wheelOf(LINUX);
  const names = files.map(({ name }) => name);
  const [modules, description] = [names.slice(0, -6), names.slice(-6)];
  assertEquals(modules, modules.toSorted());
  assertEquals(modules.filter((name) => !/^rasa_telemetry(\/|_command\.py$)/.test(name)), []);
  for (const name of ["__init__.py", "py.typed", "rasa-telemetry", "__pyinstaller/hook-rasa_telemetry.py"]) {
    assertEquals(modules.includes(`rasa_telemetry/${name}`), true, name);
  }
  assertEquals(description, [
    `${INFO}/METADATA`,
    `${INFO}/WHEEL`,
    `${INFO}/entry_points.txt`,
    `${INFO}/licenses/LICENSE`,
    `${INFO}/sboms/rasa-telemetry.cdx.json`,
    `${INFO}/RECORD`,
  ]);
  assertEquals([textOf(files, "rasa_telemetry/rasa-telemetry"), textOf(files, `${INFO}/licenses/LICENSE`)], [
    PROGRAM,
    await Deno.readTextFile(`${ROOT}/LICENSE`),
  ]);
});

Deno.test("in a wheel only the binary may be started, and nothing tells when it was made", async () => {
  const { files } = await wheelOf(LINUX);
  assertEquals(files.filter(({ mode }) => mode !== 0o100644).map(({ name, mode }) => [name, mode]), [
    ["rasa_telemetry/rasa-telemetry", 0o100755],
  ]);
  assertEquals(new Set(files.map(({ date, madeBy }) => `${date} ${madeBy}`)), new Set(["1980-1-1 0:0:0 3"]));
});

Deno.test("a wheel's RECORD has the hash and the size of every other file", async () => {
  const { files } = await wheelOf(LINUX);
  const expected = await Promise.all(
    files.slice(0, -1).map(async ({ name, text }) => {
      const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toBase64();
      const hash = digest.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
      return `${name},sha256=${hash},${bytes.length}`;
    }),
  );
  assertEquals(textOf(files, `${INFO}/RECORD`)?.split("\n"), [...expected, `${INFO}/RECORD,,`, ""]);
});

Deno.test("the wheel for Windows has the binary under its name there", async () => {
  const { files } = await wheelOf(WINDOWS);
  const found = files.filter(({ mode }) => mode === 0o100755).map(({ name }) => name);
  assertEquals(found, ["rasa_telemetry/rasa-telemetry.exe"]);
  assertMatch(textOf(files, `${INFO}/WHEEL`) ?? "", /^Root-Is-Purelib: false\nTag: py3-none-win_amd64\n$/m);
});

Deno.test("the wheel for any system has the same modules, but no binary, no command and nothing of others", async () => {
  const [{ files }, { files: whole }] = [await wheelOf(undefined), await wheelOf(LINUX)];
  const left = [
    "rasa_telemetry/rasa-telemetry",
    "rasa_telemetry_command.py",
    `${INFO}/sboms/rasa-telemetry.cdx.json`,
  ];
  const names = (of: readonly ZippedFile[]) => of.map(({ name }) => name);
  assertEquals(names(files), names(whole).filter((name) => !left.includes(name)));
  assertEquals(textOf(files, `${INFO}/entry_points.txt`)?.includes("console_scripts"), false);
  assertMatch(textOf(files, `${INFO}/WHEEL`) ?? "", /^Root-Is-Purelib: true\nTag: py3-none-any\n$/m);
  assertEquals(textOf(files, `${INFO}/METADATA`), textOf(whole, `${INFO}/METADATA`));
});

Deno.test("each release has a wheel for each system, and one for any", () => {
  const version = pythonVersion(VERSION);
  assertEquals(WHEELS, [
    `rasa_telemetry-${version}-py3-none-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl`,
    `rasa_telemetry-${version}-py3-none-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl`,
    `rasa_telemetry-${version}-py3-none-macosx_10_12_x86_64.whl`,
    `rasa_telemetry-${version}-py3-none-macosx_11_0_arm64.whl`,
    `rasa_telemetry-${version}-py3-none-win_amd64.whl`,
    `rasa_telemetry-${version}-py3-none-any.whl`,
  ]);
  // Tools refuse a system whose library is older than the tag says.
  assertEquals(wheelName(LINUX).includes(`manylinux_${OLDEST_GLIBC.replace(".", "_")}_`), true);
});

Deno.test("the wheels' version is the one of deno.json", async () => {
  const { version } = parseCommented(await Deno.readTextFile(`${ROOT}/deno.json`)) as { version: string };
  assertEquals(VERSION, version);
});

Deno.test("python/pyproject.toml names what exists", async () => {
  const { name, readme, license, licenseFiles, scripts, entryPoints } = await readProject();
  const { license: own } = parseCommented(await Deno.readTextFile(`${ROOT}/deno.json`)) as { license: string };
  assertEquals([name, license], ["rasa-telemetry", own]);
  const targets = [scripts, ...Object.values(entryPoints)].flatMap((points) => Object.values(points));
  const modules = targets.map((target) => `python/src/${target.replace(/:.*/, "").replaceAll(".", "/")}`);
  const files = [`python/${readme}`, ...licenseFiles, ...modules];
  for (const path of files) {
    const candidates = [path, `${path}.py`, `${path}/__init__.py`];
    const found = await Promise.all(candidates.map((name) => Deno.stat(`${ROOT}/${name}`).catch(() => undefined)));
    assertEquals(found.some((info) => info?.isFile), true, path);
  }
});
