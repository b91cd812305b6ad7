import { assertEquals } from "@std/assert";
import { VERSION } from "../../../lib/build_config.ts";
import { CHECKED_FILES, CHECKSUMS_FILE, writeChecksums } from "../../../scripts/release/assets.ts";
import { examineBinary, examineRelease } from "../../../scripts/release/examine.ts";
import {
  canReadHeaders,
  compareVersions,
  type Headers,
  parseHeaders,
  readHeaders,
} from "../../../scripts/release/headers.ts";
import { examineRuntimes, examineTag, releaseNotes } from "../../../scripts/release/release.ts";
import { TARGETS } from "../../../scripts/toolchain/targets.ts";

const CHANGELOG =
  `# Changelog\n\n## Unreleased\n\n- Later.\n\n## ${VERSION} (2026-01-01)\n\n- Now.\n- And this.\n\n## 0.0.1\n\n- Then.\n`;

for (
  const [what, tag, manifest, changelog, problems] of [
    ["is right", `v${VERSION}`, VERSION, CHANGELOG, []],
    ["has another tag", "v9.9.9", VERSION, CHANGELOG, [`The tag is v9.9.9, but lib/build_config.ts says ${VERSION}`]],
    ["has a tag without its letter", VERSION, VERSION, CHANGELOG, [
      `The tag is ${VERSION}, but lib/build_config.ts says ${VERSION}`,
    ]],
    ["has another version in deno.json", `v${VERSION}`, "9.9.9", CHANGELOG, [
      `deno.json says 9.9.9, but lib/build_config.ts says ${VERSION}`,
    ]],
    ["says nothing of what is new", `v${VERSION}`, VERSION, "# Changelog\n\n## Unreleased\n\n- Later.\n", [
      `CHANGELOG.md has no section "## ${VERSION}"`,
    ]],
    ["has everything wrong", "", "", "", [
      `The tag is , but lib/build_config.ts says ${VERSION}`,
      `deno.json says , but lib/build_config.ts says ${VERSION}`,
      `CHANGELOG.md has no section "## ${VERSION}"`,
    ]],
  ] as const
) {
  Deno.test(`examineTag finds ${problems.length} problems where the release ${what}`, () => {
    assertEquals(examineTag(tag, manifest, changelog), [...problems]);
  });
}

Deno.test("releaseNotes gives the section of this version alone", () => {
  assertEquals(releaseNotes(CHANGELOG), "- Now.\n- And this.");
  assertEquals(releaseNotes(`## ${VERSION}\n\n`), undefined);
});

const RUNTIMES = TARGETS.map(({ triple }, index) => ({
  name: `denort-${triple}.zip`,
  sha256: String(index).repeat(64),
}));
const SBOM = JSON.stringify({
  components: [{
    name: "deno",
    components: [
      { type: "library", name: "v8" },
      ...RUNTIMES.map(({ name, sha256 }) => ({ type: "file", name, hashes: [{ content: sha256 }] })),
    ],
  }],
});
const PUBLISHED = RUNTIMES.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("");

for (
  const [what, sbom, published, problems] of [
    ["agree", SBOM, PUBLISHED, []],
    ["are not published", SBOM, PUBLISHED.replace(/.*linux.*\n/g, ""), [
      "No checksum is published for denort-x86_64-unknown-linux-gnu.zip",
      "No checksum is published for denort-aarch64-unknown-linux-gnu.zip",
    ]],
    ["differ", SBOM, PUBLISHED.replace(/^4+/m, "f".repeat(64)), [
      `denort-x86_64-pc-windows-msvc.zip has the SHA-256 ${"4".repeat(64)}, not the published ${"f".repeat(64)}`,
    ]],
    ["are missing", JSON.stringify({ components: [{ name: "deno" }] }), PUBLISHED, [
      "0 runtimes are named instead of 5",
    ]],
  ] as const
) {
  Deno.test(`examineRuntimes finds ${problems.length} problems where checksums ${what}`, () => {
    assertEquals(examineRuntimes(sbom, published), [...problems]);
  });
}

Deno.test("no two targets share a system, a package or a file", () => {
  for (const key of ["triple", "npmPackage", "file"] as const) {
    assertEquals(new Set(TARGETS.map((target) => target[key])).size, TARGETS.length, key);
  }
});

/** What `file` says about a good binary. */
const KINDS: Readonly<Record<string, string>> = {
  "rasa-telemetry-linux-x64": "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, stripped\n",
  "rasa-telemetry-linux-arm64": "ELF 64-bit LSB pie executable, ARM aarch64, version 1 (SYSV), dynamically linked\n",
  "rasa-telemetry-macos-x64": "Mach-O 64-bit x86_64 executable, flags:<NOUNDEFS|DYLDLINK|TWOLEVEL|PIE>\n",
  "rasa-telemetry-macos-arm64": "Mach-O 64-bit arm64 executable, flags:<NOUNDEFS|DYLDLINK|TWOLEVEL|PIE>\n",
  "rasa-telemetry-windows-x64.exe": "PE32+ executable (console) x86-64, for MS Windows, 8 sections\n",
};

/** What `readelf` says about a binary for Linux. */
function readelfOf(
  { libraries = ["libgcc_s.so.1", "libc.so.6"], glibc = ["2.9", "2.27", "2.3.4"] }: {
    readonly libraries?: readonly string[];
    readonly glibc?: readonly string[];
  },
): string {
  return [
    "      [Requesting program interpreter: /lib64/ld-linux-x86-64.so.2]",
    ...libraries.map((name) => ` 0x0000000000000001 (NEEDED)             Shared library: [${name}]`),
    " 0x0000000000000005 (STRTAB)             0x48f8",
    "Version needs section '.gnu.version_r' contains 7 entries:",
    "  000000: Version: 1  File: libc.so.6  Cnt: 2",
    ...glibc.map((version) => `  0x0010:   Name: GLIBC_${version}  Flags: none  Version: 3`),
    "  0x0040:   Name: GLIBC_PRIVATE  Flags: none  Version: 4",
    "  0x0050:   Name: GCC_4.2.0  Flags: none  Version: 16",
    "",
  ].join("\n");
}

/** The headers of a good binary. */
function headersOf(path: string): Promise<Headers> {
  const file = KINDS[path.split("/").at(-1) ?? ""] ?? "data\n";
  const readelf = file.startsWith("ELF") ? readelfOf({}) : "";
  return Promise.resolve(parseHeaders({ file, readelf, errors: "" }));
}

/** A folder with the files of a whole release, whatever is in them. */
async function withRelease(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
  try {
    for (const name of CHECKED_FILES) await Deno.writeTextFile(`${folder}/${name}`, name);
    await writeChecksums(folder);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("examineRelease takes a whole release, whose checksums sha256sum takes too", () =>
  withRelease(async (folder) => {
    assertEquals(await examineRelease(folder, headersOf), []);
    const lines = (await Deno.readTextFile(`${folder}/${CHECKSUMS_FILE}`)).split("\n");
    assertEquals(lines.map((line) => line.slice(64)), [...CHECKED_FILES.map((name) => `  ${name}`), ""]);
    assertEquals(lines.slice(0, -1).every((line) => /^[0-9a-f]{64} /.test(line)), true);
  }));

for (
  const [what, breakIt, problems] of [
    ["a file is missing", (folder: string) => Deno.remove(`${folder}/install.sh`), ["install.sh is missing"]],
    ["there are no checksums", (folder: string) => Deno.remove(`${folder}/${CHECKSUMS_FILE}`), [
      ...CHECKED_FILES.map((name) => `${CHECKSUMS_FILE} does not list ${name}`),
    ]],
    ["a file has changed", (folder: string) => Deno.writeTextFile(`${folder}/install.sh`, ""), [
      "install.sh has the SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, not the listed one",
    ]],
    [
      "the checksums have a line too many",
      (folder: string) =>
        Deno.writeTextFile(`${folder}/${CHECKSUMS_FILE}`, `${"0".repeat(64)}  other\nwhat?\n`, { append: true }),
      [
        `${CHECKSUMS_FILE} has a line that isn't a checksum: "what?"`,
        `${CHECKSUMS_FILE} lists other, which isn't part of a release`,
      ],
    ],
  ] as const
) {
  Deno.test(`examineRelease says so where ${what}`, () =>
    withRelease(async (folder) => {
      await breakIt(folder);
      assertEquals(await examineRelease(folder, headersOf), [...problems]);
    }));
}

Deno.test("examineRelease says so where a binary is of another kind, and names each", () =>
  withRelease(async (folder) => {
    const text = parseHeaders({ file: "ASCII text\n", readelf: "", errors: "" });
    assertEquals(
      await examineRelease(folder, () => Promise.resolve(text)),
      TARGETS.map(({ file, format, machine }) => `${file} is ASCII text, not ${format} for ${machine}`),
    );
  }));

Deno.test("parseHeaders reads what an ELF file asks for", () => {
  assertEquals(parseHeaders({ file: KINDS["rasa-telemetry-linux-arm64"] ?? "", readelf: readelfOf({}), errors: "" }), {
    kind: "ELF for arm64",
    interpreter: "/lib64/ld-linux-x86-64.so.2",
    libraries: ["libgcc_s.so.1", "libc.so.6"],
    glibc: "2.27",
    faults: [],
  });
});

const LINUX = TARGETS[0]!;

for (
  const [what, kind, readelf, errors, problems] of [
    ["is good", KINDS[LINUX.file], {}, "", []],
    ["is another system's", KINDS["rasa-telemetry-macos-x64"], {}, "", [
      `${LINUX.file} is Mach-O for x64, not ELF for x64`,
    ]],
    ["is Windows'", KINDS["rasa-telemetry-windows-x64.exe"], {}, "", [`${LINUX.file} is PE for x64, not ELF for x64`]],
    ["is another processor's", KINDS["rasa-telemetry-linux-arm64"], {}, "", [
      `${LINUX.file} is ELF for arm64, not ELF for x64`,
    ]],
    ["isn't a program", "POSIX shell script, ASCII text executable", {}, "", [
      `${LINUX.file} is POSIX shell script, ASCII text executable, not ELF for x64`,
    ]],
    ["is of 32 bits", "ELF 32-bit LSB executable, Intel 80386", {}, "", [
      `${LINUX.file} is ELF 32-bit LSB executable, Intel 80386, not ELF for x64`,
    ]],
    ["is cut off", KINDS[LINUX.file], { libraries: [], glibc: [] }, "readelf: Error: the file is not that big\n", [
      `${LINUX.file} can't be read whole: readelf: Error: the file is not that big`,
      `${LINUX.file} doesn't say which glibc it needs`,
    ]],
    ["needs a newer glibc", KINDS[LINUX.file], { glibc: ["2.4", "2.28", "2.9"] }, "", [
      `${LINUX.file} needs glibc 2.28, newer than 2.27`,
    ]],
    ["asks for another library", KINDS[LINUX.file], { libraries: ["libc.so.6", "libssl.so.3"] }, "", [
      `${LINUX.file} asks for libssl.so.3, which images don't have`,
    ]],
  ] as const
) {
  Deno.test(`examineBinary finds ${problems.length} problems where a binary ${what}`, () => {
    const readelfText = kind?.startsWith("ELF") ? readelfOf(readelf) : "";
    const headers = parseHeaders({ file: kind ?? "", readelf: readelfText, errors });
    assertEquals(examineBinary(LINUX, headers), [...problems]);
  });
}

const canRead = await canReadHeaders();

Deno.test({
  name: "readHeaders reads the program that runs this test",
  ignore: !canRead || Deno.build.os !== "linux",
  fn: async () => {
    const { kind, libraries, faults } = await readHeaders(Deno.execPath());
    assertEquals(kind, `ELF for ${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`);
    assertEquals([libraries.includes("libc.so.6"), faults], [true, []]);
  },
});

for (
  const [what, content] of [
    ["an empty file", () => new Uint8Array()],
    ["three bytes", () => new Uint8Array([0x7f, 0x45, 0x4c])],
    ["a script", () => new TextEncoder().encode("#!/bin/sh\nexit 0\n")],
    ["a program that is cut off", () => Deno.readFileSync(Deno.execPath()).subarray(0, 1_000)],
    ["a program whose end is missing", () => Deno.readFileSync(Deno.execPath()).subarray(0, 1_000_000)],
  ] as const
) {
  Deno.test({
    name: `examineBinary refuses ${what}, whatever the tools call it`,
    ignore: !canRead || Deno.build.os !== "linux",
    fn: async () => {
      const path = await Deno.makeTempFile({ prefix: "rasa-telemetry-test-" });
      try {
        await Deno.writeFile(path, content());
        assertEquals(examineBinary(LINUX, await readHeaders(path)).length > 0, true);
      } finally {
        await Deno.remove(path);
      }
    },
  });
}

for (
  const [one, other, sign] of [
    ["2.27", "2.27", 0],
    ["2.9", "2.27", -1],
    ["2.100", "2.27", 1],
    ["3.0", "2.27", 1],
    ["2.3.4", "2.3", 1],
  ] as const
) {
  Deno.test(`compareVersions says ${sign} of ${one} and ${other}`, () => {
    assertEquals(Math.sign(compareVersions(one, other)), sign);
  });
}
