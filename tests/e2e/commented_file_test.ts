import { assertEquals } from "@std/assert";
import { endToEnd } from "../support/scenes/end_to_end.ts";

/** A `global.yml` that takes the parser of YAML, which a start loads only where it reads such a file. */

const OFF_BY: readonly (readonly [name: string, env: Record<string, string>, policy: boolean])[] = [
  ["nothing", {}, false],
  ["DO_NOT_TRACK", { DO_NOT_TRACK: "1" }, false],
  ["RASA_TELEMETRY_ENABLED", { RASA_TELEMETRY_ENABLED: "false" }, false],
  ["a policy", {}, true],
];

for (const [name, env, policy] of OFF_BY) {
  endToEnd(
    `a no that is stored in a file with a comment, while ${name} says off, survives an older copy`,
    {},
    async (here) => {
      const [file, policyFile] = [`${here.home}/.config/rasa/global.yml`, `${here.project}/.rasa-telemetry.yml`];
      await Deno.mkdir(`${here.home}/.config/rasa`, { recursive: true });
      await Deno.writeTextFile(file, "# ours\nmetrics:\n  enabled: true\n");
      assertEquals((await here.run(["enable"])).code, 0);
      const older = await Deno.readTextFile(file);
      if (policy) await Deno.writeTextFile(policyFile, "");
      // The second finds the no already, and must not forget what stood before it.
      for (const _ of [1, 2]) assertEquals((await here.run(["disable"], { env })).code, 0);
      if (policy) await Deno.remove(policyFile);
      // As a program does that read the file before, and writes it whole.
      await Deno.writeTextFile(file, older);
      assertEquals(older.startsWith("# ours\n"), true);
      const { enabled, decidedBy } = JSON.parse((await here.run(["status", "--json"])).out);
      assertEquals([enabled, decidedBy], [false, "configuration"]);
    },
  );
}
