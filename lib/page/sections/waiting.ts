import { nameOf } from "../../report/report.ts";
import type { Fate } from "../../consent/permission.ts";
import { counted, fold, isolated, moment, momentOf, type Section, table } from "../elements.ts";
import { type Content, markup } from "../markup.ts";
import type { PageData, WaitingReport } from "../page_data.ts";
import { wholeReport } from "./whole_report.ts";

/** The most room that whole reports may take, in characters of markup. A full queue could fill the page. */
const ROOM = 1_500_000;

/** The reports that wait, each whole. */
export function waitingSection(data: PageData): Section {
  const { waiting } = data;
  const obstacle = obstacleInWords(data);
  const fate = obstacle === undefined
    ? "Beside each stands when it leaves."
    : `Nothing leaves ${obstacle}. Beside each stands when it leaves otherwise.`;
  const verb = waiting.length === 1 ? "waits" : "wait";
  return {
    id: "waiting",
    heading: "What waits",
    content: waiting.length === 0
      ? markup`<p>No report waits on this machine.</p>`
      : markup`<p>${counted(waiting.length, "report")} on this machine ${verb} to be sent. ${fate}</p>
${table("The reports that wait, newest first", ["Recorded", "Leaves", "Report"], rowsOf(waiting), "waiting")}`,
  };
}

/** What keeps everything here, whatever becomes of one report; undefined where nothing does. */
function obstacleInWords({ decision, hasWriteKey, debug }: PageData): string | undefined {
  if (!decision.enabled) return "while telemetry is off";
  if (debug) return "while RASA_TELEMETRY_DEBUG is set";
  if (decision.decidedBy === "local") return "while the choice is to keep reports on this machine";
  return hasWriteKey ? undefined : "because this build has no write key";
}

function rowsOf(waiting: readonly (WaitingReport | undefined)[]): Content[][] {
  let room = ROOM;
  return [...waiting].reverse().map((queued) => {
    if (queued === undefined) {
      return ["not known", "never", "not a report: the next delivery sets it aside"];
    }
    const { report } = queued;
    const name = isolated(nameOf(report));
    const whole = room > 0 ? wholeReport(report, queued) : undefined;
    room -= String(whole ?? "").length;
    const leaves = fateInWords(queued.fate);
    return [momentOf(report.timestamp), leaves, whole === undefined ? name : fold(name, whole)];
  });
}

/** When a report leaves, if nothing else stands in its way. */
function fateInWords(fate: Fate): Content {
  switch (fate.kind) {
    case "leaves":
      return "with the next delivery";
    case "dropped":
      return "never: the next delivery deletes it";
    case "waits":
      return fate.until === null
        ? "after the notice was shown, if that is in time"
        : markup`from ${moment(new Date(fate.until))} on`;
  }
}
