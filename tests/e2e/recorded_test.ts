import { assertEquals } from "@std/assert";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { findEvent } from "../../lib/report/catalogue.ts";
import { redact } from "../../lib/report/redaction.ts";
import { tellUser } from "../support/inputs/queue_folder.ts";
import { readRecorded, type Recorded, RELEASES } from "../support/inputs/recorded.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

/** What is to arrive of an event. */
async function expected({ event, properties }: Recorded): Promise<unknown> {
  const rules = findEvent(event ?? "")?.properties ?? {};
  return [event, (await redact(rules, properties, "properties", NOTICE_NUMBER)).values];
}

for (const release of RELEASES) {
  endToEnd(`the binary delivers what ${release} gives it, reduced as the catalogue says`, async (here) => {
    await tellUser(here.home);
    const lines = readRecorded(release).filter(({ event }) => event !== undefined);
    const { code } = await here.run(["stream"], { stdin: lines.map((line) => JSON.stringify(line) + "\n").join("") });
    const arrived = here.collector.reports.map((report) => {
      const { metrics_id: _, ...properties } = report["properties"] as Record<string, unknown>;
      return [report["event"], properties];
    });
    assertEquals([code, arrived], [0, await Promise.all(lines.map(expected))]);
  });
}
