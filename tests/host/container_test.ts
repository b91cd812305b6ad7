import { assertEquals } from "@std/assert";
import { readContainer } from "../../lib/host/container.ts";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";

const CASES: readonly [what: string, machine: MemoryHostOptions, expected: boolean][] = [
  ["on a plain machine", {}, false],
  ["with Docker's marker", { files: { "/.dockerenv": "" } }, true],
  ["with podman's marker", { files: { "/run/.containerenv": 'engine="podman"\n' } }, true],
  ["with a folder in place of a marker", { files: { "/run/.containerenv/x": "" } }, true],
  ["in a Kubernetes pod", { env: { KUBERNETES_SERVICE_HOST: "10.0.0.1" } }, true],
  ["where the variable container is set", { env: { container: "systemd-nspawn" } }, true],
  ["where the variables are empty", { env: { KUBERNETES_SERVICE_HOST: "", container: "" } }, false],
  ["in a CI job in a cloud", { env: { CI: "1", AWS_EXECUTION_ENV: "CloudShell", GOOGLE_CLOUD_PROJECT: "x" } }, false],
  ["on ECS", { env: { ECS_CONTAINER_METADATA_URI_V4: "http://169.254.170.2/v4/x" } }, true],
  ["on an older ECS", { env: { ECS_CONTAINER_METADATA_URI: "http://169.254.170.2/v3/x" } }, true],
  ["on Lambda", { env: { AWS_LAMBDA_FUNCTION_NAME: "bot" } }, true],
  ["on Cloud Run", { env: { K_SERVICE: "bot" } }, true],
  ["in a job of Cloud Run", { env: { CLOUD_RUN_JOB: "train" } }, true],
  ["on Container Apps", { env: { CONTAINER_APP_NAME: "bot" } }, true],
  ["on App Service, which runs code too", { env: { WEBSITE_INSTANCE_ID: "x" } }, false],
  ["with a marker in another folder", { files: { "/project/.dockerenv": "", "/.containerenv": "" } }, false],
];
for (const [what, machine, expected] of CASES) {
  Deno.test(`readContainer is ${expected} ${what}`, () => {
    assertEquals(readContainer(new MemoryHost(machine)), expected);
  });
}

Deno.test("readContainer takes a marker that is a link to nowhere", () => {
  const host = new MemoryHost();
  host.files.nodes.set("/.dockerenv", { kind: "link", target: "/nowhere" });
  assertEquals(readContainer(host), true);
});

Deno.test("readContainer opens no file", () => {
  const host = new MemoryHost();
  readContainer(host);
  assertEquals(host.files.operations, [
    { action: "stat", path: "/.dockerenv" },
    { action: "stat", path: "/run/.containerenv" },
  ]);
});

Deno.test("readContainer takes a marker that can't be asked for as not there, and still asks for the next", () => {
  const host = new MemoryHost({ files: { "/run/.containerenv": "" } });
  host.files.before = ({ path }) => {
    if (path === "/.dockerenv") throw new FileFault("look at a path", "EACCES");
  };
  assertEquals(readContainer(host), true);
  host.files.nodes.delete("/run/.containerenv");
  assertEquals(readContainer(host), false);
});
