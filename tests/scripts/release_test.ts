import { assertEquals } from "@std/assert";
import { VERSION } from "../../lib/build_config.ts";
import { ASSETS, CHECKED_FILES, CHECKSUMS_FILE, examineRelease, writeChecksums } from "../../scripts/assets.ts";
import { examineRuntimes, examineTag, releaseNotes } from "../../scripts/release.ts";
import { TARGETS } from "../../scripts/runtime.ts";
import { executableFor, makeElf } from "../support/programs/executables.ts";

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

const RUNTIMES = ASSETS.map(({ triple }, index) => ({
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

Deno.test("a release has a binary for every system that can be compiled for", () => {
  assertEquals(ASSETS.map(({ triple }) => triple), TARGETS.map(({ triple }) => triple));
});

/** A whole release in a temporary folder. */
async function withRelease(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
  try {
    for (const name of CHECKED_FILES) {
      const asset = ASSETS.find(({ file }) => file === name);
      await Deno.writeFile(`${folder}/${name}`, asset ? executableFor(asset) : new TextEncoder().encode(name));
    }
    await writeChecksums(folder);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("examineRelease takes a whole release, whose checksums sha256sum takes too", () =>
  withRelease(async (folder) => {
    assertEquals(await examineRelease(folder), []);
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
        `${CHECKSUMS_FILE} has a line that is no checksum: "what?"`,
        `${CHECKSUMS_FILE} lists other, which is no part of a release`,
      ],
    ],
  ] as const
) {
  Deno.test(`examineRelease says so where ${what}`, () =>
    withRelease(async (folder) => {
      await breakIt(folder);
      assertEquals(await examineRelease(folder), [...problems]);
    }));
}

const LINUX = "rasa-telemetry-linux-x64";

for (
  const [what, bytes, problems] of [
    ["is another system's", executableFor({ format: "Mach-O", machine: "x64" }), [
      `${LINUX} is Mach-O for x64, not ELF for x64`,
    ]],
    ["is another processor's", makeElf({ machine: "arm64" }), [`${LINUX} is ELF for arm64, not ELF for x64`]],
    ["is no program", new TextEncoder().encode("#!/bin/sh\n"), [
      `${LINUX}: Cannot read the executable: it is neither ELF nor Mach-O nor PE of 64 bits`,
    ]],
    ["is cut off", makeElf({ machine: "x64" }).subarray(0, 100), [
      `${LINUX}: Cannot read the executable: it ends before its headers do`,
    ]],
    ["needs a newer glibc", makeElf({ machine: "x64", glibc: ["2.4", "2.28", "2.9"] }), [
      `${LINUX} needs glibc 2.28, newer than 2.27`,
    ]],
    ["asks for another library", makeElf({ machine: "x64", libraries: ["libc.so.6", "libssl.so.3"] }), [
      `${LINUX} asks for libssl.so.3, which images don't have`,
    ]],
  ] as const
) {
  Deno.test(`examineRelease says so where a binary ${what}`, () =>
    withRelease(async (folder) => {
      await Deno.writeFile(`${folder}/${LINUX}`, bytes);
      await writeChecksums(folder);
      assertEquals(await examineRelease(folder), [...problems]);
    }));
}
