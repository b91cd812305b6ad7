import { assertEquals } from "@std/assert";
import { permissionsFor } from "../../lib/host/permissions.ts";
import { VARIABLES } from "../../lib/host/variables.ts";

Deno.test("permissionsFor grants the endpoint's address, the variables of the table and two facts of the system", () => {
  const grants = permissionsFor("https://api.segment.io").flatMap(({ kinds, grant }) =>
    kinds.map((kind) => [kind, grant] as const)
  );
  assertEquals(Object.fromEntries(grants), {
    read: true,
    write: true,
    net: ["api.segment.io:443"],
    sys: ["osRelease", "uid"],
    env: Object.keys(VARIABLES),
    run: false,
    ffi: false,
    import: false,
  });
});

Deno.test("permissionsFor says in words what it grants", () => {
  for (const { kinds, grant, granted } of permissionsFor("https://api.segment.io")) {
    const words = {
      net: `only to ${String(grant)}`,
      env: `only the ${Object.keys(VARIABLES).length} listed below`,
      // The two that it names, by their names in the runtime.
      sys: String(grant) === "osRelease,uid" ? "only the kernel's release and the user's number" : "",
    }[kinds.join()];
    assertEquals([kinds, granted], [kinds, words ?? (grant === true ? "yes" : "no")]);
  }
});

for (
  const [endpoint, address] of [
    ["https://collector.example:8443", "collector.example:8443"],
    ["http://127.0.0.1:9", "127.0.0.1:9"],
    ["http://localhost", "localhost:80"],
  ] as const
) {
  Deno.test(`permissionsFor lets the binary talk to ${address} alone for the endpoint ${endpoint}`, () => {
    const [net] = permissionsFor(endpoint);
    assertEquals([net?.kinds, net?.grant, net?.granted], [["net"], [address], `only to ${address}`]);
  });
}
