import { assertEquals } from "@std/assert";
import { ROOT } from "../../scripts/toolchain/toolchain.ts";

Deno.test("run names the tools where there is no such tool, and asks for no library", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}/scripts/run.ts`, "gat"],
  }).output();
  const tools =
    "bench, compile, demo, docs, drift, e2e, frameworks, gate, host, python, release, smoke, soak, structure, unit, " +
    "wheel, wheels:try";
  assertEquals([code, new TextDecoder().decode(stderr)], [2, `Cannot run "gat": the tools are ${tools}\n`]);
});
