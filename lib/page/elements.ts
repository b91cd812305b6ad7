import { parseMoment } from "../moment.ts";
import { type Content, type Markup, markup } from "./markup.ts";

/** A section of the page. The table of contents links to its heading. */
export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly content: Markup;
}

/** A moment in UTC, to the second. */
export function moment(date: Date): Markup {
  const exact = date.toISOString();
  return markup`<time datetime="${exact}">${exact.replace("T", " ").replace(/\.\d+Z$/, "Z")}</time>`;
}

/** A moment that came as text. Text that isn't a moment is shown as it is. */
export function momentOf(text: string): Markup {
  const date = parseMoment(text);
  return date === undefined ? isolated(text) : moment(date);
}

/** Text from outside, isolated: its writing direction changes nothing around it. */
export function isolated(text: string): Markup {
  return markup`<bdi>${text}</bdi>`;
}

/** An id, a hash, a path or a name in code, isolated and in a font of fixed width. */
export function code(text: string): Markup {
  return markup`<code dir="auto">${text}</code>`;
}

/** A text of this program's own in which code stands between backticks. */
export function codeIn(text: string): Content {
  return text.split("`").map((part, index) => index % 2 === 0 ? part : code(part));
}

/** The most characters of a name or a reason that are shown. Those that this program writes are shorter. */
const MOST_CHARACTERS = 200;

/** Text from outside, cut where it is too long to be written by this program. */
export function clip(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** A whole number, with commas between thousands. */
export function number(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 report`, `2,000 reports`. */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Content that is hidden until its summary is opened. `name` is a class from the page's style. */
export function fold(summary: Content, content: Content, name = ""): Markup {
  const attribute = name === "" ? "" : markup` class="${name}"`;
  return markup`<details${attribute}><summary>${summary}</summary>${content}</details>`;
}

/**
 * A table. The first cell of each row is the row's heading. `name` is a class from the page's style, `marked` the index
 * of the highlighted row. The roles repeat what the elements are, for screen readers that otherwise see no table in a
 * narrow window, where cells are stacked.
 */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Content[])[],
  name = "",
  marked?: number,
): Markup {
  const head = columns.map((column) => markup`<th role="columnheader" scope="col">${column}</th>`);
  const body = rows.map((row, place) => {
    const cells = row.map((cell, index) =>
      index === 0
        ? markup`<th role="rowheader" scope="row">${cell}</th>`
        : markup`<td role="cell" data-label="${columns[index] ?? ""}">${cell}</td>`
    );
    return markup`<tr role="row"${place === marked ? markup` class="marked"` : ""}>${cells}</tr>\n`;
  });
  return markup`<table role="table" class="stacks ${name}"><caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${body}</tbody></table>
`;
}
