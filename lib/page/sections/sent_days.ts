import { parseMoment } from "../../report/moment.ts";
import { nameOf } from "../../report/report.ts";
import { sumOfWithheld } from "../../report/withheld.ts";
import type { SentEntry } from "../../sender/sent_log.ts";
import { nameOfDay } from "../calendar.ts";
import { clip, counted, isolated, number } from "../elements.ts";
import { type Markup, markup } from "../markup.ts";
import type { Day } from "../sent_counts.ts";
import { wholeReport } from "./whole_report.ts";

/** Most rows of one table: what is open must stay quick. */
const MOST_ROWS = 500;
/** Most entries that are shown. The log holds fewer reports of this program's; a file that was tampered with may hold more. */
const MOST_ENTRIES = 10_000;
/** What the entries may take of the page, in characters of markup, and what is kept for each that is still to come. */
const ROOM = 8_000_000;
const ROOM_FOR_ROW = 400;

/** The entries, as tables, of which the first is open. */
export interface DayTables {
  readonly tables: readonly Markup[];
  /** How many entries are shown without their report, because there was no room. */
  readonly bare: number;
  /** How many are not shown at all. */
  readonly left: number;
}

/** Lists the entries of days, newest first: a table for each day, or several for one that has many. */
export function listDays(days: readonly Day[]): DayTables {
  const all = days.reduce((sum, { entries }) => sum + entries.length, 0);
  const tray: Tray = { characters: ROOM, full: false, rows: Math.min(all, MOST_ENTRIES), bare: 0 };
  let left = all;
  const tables: Markup[] = [];
  for (const { heading, entries } of days.flatMap(pagesOf)) {
    const rows: Markup[] = [];
    for (const entry of entries) {
      if (tray.rows > 0 && tray.characters > 0) rows.push(rowOf(entry, tray));
    }
    left -= rows.length;
    if (rows.length > 0) tables.push(tableOf(heading, rows, tables.length === 0));
  }
  return { tables, bare: tray.bare, left };
}

/** The room that is left, whether there is none for whole reports, the rows to come, and how many have no report. */
interface Tray {
  characters: number;
  full: boolean;
  rows: number;
  bare: number;
}

interface Page {
  readonly heading: string;
  readonly entries: readonly SentEntry[];
}

function pagesOf({ day, entries }: Day): Page[] {
  const name = day === undefined ? "Without a time that can be understood" : `${nameOfDay(day)} (UTC)`;
  const count = Math.ceil(entries.length / MOST_ROWS);
  return Array.from({ length: count }, (_, index) => ({
    heading: count === 1 ? name : `${name}, part ${index + 1} of ${count}`,
    entries: entries.slice(index * MOST_ROWS, (index + 1) * MOST_ROWS),
  }));
}

function tableOf(heading: string, rows: readonly Markup[], open: boolean): Markup {
  return markup`<details class="day"${open ? markup` open` : ""}><summary>${heading} <span class="count">${
    counted(rows.length, "report")
  }</span></summary>
<table role="table" class="sent"><caption class="unseen">Reports, ${heading}, newest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Sent at</th><th role="columnheader" scope="col">Outcome</th>
<th role="columnheader" scope="col">Report</th></tr></thead>
<tbody role="rowgroup">
${rows}</tbody></table></details>
`;
}

function rowOf(entry: SentEntry, tray: Tray): Markup {
  const name = markup`<bdi class="event">${clip(nameOf(entry.report))}</bdi>`;
  // None is shown whole that is older than one that isn't.
  tray.full ||= tray.characters <= tray.rows * ROOM_FOR_ROW;
  const whole = tray.full ? undefined : wholeReport(entry.report, entry);
  const cell = whole === undefined ? name : markup`<details><summary>${name}</summary>${whole}</details>`;
  const row = markup`<tr role="row"><td role="cell">${timeOf(entry)}</td><td role="cell">${
    outcomeOf(entry)
  }</td><th role="rowheader"
scope="row">${cell}</th></tr>
`;
  tray.rows--;
  tray.characters -= String(row).length;
  if (whole === undefined) tray.bare++;
  return row;
}

function timeOf({ sentAt }: SentEntry): Markup {
  if (parseMoment(sentAt) === undefined) return isolated(clip(sentAt));
  // The day stands above.
  return markup`<time datetime="${sentAt}">${sentAt.replace(/^.*T/, "")}</time>`;
}

function outcomeOf(entry: SentEntry): Markup {
  const { outcome, reason } = entry;
  const count = sumOfWithheld(entry);
  const held = count === 0 ? "" : markup`<span class="withheld">, ${number(count)} withheld</span>`;
  if (outcome === "delivered") return markup`<span class="outcome">delivered</span>${held}`;
  return markup`<span class="outcome">rejected</span>: ${isolated(clip(reason ?? "no reason given"))}${held}`;
}
