import { parseMoment } from "../../moment.ts";
import { nameOf } from "../../report/report.ts";
import { sumOfWithheld } from "../../report/withheld.ts";
import { nameOfDay } from "../../sender/calendar.ts";
import type { Day } from "../../sender/sent_counts.ts";
import type { SentEntry } from "../../sender/sent_log.ts";
import { clip, counted, isolated, number } from "../elements.ts";
import { type Markup, markup } from "../markup.ts";
import { wholeReport } from "./whole_report.ts";

/** The most rows of one table. An open table must stay quick. */
const MOST_ROWS = 500;
/** The most entries that are listed. The log holds fewer of this program's reports, but may have been tampered with. */
const MOST_ENTRIES = 10_000;
/** The most room that all rows together may take, in characters of markup. */
const ROOM = 8_000_000;
/** The room that each row to come is sure of, in characters of markup. Whole reports take what is left. */
const ROOM_FOR_ROW = 400;

/** The entries as tables, the first of them open. */
export interface DayTables {
  readonly tables: readonly Markup[];
  /** How many entries are listed without their report, because there was no room for it. */
  readonly bare: number;
  /** How many entries are not listed at all. */
  readonly left: number;
}

/** Lists the entries of days, newest first. Each day has a table, or several where it has many entries. */
export function listDays(days: readonly Day[]): DayTables {
  const entries = days.flatMap((day) => day.entries);
  const { rows, bare } = rowsOf(entries);
  const tables: Markup[] = [];
  let from = 0;
  for (const { day, entries: { length } } of days) {
    const name = day === undefined ? "Without a time that can be understood" : `${nameOfDay(day)} (UTC)`;
    const parts = Math.ceil(length / MOST_ROWS);
    for (let part = 0; part < parts && from + part * MOST_ROWS < rows.length; part++) {
      const heading = parts === 1 ? name : `${name}, part ${part + 1} of ${parts}`;
      const own = rows.slice(from + part * MOST_ROWS, from + Math.min((part + 1) * MOST_ROWS, length));
      tables.push(tableOf(heading, own, tables.length === 0));
    }
    from += length;
  }
  return { tables, bare, left: entries.length - rows.length };
}

/** A row for each entry while there is room, and how many of them are without their report. */
function rowsOf(entries: readonly SentEntry[]): { rows: Markup[]; bare: number } {
  const listed = entries.slice(0, MOST_ENTRIES);
  const rows: Markup[] = [];
  let bare = 0;
  let room = ROOM;
  let full = false;
  for (const entry of listed) {
    if (room <= 0) break;
    // Once one report had no room, no older report is shown whole.
    full ||= room <= (listed.length - rows.length) * ROOM_FOR_ROW;
    const whole = full ? undefined : wholeReport(entry.report, entry);
    if (whole === undefined) bare++;
    const row = rowOf(entry, whole);
    room -= String(row).length;
    rows.push(row);
  }
  return { rows, bare };
}

function tableOf(heading: string, rows: readonly Markup[], open: boolean): Markup {
  const count = markup`<span class="count">${counted(rows.length, "report")}</span>`;
  return markup`<details class="day"${open ? markup` open` : ""}><summary>${heading} ${count}</summary>
<table role="table" class="sent"><caption class="unseen">Reports, ${heading}, newest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Sent at</th>
<th role="columnheader" scope="col">Outcome</th><th role="columnheader" scope="col">Report</th></tr></thead>
<tbody role="rowgroup">
${rows}</tbody></table></details>
`;
}

function rowOf(entry: SentEntry, whole: Markup | undefined): Markup {
  const name = markup`<bdi class="event">${clip(nameOf(entry.report))}</bdi>`;
  const cell = whole === undefined ? name : markup`<details><summary>${name}</summary>${whole}</details>`;
  const [time, outcome] = [timeOf(entry), outcomeOf(entry)];
  return markup`<tr role="row"><td role="cell">${time}</td><td role="cell">${outcome}</td><th role="rowheader"
scope="row">${cell}</th></tr>
`;
}

function timeOf({ sentAt }: SentEntry): Markup {
  if (parseMoment(sentAt) === undefined) return isolated(clip(sentAt));
  // The table's heading says the day.
  return markup`<time datetime="${sentAt}">${sentAt.replace(/^.*T/, "")}</time>`;
}

function outcomeOf(entry: SentEntry): Markup {
  const { outcome, reason, permission } = entry;
  const count = sumOfWithheld(entry);
  const note = count === 0 ? "" : markup`<span class="withheld">, ${number(count)} withheld</span>`;
  const under = permission === null ? "" : ` (${permission})`;
  if (outcome === "delivered") return markup`<span class="outcome">delivered</span>${under}${note}`;
  return markup`<span class="outcome">${outcome}</span>${under}: ${isolated(clip(reason ?? "no reason given"))}${note}`;
}
