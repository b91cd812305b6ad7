import { assertEquals } from "@std/assert";
import type { Label } from "../../../lib/consent/permission.ts";
import { writeReport } from "../../../lib/report/written_report.ts";
import { peekQueued, queuedText } from "../../../lib/sender/disk_queue/content.ts";
import { MemoryHost, NOON } from "../../support/machine/memory_host.ts";
import { LABEL, report } from "../../support/scenes/memory_queue_scene.ts";
import { EPOCH, QUEUE, runHere, runJson } from "../../support/scenes/scene.ts";

const NAME = `${String(NOON.getTime()).padStart(15, "0")}-${report(1).messageId}.environment.model-core-tested.json`;
const FILE = { name: NAME, path: `${QUEUE}/${NAME}` };

function hostWithLabel(label: Partial<Record<keyof Label, unknown>>, env = {}): MemoryHost {
  const text = queuedText({ label: { ...LABEL, ...label } as Label, report: writeReport(report(1)) });
  return new MemoryHost({ env, files: { [FILE.path]: text } });
}

/** What somebody may write as a label, and this program never does. */
const STRANGE: readonly Partial<Record<keyof Label, unknown>>[] = [
  { epoch: "" },
  { epoch: " " },
  { epoch: undefined },
  { epoch: null },
  { epoch: 0 },
  { epoch: "a" },
  { epoch: `${EPOCH} ` },
  { epoch: `${EPOCH}\n` },
  { epoch: EPOCH.slice(1) },
  { epoch: EPOCH.repeat(2) },
  { epoch: EPOCH.replaceAll("-", "0") },
  { epoch: EPOCH.replace("2", "G") },
  { epoch: EPOCH.replace("2", "A") },
  { permission: "" },
  { permission: "constructor" },
  { permission: "local" },
  { notice: 0 },
  { notice: -1 },
  { notice: 1.5 },
  { notice: "1" },
  { at: -1 },
  { at: 0.5 },
  { at: "1" },
  { at: null },
];

for (const label of STRANGE) {
  Deno.test(`peekQueued takes a report for broken whose label says ${JSON.stringify(label)}`, () => {
    assertEquals(peekQueued(hostWithLabel(label), FILE), "broken");
  });
}

Deno.test("a planted report that names no epoch doesn't leave where the variable says on and nothing was ever kept", async () => {
  for (const command of [["flush"], ["track", "Shell Started"]]) {
    const host = hostWithLabel({ epoch: "", permission: "environment" }, { RASA_TELEMETRY_ENABLED: "true" });
    await runHere(host, ...command);
    const sent = host.requests.map(({ body }) => body["messageId"]).filter((id) => id === report(1).messageId);
    assertEquals([sent, host.files.names(QUEUE).filter((name) => name.startsWith(NAME))], [[], [`${NAME}.broken`]]);
    assertEquals((await runJson(host, "status"))["queued"], 0);
  }
});
