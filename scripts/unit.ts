import { findToolchain, ROOT, runDeno } from "./toolchain.ts";

const { options } = await findToolchain();
const files = Deno.args.length > 0 ? Deno.args : [`${ROOT}/tests`];
try {
  await runDeno(["test", "-A", "--no-check", "--parallel", "--ignore=tests/e2e", ...options, ...files]);
} catch {
  Deno.exit(1);
}
