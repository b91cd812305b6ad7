import { assertEquals } from "@std/assert";
import { VARIABLES } from "../../../lib/host/variables.ts";
import { permissionsSection } from "../../../lib/page/sections/permissions.ts";
import { rowsOf } from "../page_fixture.ts";

for (
  const [endpoint, address] of [
    ["https://collector.example:8443", "collector.example:8443"],
    ["http://127.0.0.1:9", "127.0.0.1:9"],
    ["http://localhost", "localhost:80"],
  ] as const
) {
  Deno.test(`permissionsSection names ${address} as all that ${endpoint} lets it talk to`, () => {
    const markup = String(permissionsSection(endpoint).content);
    assertEquals(rowsOf(markup, "What the program may do")[0]?.[1], `only to ${address}`);
    assertEquals(rowsOf(markup, "The variables that it may read").map(([name]) => name), Object.keys(VARIABLES));
  });
}
