import { assertEquals } from "@std/assert";
import { everythingIn, snapshot } from "../support/inputs/folders.ts";
import { ON_POSIX } from "../support/programs/conditions.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

const TRACK = ["track", "Shell Started"];
const YES = { RASA_TELEMETRY_ENABLED: "true" };

endToEnd("export writes what the server got and what waits to one file for its owner alone", async (here) => {
  const { run, project, collector } = here;
  await run(["enable"]);
  assertEquals((await run(TRACK)).code, 0);
  assertEquals((await run([...TRACK, "--timeout", "0"])).code, 0);
  const { code, out, err } = await run(["export", "telemetry.json"]);
  assertEquals([code, out, err], [0, "", "telemetry.json: 1 report that waits, 1 in the log of what was sent\n"]);
  assertEquals(await everythingIn(project), ["telemetry.json"]);
  const document = JSON.parse(await Deno.readTextFile(`${project}/telemetry.json`));
  const { sentAt: _sentAt, type: _type, ...arrived } = { ...collector.reports[0] };
  assertEquals(document.sent.map(({ report }: { report: unknown }) => report), [arrived]);
  assertEquals(document.waiting.length, 1);
  assertEquals(document.leftOut.sent, 0);
  const again = await run(["export", "telemetry.json"]);
  assertEquals([again.code, again.out, collector.arrivals.length], [2, "", 1]);
});

endToEnd(
  "export makes its file for its owner alone under any umask, and replaces one when told to",
  { needs: ON_POSIX },
  async ({ run, project }) => {
    const path = `${project}/telemetry.json`;
    await Deno.writeTextFile(path, "old", { mode: 0o644 });
    const wrap = (argv: readonly string[]) => ["sh", "-c", 'umask 0; exec "$@"', "sh", ...argv];
    assertEquals((await run(["export", path, "--overwrite"], { env: YES, wrap })).code, 0);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals(JSON.parse(await Deno.readTextFile(path)).format, 1);
    assertEquals(await everythingIn(project), ["telemetry.json"]);
    // A device is never replaced, though root could.
    assertEquals((await run(["export", "/dev/null", "--overwrite"])).code, 2);
    assertEquals((await Deno.stat("/dev/null")).isCharDevice, true);
  },
);

endToEnd(
  "export replaces none of the program's own files, however they are named",
  { needs: ON_POSIX },
  async (here) => {
    const { run, home, project } = here;
    await run(["enable"]);
    await run(TRACK);
    const rasa = `${home}/.config/rasa`;
    await Deno.symlink(`${rasa}/telemetry`, `${project}/link`);
    await Deno.symlink(rasa, `${project}/rasa`);
    const before = await snapshot(home);
    const names = [
      "link/sent.log",
      "link/../global.yml",
      "rasa/global.yml",
      "rasa/telemetry/new",
      `${rasa}/global.yml`,
    ];
    for (const name of names) {
      for (const args of [["export", "--overwrite"], ["inspect", "--html"]]) {
        const { code, err } = await run([...args, name]);
        assertEquals([name, code, err.includes("this program keeps its own there")], [name, 2, true]);
      }
    }
    assertEquals(await snapshot(home), before);
  },
);

endToEnd("export prints the whole document into a pipe", async ({ run }) => {
  await run(["enable"]);
  const events = Array.from({ length: 900 }, () => `${JSON.stringify({ event: "Shell Started" })}\n`).join("");
  await run(["stream"], { stdin: events });
  const { code, out, err } = await run(["export", "-"]);
  assertEquals([code, err], [0, ""]);
  const document = JSON.parse(out);
  assertEquals(document.waiting.length + document.sent.length, 900);
});
