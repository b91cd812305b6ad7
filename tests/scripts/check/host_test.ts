import { assertEquals } from "@std/assert";
import { closingLines, tryHosts } from "../../../scripts/check/host.ts";

Deno.test("tryHosts skips the releases that no Python here runs, and installs nothing", async () => {
  const python = { command: "/nowhere/python3.14", version: "3.14" };
  for (const pythons of [[], [python]]) {
    assertEquals(closingLines(await tryHosts("/nowhere", pythons)), [
      "2 skipped: rasa==3.6.21 (no Python 3.10, 3.9, 3.8 with venv and pip); " +
      "rasa-pro==3.21.0 (no Python 3.11, 3.12, 3.13 with venv and pip)",
      "0 passed, 0 failed",
    ]);
  }
});

Deno.test("closingLines adds up, and names nothing where nothing was skipped", () => {
  assertEquals(closingLines([{ passed: 3, failed: 1 }, { passed: 4, failed: 0 }]), ["7 passed, 1 failed"]);
});
