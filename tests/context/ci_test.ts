import { assertEquals } from "@std/assert";
import { readCi } from "../../lib/context/ci.ts";
import { variablesFor } from "../../lib/host/variables.ts";
import type { Variable } from "../../lib/host/variables.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";

/** As Rasa's own telemetry has them. */
const CI_VARIABLES: readonly Variable[] = [
  "bamboo.buildKey",
  "BUILD_ID",
  "BUILD_NUMBER",
  "BUILDKITE",
  "CI",
  "CIRCLECI",
  "CONTINUOUS_INTEGRATION",
  "GITHUB_ACTIONS",
  "HUDSON_URL",
  "JENKINS_URL",
  "TEAMCITY_VERSION",
  "TRAVIS",
  "CODEBUILD_BUILD_ARN",
  "CODEBUILD_BUILD_ID",
  "CODEBUILD_BATCH_BUILD_IDENTIFIER",
];

for (const name of CI_VARIABLES) {
  for (const value of ["true", "false", ""]) {
    Deno.test(`readCi is true where ${name} is ${JSON.stringify(value)}`, () => {
      assertEquals(readCi(new MemoryHost({ env: { [name]: value } })), true);
    });
  }
}

Deno.test("readCi is false without any of the variables, and asks for no others and no file", () => {
  const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: "true", container: "podman", K_SERVICE: "bot" } });
  assertEquals(readCi(host), false);
  assertEquals([host.asked.toSorted(), host.files.operations], [CI_VARIABLES.toSorted(), []]);
});

Deno.test("variablesFor gives the variables of one purpose, in the table's order", () => {
  assertEquals(variablesFor("licence"), ["RASA_LICENSE", "RASA_PRO_LICENSE"]);
});
