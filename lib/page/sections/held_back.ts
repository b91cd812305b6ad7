import { countWithheld, type WithheldCounts } from "../../report/withheld.ts";
import { byReason, countOutcomes } from "../../sender/sent_counts.ts";
import { droppedInWords, sumOfDropped } from "../../sender/disk_queue/files.ts";
import { clip, code, fold, isolated, number, type Section, table } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";
import type { PageData } from "../page_data.ts";

/** The most reasons that are listed. A server gives few, but a log that was tampered with may hold any number. */
const MOST_REASONS = 50;

/** The most properties that are listed. */
const MOST_PATHS = 200;

/** What was withheld, refused, dropped and set aside. */
export function heldBackSection(data: PageData): Section {
  const columns = ["What", "How many", "What that means"];
  const known = data.waiting.filter((queued) => queued !== undefined);
  const withheld = countWithheld([...data.sent, ...known]);
  const paths = withheld.paths.slice(0, MOST_PATHS).map(([path, reports]) => [code(path), number(reports)]);
  const reasons = byReason(data.sent).slice(0, MOST_REASONS)
    .map(({ name, rejected }) => [isolated(clip(name)), number(rejected)]);
  const pathsCaption = "Properties whose values were withheld, most often first";
  const reasonsCaption = "Reasons for which the server refused reports";
  return {
    id: "held-back",
    heading: "What was held back or refused",
    content: markup`
${table("What was held back or refused, counted", columns, rowsOf(data, withheld), "held")}
${
      folded(
        "Which properties were withheld",
        table(pathsCaption, ["Property", "Reports"], paths, "withheld-paths"),
        paths,
      )
    }
${folded("Why the server refused reports", table(reasonsCaption, ["Reason", "Reports"], reasons, "reasons"), reasons)}`,
  };
}

/** A table that is folded, and left out where it has no rows. */
function folded(summary: string, content: Markup, rows: readonly unknown[]): Content {
  return rows.length === 0 ? "" : fold(summary, content, "always");
}

function rowsOf({ sent, dropped, setAside }: PageData, withheld: WithheldCounts): Content[][] {
  return [
    [
      "Reports from which something was withheld",
      number(withheld.reports),
      `Whatever isn't in the catalogue, or doesn't look as it must, is removed before a report is made. This counts the
log of what was sent and the waiting reports.`,
    ],
    [
      "Unknown keys and entries that were withheld",
      number(withheld.unknown),
      `Keys that the catalogue doesn't have, and entries over a list's limit. They are not named, because a key can be a
secret too.`,
    ],
    [
      "Reports that the server refused",
      number(countOutcomes(sent).rejected),
      "They left this machine, and the server refused them for good. This counts the log of what was sent.",
    ],
    [
      "Reports that were only attempted",
      number(countOutcomes(sent).attempted),
      `They left this machine, or may have, and no answer said that the server took or refused them. Those that still
wait go again. This counts the log of what was sent.`,
    ],
    [
      "Reports that were dropped",
      number(sumOfDropped(dropped)),
      `They were deleted here, unsent or after an attempt that is in the log: ${
        droppedInWords(dropped)
      }. This counts from
the first use of telemetry here.`,
    ],
    [
      "Files that were set aside",
      number(setAside),
      "They were among the waiting reports, but are not reports. They never leave. You can look at the newest 20.",
    ],
  ];
}
