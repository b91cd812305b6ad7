// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { CHILD_ENVIRONMENT, ROOT, testCommand } from "../toolchain/toolchain.ts";
import { type Counts, countTests } from "./jobs.ts";

/** Runs tests in a process of its own, shows what it printed when it has ended, and counts the tests. */
export async function runTests(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Counts> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: await testCommand(args),
    cwd: ROOT,
    env: { ...CHILD_ENVIRONMENT, NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const [text = "", errors = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trimEnd());
  console.log(text);
  if (errors) console.error(errors);
  return countTests(text, code);
}
