import { assertEquals } from "@std/assert";
import { readDocker } from "../../lib/context/container.ts";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";

const BOOTED = { "/run/systemd/system/x": "" };

const CASES: readonly [what: string, machine: MemoryHostOptions, expected: boolean | null][] = [
  ["where nothing tells", {}, null],
  ["where systemd started the system", { files: BOOTED }, false],
  ["in a container that boots systemd", { files: { ...BOOTED, "/run/host/container-manager": "" } }, null],
  ["with an engine's marker", { files: { ...BOOTED, "/.dockerenv": "" } }, true],
  ["on Cloud Run", { env: { K_SERVICE: "bot" } }, true],
  ["on macOS", { system: { name: "Darwin" } }, false],
  ["on Windows", { system: { name: "Windows" } }, null],
  ["on Windows in a pod", { system: { name: "Windows" }, env: { KUBERNETES_SERVICE_HOST: "10.0.0.1" } }, true],
];
for (const [what, machine, expected] of CASES) {
  Deno.test(`readDocker is ${expected} ${what}`, () => {
    assertEquals(readDocker(new MemoryHost(machine)), expected);
  });
}

for (const path of ["/run/systemd/system", "/run/host"]) {
  Deno.test(`readDocker is null where ${path} can't be asked for`, () => {
    const host = new MemoryHost({ files: BOOTED });
    host.files.before = (operation) => {
      if (operation.path === path) throw new FileFault("look at a path", "EACCES");
    };
    assertEquals(readDocker(host), null);
  });
}
