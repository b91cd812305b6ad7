import { countWithheld, type WithheldCounts } from "../../report/withheld.ts";
import { clip, code, fold, isolated, number, type Section, table } from "../elements.ts";
import { type Content, markup } from "../markup.ts";
import type { PageData } from "../page_data.ts";
import { byReason, type Count, countOutcomes } from "../sent_counts.ts";

/** Most reasons that are listed. The server's are few; a file that was tampered with may hold any number. */
const MOST_REASONS = 50;

/** Most properties that are listed. */
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
      markup`What isn't in the catalogue, or doesn't look as it must, is taken out before there is a report. Counted in the log of
what was sent and in what waits.`,
    ],
    [
      "What was withheld unseen",
      number(withheld.unknown),
      "Keys that the catalogue doesn't have or that stood there twice, and entries over a list's limit. They are not named: a key can be a secret too.",
    ],
    [
      "Reports that the server refused",
      number(countOutcomes(sent).rejected),
      "They left this machine, and the server refused them for good. Counted in the log of what was sent.",
    ],
    [
      "Reports that were dropped",
      number(dropped),
      markup`They never left: one was too large (over 32 KB), too many waited (over 1,000, 4 MiB or 30 days), or the choice under which they were recorded no longer
stood. Counted since telemetry was first used here; what ${code("disable")} deletes is not among them.`,
    ],
    [
      "Files that were set aside",
      number(setAside),
      "They stood among the waiting reports, but were none. They never leave; the newest 20 are kept for you to look at.",
    ],
  ];
}
