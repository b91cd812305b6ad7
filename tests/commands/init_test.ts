import { assertEquals, assertStringIncludes } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { CONFIG_FILE, queued, runHere, runJson, STORED_OFF } from "../support/scenes/scene.ts";

const ANSWERS: readonly (readonly [stdin: MemoryHostOptions["stdin"], answer: boolean | null, enabled: boolean])[] = [
  ["y\n", true, true],
  ["YES\n", true, true],
  ["\n", true, true],
  ["n\n", false, false],
  [" No \n", false, false],
  ["what\nn\n", false, false],
  ["what\nwhy\nhow\nn\n", null, true],
  ["", null, true],
  ["never", null, true],
];

for (const [stdin, answer, enabled] of ANSWERS) {
  Deno.test(`init on a terminal takes ${JSON.stringify(stdin)} for ${answer}`, async () => {
    const host = new MemoryHost({ stdin, terminal: { stdin: true, stderr: true } });
    const since = host.elapsed();
    assertEquals(await runJson(host, "init"), { shown: true, answer, enabled, noticeDate: NOON.toISOString() });
    assertStringIncludes(host.err, "Report usage to Rasa? [Y/n] ");
    assertEquals(host.elapsed() - since <= 30_000, true);
    assertEquals([(await runJson(host, "init"))["shown"], host.requests], [false, []]);
    assertEquals((await runJson(host, "status"))["enabled"], enabled);
  });
}

Deno.test("init deletes what was held where the answer is no", async () => {
  const host = new MemoryHost();
  await runHere(host, "track", "Shell Started");
  const asked = new MemoryHost({ stdin: "n\n", terminal: { stdin: true, stderr: true } });
  for (const [path, node] of host.files.nodes) asked.files.nodes.set(path, node);
  await runHere(asked, "init");
  assertEquals(queued(asked), []);
});

const SILENT_INIT: readonly (readonly [name: string, options: MemoryHostOptions, enabled: boolean])[] = [
  ["telemetry is off by the environment", { env: { DO_NOT_TRACK: "1" } }, false],
  ["a choice is stored", { files: { [CONFIG_FILE]: STORED_OFF } }, false],
  ["the environment says on", { env: { RASA_TELEMETRY_ENABLED: "yes" } }, true],
  ["debug mode is on", { env: { RASA_TELEMETRY_DEBUG: "true" } }, true],
  ["no home is known", { env: { HOME: "" } }, false],
];

for (const [name, options, enabled] of SILENT_INIT) {
  Deno.test(`init shows nothing and writes nothing where ${name}`, async () => {
    const host = new MemoryHost(options);
    assertEquals(await runJson(host, "init"), { shown: false, answer: null, enabled, noticeDate: null });
    assertEquals([host.err, host.files.writes], ["", []]);
  });
}

Deno.test("init shows nothing where nothing can be kept, because nothing will be sent", async () => {
  const host = new MemoryHost();
  host.files.before = ({ action }) => {
    if (action === "makeDirectory") throw new FileFault("make a folder", "EROFS");
  };
  assertEquals([await runJson(host, "init"), host.err], [{
    shown: false,
    answer: null,
    enabled: false,
    noticeDate: null,
  }, ""]);
});
