import { assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { dirname, join, relative } from "@std/path";
import { parseAll } from "@std/yaml";
import { isWithoutOpinion } from "../../../lib/consent/policy.ts";
import { ROOT } from "../../../scripts/toolchain/toolchain.ts";

/** What documents show to be copied, and where they lead. */

const DOCUMENTS: Record<string, string> = {};
for await (const { path } of walk(`${ROOT}/docs`, { exts: ["md"] })) await read(path);
for await (const { path } of walk(`${ROOT}/.github`, { exts: ["md"] })) await read(path);
for (const name of ["README.md", "CHANGELOG.md", "python/README.md"]) await read(`${ROOT}/${name}`);

async function read(path: string): Promise<void> {
  const name = relative(ROOT, path).replaceAll("\\", "/");
  DOCUMENTS[name] = (await Deno.readTextFile(path)).replaceAll("\r\n", "\n");
}

/** The blocks of a language in a document. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block = ""]) => block);
}

Deno.test("every YAML that a document shows can be parsed", () => {
  const faults: string[] = [];
  let count = 0;
  for (const [name, text] of Object.entries(DOCUMENTS)) {
    for (const block of blocks(text, "yaml")) {
      count++;
      try {
        parseAll(block);
      } catch (error) {
        faults.push(`${name}: ${error}`);
      }
    }
  }
  assertEquals([faults, count > 5], [[], true]);
});

Deno.test("every environment that a document shows for Kubernetes has texts for values", () => {
  const text = DOCUMENTS["docs/operators/kubernetes.md"] ?? "";
  const lines = blocks(text, "yaml").join("").match(/^ *value: .*$/gm) ?? [];
  assertEquals(lines.filter((line) => /^ *value: (true|false|\d+)( |$)/.test(line)), []);
  assertEquals(lines.length > 0, true);
});

Deno.test("every policy that a document shows says no", () => {
  const text = `${DOCUMENTS["docs/operators/no-for-all.md"]}${DOCUMENTS["docs/operators/kubernetes.md"]}`;
  const contents = [...text.matchAll(/(?:content: "|-Value '|telemetry\.yml: \|\n +)(enabled: \w+)/g)];
  assertEquals(contents.map(([, content = ""]) => isWithoutOpinion(content)), [false, false, false]);
});

Deno.test("every link of a document leads to a file and a heading that are there", async () => {
  const faults: string[] = [];
  for (const [name, text] of Object.entries(DOCUMENTS)) {
    const prose = text.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");
    for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? name : join(dirname(name), path).replaceAll("\\", "/");
      const isThere = await Deno.stat(`${ROOT}/${file}`).then(() => true, () => false);
      const headings = [...(DOCUMENTS[file] ?? "").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
        anchorOf(heading)
      );
      if (!isThere || (anchor !== undefined && !headings.includes(anchor))) faults.push(`${name}: ${target}`);
    }
  }
  assertEquals(faults, []);
});

/** A heading's anchor, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}
