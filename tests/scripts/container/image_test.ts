import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CHECKED_FILES, CHECKSUMS_FILE, OLDEST_GLIBC } from "../../../scripts/release/assets.ts";
import { ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { TARGETS } from "../../../scripts/toolchain/targets.ts";

const dockerfile = await read("scripts/container/Dockerfile");

/** The instructions of each stage, one a line, without comments and labels. */
const stages = dockerfile.replace(/^#.*\n/gm, "").replaceAll("\\\n", " ").split(/^(?=FROM )/m).map((stage) =>
  stage.split("\n").map((line) => line.replace(/\s+/g, " ").trim()).filter((line) => line && !line.startsWith("LABEL"))
);

Deno.test("the image has what was laid out and the licence, no root and no shell", () => {
  assertEquals(stages.at(-1), [
    "FROM scratch",
    "ARG VERSION",
    "ARG REVISION",
    "COPY --from=parts /image/ /",
    "COPY LICENSE /usr/share/doc/rasa-telemetry/LICENSE",
    "USER 65532:65532",
    'ENTRYPOINT ["/usr/local/bin/rasa-telemetry"]',
  ]);
});

Deno.test("the image's build takes nothing from a network, and nothing without a checksum", () => {
  const [run, ...others] = stages.flat().filter((line) => line.startsWith("RUN "));
  assertEquals(others, []);
  assertMatch(run ?? "", /^RUN --network=none .*SHA256SUMS \| sha256sum --check --strict && sh make_root\.sh/);
  assertEquals(stages.flat().filter((line) => line.startsWith("ADD ")), []);
});

Deno.test("the image's build sees only what it copies", async () => {
  const ignored = (await read("scripts/container/Dockerfile.dockerignore")).trim().split("\n");
  const copied = stages.flat().filter((line) => /^COPY (?!--from)/.test(line))
    .flatMap((line) => line.split(" ").slice(1, -1));
  assertEquals(ignored, ["*", ...copied.map((path) => `!${path}`).sort()]);
  const linux = TARGETS.filter(({ format }) => format === "ELF").map(({ file }) => `dist/${file}`);
  assertEquals(copied.filter((path) => path.startsWith("dist/")), [`dist/${CHECKSUMS_FILE}`, ...linux]);
});

for (
  const document of [
    "docs/containers.md",
    "scripts/release/install.sh",
    "scripts/release/install.ps1",
    "docs/releases.md",
  ]
) {
  Deno.test(`${document} names the oldest glibc that is checked`, async () => {
    assertStringIncludes(await read(document), `glibc ${OLDEST_GLIBC} or newer`);
  });
}

Deno.test("docs/releases.md names every file of a release", async () => {
  const text = await read("docs/releases.md");
  assertEquals(
    [...CHECKED_FILES, CHECKSUMS_FILE].filter((name) =>
      !text.includes(`| \`${name}\``) && !text.includes(`, \`${name}\` |`)
    ),
    [],
  );
});

Deno.test({
  name: "make_root.sh refuses to lay out a program whose library is missing",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
    try {
      const ldd = "#!/bin/sh\necho '\tlibgcc_s.so.1 => not found'\necho '\tlibc.so.6 => /lib/libc.so.6 (0x1)'\n";
      await Deno.writeTextFile(`${folder}/ldd`, ldd, { mode: 0o755 });
      const { code, stderr } = await new Deno.Command("sh", {
        args: [`${ROOT}/scripts/container/make_root.sh`, "/bin/sh", `${folder}/root`],
        env: { PATH: `${folder}:${Deno.env.get("PATH")}` },
      }).output();
      assertEquals(code, 1);
      assertMatch(new TextDecoder().decode(stderr), /^Cannot lay out \/bin\/sh: a library is missing here:\n\tlibgcc/);
      assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), ["ldd"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function read(path: string): Promise<string> {
  return (await Deno.readTextFile(`${ROOT}/${path}`)).replaceAll("\r\n", "\n");
}
