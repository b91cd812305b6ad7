import { assertEquals } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { eventLines, NO_COUNTS, numberOf, range } from "../support/inputs/numbered_events.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import {
  ASKED,
  BUILD,
  choiceOf,
  CONFIG_FILE,
  EPOCH,
  OTHER_EPOCH,
  QUEUE,
  queued,
  RECORD_FILE,
  recordIn,
  recordOf,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";
import { done, sentNumbers, stream } from "../support/scenes/stream_scene.ts";

/** A stream outlives choices: what comes is recorded under what holds when it comes. */

/** What `enable --local` and `enable` leave. */
const LOCAL = {
  [CONFIG_FILE]: STORED_OFF,
  [RECORD_FILE]: recordOf({ epoch: OTHER_EPOCH, local: true, choice: choiceOf(STORED_OFF) }),
};
const ENABLED = ASKED;

function plant(host: TimedHost, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) host.files.plant(path, text);
}

function localNumbers(host: TimedHost): number[] {
  const lines = host.files.text(`${QUEUE}/local.log`)?.match(/.+/g) ?? [];
  return lines.map((line) => numberOf(JSON.parse(line).report));
}

for (
  const [name, first, second, third, delivered, kept] of [
    ["local, enabled, local", LOCAL, ENABLED, LOCAL, range(3, 6), [...range(0, 3), ...range(6, 9)]],
    ["enabled, local, enabled", ENABLED, LOCAL, ENABLED, [...range(0, 3), ...range(6, 9)], range(3, 6)],
  ] as const
) {
  Deno.test(`stream keeps here or sends what comes, as the choice is then: ${name}`, async () => {
    const host = new TimedHost({ files: first });
    host.feed(eventLines(0, 3));
    host.after(5_000, () => plant(host, second));
    host.after(6_000, () => host.feed(eventLines(3, 6)));
    host.after(10_000, () => plant(host, third));
    host.after(11_000, () => host.feed(eventLines(6, 9)));
    host.after(15_000, () => host.endInput());
    assertEquals(await stream(host), done({ accepted: 9, delivered: delivered.length }));
    assertEquals([sentNumbers(host), localNumbers(host), queued(host)], [delivered, kept, []]);
  });
}

Deno.test("stream makes a new record where somebody has deleted it, and records under that", async () => {
  const host = new TimedHost({ files: { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: recordOf() } });
  host.feed(eventLines(0, 2));
  host.after(5_000, () => host.files.nodes.delete(RECORD_FILE));
  host.after(6_000, () => host.feed(eventLines(2, 4)));
  host.after(10_000, () => host.endInput());
  assertEquals(await stream(host), { code: 0, result: { ...NO_COUNTS, accepted: 4, queued: 4 }, err: "" });
  const epoch = recordIn(host)?.epoch;
  assertEquals([epoch === undefined, epoch === EPOCH], [false, false]);
  assertEquals(queued(host).filter((item) => item.epoch === epoch).map(({ report }) => numberOf(report)), [2, 3]);
});

Deno.test("stream under the variable makes a new record where somebody has deleted it, and what comes leaves", async () => {
  const host = new TimedHost({ files: ASKED, env: { RASA_TELEMETRY_ENABLED: "true" } });
  host.feed(eventLines(0, 2));
  host.after(5_000, () => host.files.nodes.delete(RECORD_FILE));
  host.after(6_000, () => host.feed(eventLines(2, 4)));
  host.after(10_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 4, delivered: 4 }));
  assertEquals([sentNumbers(host), recordIn(host) === undefined], [range(0, 4), false]);
});

Deno.test("stream looks at the choice once in 50 ms: what comes sooner after a no never leaves", async () => {
  const host = new TimedHost({ files: ENABLED });
  host.feed(eventLines(0, 2));
  host.after(10, () => plant(host, LOCAL));
  host.after(20, () => host.feed(eventLines(2, 4)));
  host.after(100, () => host.feed(eventLines(4, 6)));
  host.after(5_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 6, delivered: 0, dropped: 4 }));
  assertEquals([sentNumbers(host), localNumbers(host), queued(host)], [[], [4, 5], []]);
});

Deno.test("stream without a write key that began in local mode keeps nothing of what comes after a yes", async () => {
  const host = new TimedHost({ files: LOCAL });
  host.feed(eventLines(0, 2));
  host.after(5_000, () => plant(host, ENABLED));
  host.after(6_000, () => host.feed(eventLines(2, 4)));
  host.after(10_000, () => host.endInput());
  const ended = host.until(run(["stream", "--json"], host, { ...BUILD, writeKey: undefined }));
  assertEquals([await ended, localNumbers(host), queued(host), host.requests], [0, [0, 1], [], []]);
});
