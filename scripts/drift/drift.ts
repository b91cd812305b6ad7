// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { parseArgs } from "@std/cli/parse-args";
import { isAbsolute, join } from "@std/path";
import { compareCatalogue } from "./compare.ts";
import { writeDataFiles } from "./data_files.ts";
import { explain } from "./explain.ts";
import { readInstalled } from "./installed.ts";
import { measureModels } from "./models.ts";

const USAGE = `Usage: deno task drift --rasa FOLDER [--all | --write]

Reads an installed Rasa as text, runs nothing of it, and prints what the catalogue lacks and what is stale. FOLDER is a
virtual environment, its site-packages, or the package. The exit code is 1 where a line is not explained in
lib/report/drift_explained.ts, or an explanation is of no line.

  --all      print the explained lines too, each with its reason
  --write    add the words of the closed sets to the files in lib/report/vocabularies/read, for a person to review`;

if (import.meta.main) Deno.exit(await run(Deno.args));

async function run(args: string[]): Promise<number> {
  const { rasa, all, write } = parseArgs(args, { string: ["rasa"], boolean: ["all", "write"] });
  if (rasa === undefined || rasa === "") {
    console.error(USAGE);
    return 2;
  }
  const installed = await readInstalled(isAbsolute(rasa) ? rasa : join(Deno.env.get("INIT_CWD") ?? Deno.cwd(), rasa));
  if (write) {
    await writeDataFiles(installed);
    return 0;
  }
  const { open, explained, unused } = explain(await compareCatalogue(installed));
  console.log(`${installed.release}: ${open.length} to explain, ${explained.length} explained`);
  for (const line of open) console.log(line);
  for (const line of unused) console.log(`explained, but there is no such line: ${line}`);
  if (all) { for (const [line, why] of explained) console.log(`${line}\n    ${why}`); }
  for (const line of await measureModels(installed)) console.log(line);
  return open.length + unused.length === 0 ? 0 : 1;
}
