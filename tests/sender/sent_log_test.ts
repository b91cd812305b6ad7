import { assertEquals } from "@std/assert";
import { writeReport } from "../../lib/report/written_report.ts";
import { readSentLog, writeSentLog } from "../../lib/sender/sent_log.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { range } from "../support/inputs/numbered_events.ts";
import { HOME, report } from "../support/scenes/memory_queue_scene.ts";
import { QUEUE } from "../support/scenes/scene.ts";

const TOLD = { sentAt: "2026-03-01T12:00:00.000Z", outcome: "delivered", reason: null, endpoint: "https://a" } as const;
const LIMIT = 1024 * 1024;
const LARGEST_ENTRY = 64 * 1024;

for (const [count, paths] of [[1, 200], [500, 0], [500, 100], [500, 200]] as const) {
  Deno.test(`the sent log takes batches of ${count} with ${paths} withheld each, and stays within its limits`, () => {
    const host = new MemoryHost();
    host.files.plantFolder(QUEUE);
    const held = { withheld: range(0, paths).map((at) => `properties.${"a".repeat(60)}${at}`), withheldUnknown: 1 };
    for (let round = 0; round < 4; round++) {
      const reports = range(round * count, (round + 1) * count).map((number) => ({
        report: writeReport(report(number), held),
        permission: "asked" as const,
      }));
      writeSentLog(host, HOME, TOLD, reports);
      const sizes = ["sent.log", "sent.log.1"].map((name) => host.files.text(`${QUEUE}/${name}`)?.length ?? 0);
      assertEquals(sizes.filter((size) => size > LIMIT + LARGEST_ENTRY), []);
      // The newest are there, whole and in their order, without a gap.
      const read = readSentLog(host, HOME);
      assertEquals(read.length > 0, true);
      const all = range(0, (round + 1) * count).map((number) => report(number).messageId);
      assertEquals(read.map(({ report }) => report.messageId), all.slice(-read.length));
      assertEquals(read.map(({ withheld }) => withheld.length), read.map(() => paths));
    }
  });
}

Deno.test("the sent log says of each report where it went, and under what it was recorded", () => {
  const host = new MemoryHost();
  host.files.plantFolder(QUEUE);
  const left = (["told", "environment"] as const).map((permission, at) => ({
    report: writeReport(report(at)),
    permission,
  }));
  writeSentLog(host, HOME, TOLD, left);
  assertEquals(readSentLog(host, HOME).map(({ endpoint, permission }) => [endpoint, permission]), [
    ["https://a", "told"],
    ["https://a", "environment"],
  ]);
});

Deno.test("readSentLog takes what is no address or no permission for not known", () => {
  const host = new MemoryHost();
  const line = '{"sentAt":"x","outcome":"delivered","endpoint":1,"permission":"whatever","report":{"event":"A"}}\n';
  host.files.plant(`${QUEUE}/sent.log`, line);
  assertEquals(readSentLog(host, HOME).map(({ endpoint, permission }) => [endpoint, permission]), [[null, null]]);
});
