import { assertEquals } from "@std/assert";
import { type Graph, librariesIn, readGraph } from "../../../scripts/toolchain/graph.ts";

Deno.test("readGraph tells what a module loads at once, later, and for its types alone", async () => {
  const graph = await readGraph("main.ts");
  const start = graph.get("main.ts")?.map(({ name, target, kind }) => [name, target, kind]);
  assertEquals(start, [
    ["#build", "lib/build_config.ts", "static"],
    ["./lib/cli.ts", "lib/cli.ts", "static"],
    ["./lib/host/deno_host.ts", "lib/host/deno_host.ts", "static"],
  ]);
  const kinds = new Map(graph.get("lib/cli.ts")?.map(({ target, kind }) => [target, kind]));
  assertEquals([kinds.get("lib/commands/track.ts"), kinds.get("lib/host/host.ts")], ["dynamic", "type"]);
});

Deno.test("librariesIn gives each module of @std once, in order", () => {
  const names = ["@std/yaml", "./host.ts", "@std/path", "node:os", "#build"];
  const imports = names.map((name) => ({ name, target: name, kind: "static" as const }));
  const graph: Graph = new Map([["main.ts", imports], ["lib/cli.ts", imports]]);
  assertEquals(librariesIn(graph), ["@std/path", "@std/yaml"]);
});
