import { type Count, countEachDay, type Day, type Outcomes, sumOf, total } from "../sender/sent_counts.ts";
import { SENT_OUTCOMES, type SentOutcome } from "../sender/sent_log.ts";
import { clip, counted, fold, isolated, number, table } from "./elements.ts";
import { type Content, type Markup, markup } from "./markup.ts";

/** The most days that a chart has room for, and the fewest that it shows. */
const MOST_DAYS = 60;
const FEWEST_DAYS = 14;
/** The most events that get a bar. The catalogue has fewer, but a log that was tampered with may name any number. */
const MOST_EVENTS = 60;

/** The widths of a day and of its bar, in units in which the chart's height is 100. */
const DAY_WIDTH = 10;
const BAR_WIDTH = 7;

/** A chart and a table of the reports by day. The chart ends `today`, when the page is made, at the latest. */
export function chartByDay(days: readonly Day[], today: number): Markup {
  const columns = columnsOf(days, today);
  const highest = roundUp(Math.max(...columns.map(total)));
  const width = columns.length * DAY_WIDTH;
  const rows = columns.filter((column) => total(column) > 0).reverse().map((column) => cellsOf(column, column.name));
  const numbers = table("Reports by day, newest first", ["Day (UTC)", ...HEADINGS], rows, "counts");
  return markup`<figure class="chart">
<figcaption>Reports by day of sending, in UTC</figcaption>
<div class="plot">
<div class="scale" aria-hidden="true">${[highest, highest / 2, 0].map(label)}</div>
<svg viewBox="0 0 ${width} 100" preserveAspectRatio="none" role="img" aria-label="${summaryOf(columns)}">
<path class="grid" d="M0 0H${width}M0 50H${width}M0 100H${width}"/>
${columns.map((column, index) => bar(column, index, highest))}</svg>
<div class="ends" aria-hidden="true">${[columns[0]?.name, columns.at(-1)?.name].map(label)}</div>
</div>
${legend(columns)}
${restOf(days, columns)}</figure>
${fold("The same numbers as a table", numbers, "extra")}
`;
}

function label(text: string | number | undefined): Markup {
  return markup`<span>${typeof text === "number" ? number(text) : text}</span>`;
}

/** How many reports the chart doesn't show. */
function restOf(days: readonly Day[], columns: readonly Count[]): Content {
  const rest = days.reduce((sum, { entries }) => sum + entries.length, 0) - total(sumOf(columns));
  if (rest === 0) return "";
  const verb = rest === 1 ? "is" : "are";
  return markup`<p class="gist">${counted(rest, "report")} of other days or without a day ${verb} not drawn.</p>
`;
}

/** A table of the reports by event, with a bar in each row. */
export function chartByEvent(counts: readonly Count[]): Markup {
  const highest = Math.max(...counts.map(total));
  const [shown, others] = [counts.slice(0, MOST_EVENTS), counts.slice(MOST_EVENTS)];
  const rows = shown.map((count) => cellsOf(count, markup`${isolated(clip(count.name))}${bars(count, highest)}`));
  if (others.length > 0) rows.push(cellsOf(sumOf(others), counted(others.length, "other name")));
  return table("Reports by event, most first", ["Event", ...HEADINGS], rows, "counts bars");
}

const HEADINGS = ["Reports", "Delivered", "Rejected", "Attempted"];

function cellsOf(count: Outcomes, heading: Content): Content[] {
  return [heading, number(total(count)), ...SENT_OUTCOMES.map((name) => number(count[name]))];
}

/** The days that the chart shows, those without a report included. The last is the newest that isn't after today. */
function columnsOf(days: readonly Day[], today: number): Count[] {
  const known = days.flatMap(({ day }) => day === undefined || day > today ? [] : [day]);
  const last = known[0] ?? today;
  const earliest = known.findLast((day) => day > last - MOST_DAYS) ?? last;
  return countEachDay(days, Math.min(earliest, last - FEWEST_DAYS + 1), last);
}

/** The chart in words. */
function summaryOf(columns: readonly Count[]): string {
  const all = sumOf(columns);
  const most = columns.reduce((left, right) => total(right) > total(left) ? right : left);
  const span = `from ${columns[0]?.name} to ${columns.at(-1)?.name}`;
  return `Column chart: ${counted(total(all), "report")} ${span}; most on ${most.name}: ${number(total(most))}`;
}

function bar(count: Count, index: number, highest: number): Markup {
  // One report is visible beside any number of others.
  const heightOf = (value: number) => value === 0 ? 0 : round(Math.max(1, 100 * value / highest));
  const words = `${count.name}: ${SENT_OUTCOMES.map((name) => `${number(count[name])} ${name}`).join(", ")}`;
  const whole = markup`<rect class="whole" x="${index * DAY_WIDTH}" width="${DAY_WIDTH}" height="100"/>`;
  let below = 0;
  const pieces = SENT_OUTCOMES.map((name) => {
    const height = heightOf(count[name]);
    below += height;
    return piece(name, index, height, below);
  });
  return markup`<g><title>${words}</title>${whole}${pieces}</g>\n`;
}

/** A part of a column, whose upper end is at a height. */
function piece(name: SentOutcome, index: number, height: number, end: number): Content {
  if (height === 0) return "";
  const left = index * DAY_WIDTH + (DAY_WIDTH - BAR_WIDTH) / 2;
  return markup`<rect class="${name}" x="${left}" y="${round(100 - end)}" width="${BAR_WIDTH}" height="${height}"/>`;
}

/** The bar in a row of the table. Its numbers stand beside it. */
function bars(count: Count, highest: number): Markup {
  let left = 0;
  const pieces = SENT_OUTCOMES.map((name) => {
    const width = round(100 * count[name] / highest);
    left += width;
    return width === 0 ? "" : markup`<rect class="${name}" x="${round(left - width)}" width="${width}" height="1"/>`;
  });
  return markup`<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${pieces}</svg>`;
}

function legend(columns: readonly Count[]): Markup {
  const sum = sumOf(columns);
  const keys = SENT_OUTCOMES.map((name) =>
    markup`<span><i class="key ${name}"></i>${name}: ${number(sum[name])}</span>\n`
  );
  return markup`<p class="legend">${keys}</p>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The next number of the row 2, 4, 10, 20, 40, 100 and so on. Half of it is a whole number too. */
function roundUp(value: number): number {
  for (let power = 1;; power *= 10) {
    const step = [2, 4, 10].find((factor) => factor * power >= value);
    if (step !== undefined) return step * power;
  }
}
