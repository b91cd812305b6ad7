import { parseMoment } from "../../moment.ts";
import { dayOf } from "../../sender/calendar.ts";
import {
  byDay,
  byEndpoint,
  byEvent,
  byPermission,
  type Count,
  countOutcomes,
  total,
} from "../../sender/sent_counts.ts";
import { SENT_OUTCOMES, type SentEntry } from "../../sender/sent_log.ts";
import { chartByDay, chartByEvent } from "../chart.ts";
import { clip, code, counted, momentOf, number, type Section } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";
import type { PageData } from "../page_data.ts";
import { type DayTables, listDays } from "./sent_days.ts";

/** Everything that was sent, as far back as the log goes: by day, by event, and report by report. */
export function sentSection({ sent, sentLog, madeAt }: PageData): Section {
  return {
    id: "sent",
    heading: "What was sent",
    content: sent.length === 0
      ? markup`<p>${sentLog === undefined ? NO_LOG : "The log of what was sent is empty."}</p>${limitsOf(sentLog)}`
      : markup`${summaryOf(sent)}${limitsOf(sentLog)}${chartsOf(sent, madeAt)}${listOf(sent)}`,
  };
}

const NO_LOG = "There is no log of what was sent: no home folder is known to keep one in.";

function limitsOf(sentLog: string | undefined): Markup {
  const file = sentLog === undefined ? "" : markup` It is the file ${code(sentLog)} and the older one beside it.`;
  return markup`<p class="gist">The log holds the last one to two MiB. It lacks what was sent while nothing could be
kept on this machine, and what was under way when a process was killed.${file}</p>
`;
}

function summaryOf(sent: readonly SentEntry[]): Markup {
  const { delivered, rejected, attempted } = countOutcomes(sent);
  const moments = sent.map(({ sentAt }) => sentAt).filter((sentAt) => parseMoment(sentAt) !== undefined).sort();
  const [first, last] = [moments[0], moments.at(-1)];
  const span = first === undefined || last === undefined
    ? ""
    : first === last
    ? markup`, of ${momentOf(first)}`
    : markup`, from ${momentOf(first)} to ${momentOf(last)}`;
  const done = `${number(delivered)} delivered, ${number(rejected)} that the server refused for good`;
  const open = `${number(attempted)} attempted: they went out, or may have, and no answer said either`;
  const endpoints = byEndpoint(sent).map(({ name }, at) => markup`${at === 0 ? "" : ", "}${code(clip(name))}`);
  const permissions = byPermission(sent).map((count) => `${count.name} ${number(total(count))}`).join(", ");
  return markup`<p>The log of what was sent holds ${
    counted(sent.length, "report")
  }${span}: ${done}, and ${open}. Sent to ${endpoints}. Permission: ${permissions}.</p>\n`;
}

function chartsOf(sent: readonly SentEntry[], madeAt: Date): Markup {
  return markup`<h3>By day</h3>
${chartByDay(byDay(sent), dayOf(madeAt))}
<h3>By event</h3>
${chartByEvent(byEvent(sent))}
`;
}

function listOf(sent: readonly SentEntry[]): Markup {
  const list = listDays(byDay(sent));
  return markup`<h3>Report by report</h3>
<p>Each report opens to show everything that it said. Days are in UTC, newest first.${roomInWords(list)}</p>
${filterOf(byEvent(sent), sent.length - list.left)}
<div id="days">
${list.tables}</div>
<p class="paper">Only what is open on the screen is printed: open a day or a report before printing.</p>
`;
}

function roomInWords({ bare, left }: DayTables): Content {
  if (bare + left === 0) return "";
  const shown = bare === 0
    ? ""
    : ` This page has no room for all: ${counted(bare, "report")} of the oldest can't be opened here.`;
  const gone = left === 0 ? "" : ` ${counted(left, "report")}, older still, ${left === 1 ? "is" : "are"} missing.`;
  return markup`${shown}${gone} ${code("rasa-telemetry log --json --last 0")} prints all of them whole.`;
}

/** The most events to choose from. */
const MOST_CHOICES = 100;

/** The fields of the filter. Without the script they stay hidden. */
function filterOf(events: readonly Count[], shown: number): Markup {
  const choices: Content[] = events.slice(0, MOST_CHOICES).map(({ name }) =>
    markup`<option value="${clip(name)}">${clip(name)}</option>`
  );
  return markup`<div id="filter" role="search" aria-label="Filter the reports" hidden>
<p><label for="filter-text">Anywhere in the report</label> <input id="filter-text" type="search" autocomplete="off"
spellcheck="false"></p>
<p><label for="filter-event">Event</label> <select id="filter-event" autocomplete="off"><option value="">all</option>
${choices}</select></p>
<p><label for="filter-outcome">Outcome</label> <select id="filter-outcome" autocomplete="off">
<option value="">all</option>${SENT_OUTCOMES.map((outcome) => markup`<option>${outcome}</option>`)}</select></p>
<p><label for="filter-order">Order</label> <select id="filter-order" autocomplete="off"><option>newest first</option>
<option>oldest first</option></select></p>
<output id="filter-said" for="filter-text filter-event filter-outcome">${counted(shown, "report")}</output>
</div>
`;
}
