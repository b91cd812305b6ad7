import { assertEquals } from "@std/assert";
import { VARIABLES } from "../../../lib/host/variables.ts";
import { groupVariables } from "../../../scripts/docs/variables.ts";

Deno.test("groupVariables has every variable once, and puts those with the same reason together", () => {
  const groups = groupVariables();
  assertEquals(groups.flatMap(({ names }) => names).sort(), Object.keys(VARIABLES).sort());
  const proxies = groups.find(({ names }) => names.includes("ALL_PROXY"))?.names;
  assertEquals(proxies, ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]);
  assertEquals(groupVariables(["licence"]).map(({ names }) => names), [["RASA_LICENSE"], ["RASA_PRO_LICENSE"]]);
});
