import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Ajv } from "npm:ajv@8.20.0";
import {
  buildSbom,
  findImports,
  type Ingredients,
  readJsrLibraries,
  readNpmLibraries,
} from "../../../scripts/release/sbom.ts";
import { loadCycloneDx } from "../../support/programs/checkers.ts";

const { rules, others } = await loadCycloneDx();
// Its patterns are checked; its formats, such as an address on the web, occur only where others than us write.
const ajv = new Ajv({ strict: false, validateFormats: false });
for (const [address, other] of Object.entries(others)) ajv.addSchema(other, address);
const keepsTheRules = ajv.compile(rules);

const hash = (digit: string) => digit.repeat(64);

const SMALL: Ingredients = {
  version: "1.2.3",
  deno: "2.7.11",
  v8: "14.7",
  runtimes: [{ name: "denort-x86_64-unknown-linux-gnu.zip", sha256: hash("a") }],
  files: [{ name: "rasa-telemetry-linux-x64", sha256: hash("b") }],
  libraries: [
    library("@std/path", ["@std/internal"]),
    library("@std/internal", []),
    library("@std/assert", ["@std/internal"]),
  ],
  imported: ["@std/path"],
};

function library(name: string, dependencies: readonly string[]): Ingredients["libraries"][number] {
  return { name, version: "1.0.0", registry: "jsr", hash: { alg: "SHA-256", content: hash("c") }, dependencies };
}

interface ComponentOfSbom {
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly [key: string]: unknown;
}

interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: { readonly components: readonly unknown[] } };
  readonly components: readonly ComponentOfSbom[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** The bill of materials, which must keep the published rules. */
async function sbomOf(ingredients: Ingredients): Promise<Sbom> {
  const sbom = JSON.parse(await buildSbom(ingredients));
  keepsTheRules(sbom);
  assertEquals(keepsTheRules.errors ?? [], []);
  return sbom;
}

Deno.test("the published rules refuse what breaks them", () => {
  const minimal = { bomFormat: "CycloneDX", specVersion: "1.6" };
  const wrong = [{ components: [{ type: "library" }] }, { components: [{ type: "thing", name: "x" }] }, {
    serialNumber: "1",
  }];
  assertEquals([{}, ...wrong].map((part) => keepsTheRules({ ...minimal, ...part })), [true, false, false, false]);
});

Deno.test("buildSbom tells what is in the binary from what only tested it", async () => {
  const { components, dependencies } = await sbomOf(SMALL);
  assertEquals(components.map(({ name, scope }) => [name, scope]), [
    ["deno", "required"],
    ["@std/path", "required"],
    ["@std/internal", "required"],
    ["@std/assert", "excluded"],
    ["esbuild", "excluded"],
  ]);
  assertEquals(dependencies, [
    { ref: "rasa-telemetry@1.2.3", dependsOn: ["deno@2.7.11", "pkg:jsr/%40std/path@1.0.0"] },
    { ref: "pkg:jsr/%40std/path@1.0.0", dependsOn: ["pkg:jsr/%40std/internal@1.0.0"] },
    { ref: "pkg:jsr/%40std/internal@1.0.0", dependsOn: [] },
    { ref: "pkg:jsr/%40std/assert@1.0.0", dependsOn: ["pkg:jsr/%40std/internal@1.0.0"] },
  ]);
});

Deno.test("buildSbom names the runtime's file, the binary and a library with their checksums", async () => {
  const { metadata, components } = await sbomOf(SMALL);
  assertEquals(metadata.component.components, [{
    "type": "file",
    "bom-ref": "file:rasa-telemetry-linux-x64",
    "name": "rasa-telemetry-linux-x64",
    "hashes": [{ alg: "SHA-256", content: hash("b") }],
  }]);
  assertEquals(components.slice(0, 2), [
    {
      "type": "platform",
      "bom-ref": "deno@2.7.11",
      "name": "deno",
      "version": "2.7.11",
      "description": "The runtime inside the binary (denort)",
      "scope": "required",
      "licenses": [{ license: { id: "MIT" } }],
      "purl": "pkg:github/denoland/deno@v2.7.11",
      "components": [
        {
          "type": "library",
          "bom-ref": "v8@14.7",
          "name": "v8",
          "version": "14.7",
          "licenses": [{ license: { id: "BSD-3-Clause" } }],
        },
        {
          "type": "file",
          "bom-ref": "file:denort-x86_64-unknown-linux-gnu.zip",
          "name": "denort-x86_64-unknown-linux-gnu.zip",
          "hashes": [{ alg: "SHA-256", content: hash("a") }],
        },
      ],
    },
    {
      "type": "library",
      "bom-ref": "pkg:jsr/%40std/path@1.0.0",
      "name": "@std/path",
      "version": "1.0.0",
      "scope": "required",
      "hashes": [{ alg: "SHA-256", content: hash("c") }],
      "licenses": [{ license: { id: "MIT" } }],
      "purl": "pkg:jsr/%40std/path@1.0.0",
      "properties": [{ name: "rasa-telemetry:integrity", value: "of the version's list of files on JSR" }],
    },
  ]);
});

Deno.test("buildSbom says the same of the same, and another number of anything else", async () => {
  assertEquals(await buildSbom(SMALL), await buildSbom(structuredClone(SMALL)));
  const [one, other] = [await sbomOf(SMALL), await sbomOf({ ...SMALL, v8: "14.8" })];
  assertMatch(one.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assertNotEquals(one.serialNumber, other.serialNumber);
});

Deno.test("a release's bill of materials has every library of scripts/toolchain/jsr.lock, with version and integrity", async () => {
  const lock = JSON.parse(await Deno.readTextFile(new URL("../../../scripts/toolchain/jsr.lock", import.meta.url)));
  const libraries = await readJsrLibraries();
  assertEquals(
    Object.fromEntries(libraries.map(({ name, version, hash }) => [`${name}@${version}`, hash.content])),
    Object.fromEntries(
      Object.entries<{ integrity: string }>(lock.jsr).map(([id, { integrity }]) => [id, integrity]),
    ),
  );
  const { components } = await sbomOf({ ...SMALL, libraries, imported: await findImports() });
  const shipped = components.filter(({ scope }) => scope === "required").map(({ name }) => name).sort();
  assertEquals(shipped, [
    "@std/bytes",
    "@std/cli",
    "@std/crypto",
    "@std/fmt",
    "@std/internal",
    "@std/path",
    "@std/uuid",
    "@std/yaml",
    "deno",
  ]);
});

Deno.test("a bill of materials made without JSR has what stands in for it", async () => {
  const libraries = await readNpmLibraries();
  const { components } = await sbomOf({ ...SMALL, libraries, imported: ["deno-std"] });
  assertEquals(components.map(({ name, version, scope }) => [name, version, scope]), [
    ["deno", "2.7.11", "required"],
    ["deno-std", "1.3.0", "required"],
    ["esbuild", "0.25.5", "excluded"],
  ]);
});
