import { nameOf } from "../../report/report.ts";
import { counted, fold, isolated, momentOf, type Section, table } from "../elements.ts";
import { type Content, markup } from "../markup.ts";
import type { PageData, WaitingReport } from "../page_data.ts";
import { wholeReport } from "./whole_report.ts";

/** The most room that whole reports may take, in characters of markup. A full queue could fill the page. */
const ROOM = 1_500_000;

/** The reports that wait, each whole. */
export function waitingSection({ waiting, decision, consent, hasWriteKey, debug }: PageData): Section {
  const mayGo = decision.enabled && consent.told && hasWriteKey && !debug;
  const fate = mayGo ? "They leave with the next delivery." : "As things stand they don't leave: see above.";
  const verb = waiting.length === 1 ? "waits" : "wait";
  return {
    id: "waiting",
    heading: "What waits",
    content: waiting.length === 0
      ? markup`<p>No report waits on this machine.</p>`
      : markup`<p>${counted(waiting.length, "report")} on this machine ${verb} to be sent. ${fate}</p>
${table("The reports that wait, newest first", ["Recorded", "Report"], rowsOf(waiting), "waiting")}`,
  };
}

function rowsOf(waiting: readonly (WaitingReport | undefined)[]): Content[][] {
  let room = ROOM;
  return [...waiting].reverse().map((queued) => {
    if (queued === undefined) {
      return ["not known", "not a report: it never leaves, and the next delivery sets it aside"];
    }
    const { report } = queued;
    const name = isolated(nameOf(report));
    const whole = room > 0 ? wholeReport(report, queued) : undefined;
    room -= String(whole ?? "").length;
    return [momentOf(report.timestamp), whole === undefined ? name : fold(name, whole)];
  });
}
