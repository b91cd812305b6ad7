import { assertEquals } from "@std/assert";
import { MemoryHost, type MemoryHostOptions } from "../../support/machine/memory_host.ts";
import { TimedHost } from "../../support/machine/timed_host.ts";
import { ASKED, queued, runHere, runJson } from "../../support/scenes/scene.ts";

const BAD_INPUT: readonly (readonly [name: string, stdin: MemoryHostOptions["stdin"], message: string])[] = [
  [
    "broken JSON",
    '{"properties": ',
    'standard input is not JSON; it may be one object with "properties" and "context"',
  ],
  ["an array", "[]", 'standard input is not a JSON object; it may be one object with "properties" and "context"'],
  ["3 MB", "x".repeat(3_000_000), "standard input is larger than 1 MiB"],
  [
    "100,000 nested brackets",
    "[".repeat(100_000),
    'standard input is not JSON; it may be one object with "properties" and "context"',
  ],
  [
    "an unknown top-level key",
    { secret_key: 1, properties: {} },
    'standard input has 1 unknown top-level key; it may be one object with "properties" and "context"',
  ],
  [
    "properties that are no object",
    { properties: [1], context: "x" },
    'standard input has "properties" and "context" that must be JSON objects; ' +
    'it may be one object with "properties" and "context"',
  ],
  [
    "bytes that are not UTF-8",
    new Uint8Array([0xff, 0xfe]),
    'standard input is not UTF-8; it may be one object with "properties" and "context"',
  ],
];

for (const [name, stdin, message] of BAD_INPUT) {
  Deno.test(`track refuses ${name} with one line, sends nothing and loses nothing`, async () => {
    const host = new MemoryHost({ files: ASKED });
    await runHere(host, "track", "Shell Started", "--timeout", "0");
    host.input = stdin;
    assertEquals(await runHere(host, "track", "Shell Started"), 2);
    assertEquals(host.err, `rasa-telemetry: Cannot record "Shell Started": ${message}\n`);
    assertEquals([host.requests.length, queued(host).length, host.out], [0, 1, ""]);
  });
}

Deno.test("track takes deep nesting inside a property for what it is: withheld", async () => {
  const deep = `{"properties": {"type": ${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
  const host = new MemoryHost({ files: ASKED, stdin: deep });
  assertEquals((await runJson(host, "track", "Shell Started"))["withheld"], ["properties.type"]);
});

const SILENT =
  "rasa-telemetry: standard input is open and silent: nothing is read from it; </dev/null saves the wait\n";

Deno.test("track records an event without properties where its input is open and silent for a second", async () => {
  const host = new TimedHost({ files: ASKED });
  const since = host.elapsed();
  assertEquals(await host.until(runHere(host, "track", "Shell Started")), 0);
  const properties = host.requests[0]?.body["properties"];
  assertEquals([Object.keys(properties ?? {}), host.err], [["metrics_id"], SILENT]);
  assertEquals(host.elapsed() - since, 1_000);
});

Deno.test("track refuses an input that begins and doesn't end within 5 s", async () => {
  const host = new TimedHost({ files: ASKED });
  const since = host.elapsed();
  host.feed('{"properties": ');
  assertEquals(await host.until(runHere(host, "track", "Shell Started")), 2);
  assertEquals(host.err, 'rasa-telemetry: Cannot record "Shell Started": standard input did not end within 5 s\n');
  assertEquals([host.requests, host.elapsed() - since], [[], 5_000]);
});

Deno.test("track reads nothing from a terminal", async () => {
  const host = new MemoryHost({ files: ASKED, stdin: "never", terminal: { stdin: true } });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
});
