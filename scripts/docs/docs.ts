// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { walk } from "@std/fs/walk";
import { dirname, relative } from "@std/path";
import { loadCommands } from "../../lib/cli.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { cliDocument, exitCodesTable } from "./cli.ts";
import { eventsDocument } from "./events.ts";
import { fillBlocks } from "./generated.ts";
import { EXPORT_SCHEMA, JSON_SCHEMAS } from "./json_schemas.ts";
import { manPage } from "./man_page.ts";
import { noticeBlock } from "./notice.ts";
import { permissionsDocument, variablesTable } from "./permissions.ts";
import { PYTHON_FACTS_PATH, pythonFacts } from "./python_facts.ts";
import { rulesTable } from "./rules.ts";
import { findWorkingNotes } from "./working_notes.ts";

/**
 * Writes the documents that are made from the program's own tables, and the generated blocks of README.
 *
 * Usage: deno task docs [--check]      (--check: change nothing, and fail where one is stale, or
 *                                      where any document holds a working note)
 */

/** README's generated blocks: each stands between the markers with its name. */
const README_BLOCKS: Readonly<Record<string, () => string>> = {
  rules: rulesTable,
  variables: variablesTable,
};

/** Every generated document by its path, as it should be. */
async function makeDocuments(): Promise<Record<string, string>> {
  const commands = await loadCommands();
  const schemas = Object.entries({ ...JSON_SCHEMAS, export: EXPORT_SCHEMA }).map(([name, schema]) =>
    [`docs/reference/json/${name}.schema.json`, JSON.stringify(schema, null, 2) + "\n"] as const
  );
  return {
    "README.md": fillBlocks(await readDocument("README.md"), README_BLOCKS),
    "docs/contract.md": fillBlocks(await readDocument("docs/contract.md"), { "exit-codes": exitCodesTable }),
    "docs/privacy.md": fillBlocks(await readDocument("docs/privacy.md"), { notice: noticeBlock }),
    "docs/reference/permissions.md": permissionsDocument(),
    "docs/reference/events.md": eventsDocument(),
    "docs/reference/cli.md": cliDocument(commands),
    "docs/reference/rasa-telemetry.1": manPage(commands),
    [PYTHON_FACTS_PATH]: pythonFacts(),
    ...Object.fromEntries(schemas),
  };
}

/** The document as it is, empty where there is none. A checkout on Windows may have other line ends. */
async function readDocument(name: string): Promise<string> {
  return (await Deno.readTextFile(`${ROOT}/${name}`).catch(() => "")).replaceAll("\r\n", "\n");
}

/** Writes the generated documents. */
async function writeDocuments(): Promise<void> {
  for (const [name, text] of Object.entries(await makeDocuments())) {
    await Deno.mkdir(dirname(`${ROOT}/${name}`), { recursive: true });
    await Deno.writeTextFile(`${ROOT}/${name}`, text);
  }
}

/** What is wrong with the documents as they are, a line each. */
async function checkDocuments(): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, text] of Object.entries(await makeDocuments())) {
    if (await readDocument(name) !== text) problems.push(`${name} is stale: run deno task docs`);
  }
  const skip = [/[\\/](\.git|\.build|dist|node_modules)$/];
  for await (const { path } of walk(ROOT, { exts: ["md"], includeDirs: false, skip })) {
    const name = relative(ROOT, path).replaceAll("\\", "/");
    problems.push(...findWorkingNotes(name, await Deno.readTextFile(path)));
  }
  return problems;
}

if (import.meta.main) {
  const problems = Deno.args.includes("--check") ? await checkDocuments() : [];
  if (!Deno.args.includes("--check")) await writeDocuments();
  for (const problem of problems) console.error(problem);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
