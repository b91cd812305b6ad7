import { runProgram } from "./toolchain.ts";

// Not the program itself: what it imports from outside must be found first.
try {
  await runProgram("scripts/docs.ts", Deno.args);
} catch {
  Deno.exit(1);
}
