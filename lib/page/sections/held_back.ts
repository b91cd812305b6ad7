import { countWithheld, type WithheldCounts } from "../../report/withheld.ts";
import { byReason, type Count, countOutcomes } from "../../sender/sent_counts.ts";
import { clip, code, fold, isolated, number, type Section, table } from "../elements.ts";
import { type Content, markup } from "../markup.ts";
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
  return {
    id: "held-back",
    heading: "What was held back or refused",
    content: markup`
${table("What was held back or refused, counted", columns, rowsOf(data, withheld), { name: "held" })}
${pathsOf(withheld)}
${reasonsOf(byReason(data.sent))}`,
  };
}

function pathsOf({ paths }: WithheldCounts): Content {
  if (paths.length === 0) return "";
  const rows = paths.slice(0, MOST_PATHS).map(([path, reports]) => [code(path), number(reports)]);
  return fold(
    "Which properties were withheld",
    table("Properties whose values were withheld, most often first", ["Property", "Reports"], rows, {
      name: "withheld-paths",
    }),
    "always",
  );
}

function reasonsOf(reasons: readonly Count[]): Content {
  if (reasons.length === 0) return "";
  const rows = reasons.slice(0, MOST_REASONS).map(({ name, rejected }) => [isolated(clip(name)), number(rejected)]);
  const columns = ["Reason", "Reports"];
  return fold(
    "Why the server refused reports",
    table("Reasons for which the server refused reports", columns, rows, { name: "reasons" }),
    "always",
  );
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
      "What was withheld unseen",
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
      "Reports that were dropped",
      number(dropped),
      markup`They never left: a report was too large (over 32 KB), too many waited (over 1,000 or 4 MiB), they
waited too long (over 30 days), or the choice under which they were recorded was withdrawn. This counts from the first
use of telemetry here, without what ${code("disable")} deletes.`,
    ],
    [
      "Files that were set aside",
      number(setAside),
      "They were among the waiting reports, but are not reports. They never leave. You can look at the newest 20.",
    ],
  ];
}
