// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { dirname } from "@std/path";
import { loadCommands } from "../../lib/cli.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { cliDocument, exitCodesTable } from "./cli.ts";
import { eventsDocument } from "./events.ts";
import { fillBlocks } from "./generated.ts";
import { JSON_SCHEMAS } from "./json_schemas.ts";
import { manPage } from "./man_page.ts";
import { permissionsDocument, variablesTable } from "./permissions.ts";
import { rulesTable } from "./rules.ts";

/**
 * Writes the documents that are made from the program's own tables, and the generated blocks of README.
 *
 * Usage: deno task docs [--check]      (--check: change nothing, and fail where one is stale)
 */

/** README's generated blocks: each stands between the markers with its name. */
const README_BLOCKS: Readonly<Record<string, () => string>> = {
  rules: rulesTable,
  variables: variablesTable,
};

/** Every generated document by its path, as it should be. */
async function makeDocuments(): Promise<Record<string, string>> {
  const commands = await loadCommands();
  const schemas = Object.entries(JSON_SCHEMAS).map(([name, schema]) =>
    [`docs/reference/json/${name}.schema.json`, JSON.stringify(schema, null, 2) + "\n"] as const
  );
  return {
    "README.md": fillBlocks(await readDocument("README.md"), README_BLOCKS),
    "docs/contract.md": fillBlocks(await readDocument("docs/contract.md"), { "exit-codes": exitCodesTable }),
    "docs/reference/permissions.md": permissionsDocument(),
    "docs/reference/events.md": eventsDocument(),
    "docs/reference/cli.md": cliDocument(commands),
    "docs/reference/rasa-telemetry.1": manPage(commands),
    ...Object.fromEntries(schemas),
  };
}

/** The document as it is, empty where there is none. A checkout on Windows may have other line ends. */
async function readDocument(name: string): Promise<string> {
  return (await Deno.readTextFile(`${ROOT}/${name}`).catch(() => "")).replaceAll("\r\n", "\n");
}

/** Writes the documents, or with `--check` only compares them. Returns the names of those that are stale. */
async function main(args: readonly string[]): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, text] of Object.entries(await makeDocuments())) {
    if (args.includes("--check")) {
      if (await readDocument(name) !== text) stale.push(name);
      continue;
    }
    await Deno.mkdir(dirname(`${ROOT}/${name}`), { recursive: true });
    await Deno.writeTextFile(`${ROOT}/${name}`, text);
  }
  return stale;
}

if (import.meta.main) {
  const stale = await main(Deno.args);
  for (const name of stale) console.error(`${name} is stale: run deno task docs`);
  Deno.exit(stale.length === 0 ? 0 : 1);
}
