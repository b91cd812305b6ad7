import { assertEquals } from "@std/assert";
import { parseArgs } from "node:util";
import { BUILD_OPTIONS, planBuild } from "../../../scripts/build/options.ts";

/** The configuration that these options build with. */
function configOf(...args: string[]) {
  return planBuild(parseArgs({ args, options: BUILD_OPTIONS }).values).config;
}

Deno.test("planBuild makes a build that is off until somebody enables it only where it is told to", () => {
  assertEquals([configOf().offByDefault, configOf("--off-by-default").offByDefault], [false, true]);
});

Deno.test("planBuild names whoever is at the endpoint, unless a recipient is given", () => {
  const endpoint = ["--endpoint", "https://telemetry.example.com/"];
  assertEquals([configOf(...endpoint).endpoint, configOf(...endpoint).recipient], [
    "https://telemetry.example.com",
    "telemetry.example.com",
  ]);
  assertEquals(configOf(...endpoint, "--recipient", "Example Linux").recipient, "Example Linux");
});
