import { parseMoment } from "../report/moment.ts";
import { type Content, type Markup, markup } from "./markup.ts";

/** A part of the page, under a heading that the contents lead to. */
export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly content: Markup;
}

/** A moment to the second, in UTC. */
export function moment(date: Date): Markup {
  const exact = date.toISOString();
  return markup`<time datetime="${exact}">${exact.replace("T", " ").replace(/\.\d+Z$/, "Z")}</time>`;
}

/** A moment that came as text: shown as it is where it is none. */
export function momentOf(text: string): Markup {
  const date = parseMoment(text);
  return date === undefined ? isolated(text) : moment(date);
}

/** Text that came from outside, kept to itself: its direction changes nothing around it. */
export function isolated(text: string): Markup {
  return markup`<bdi>${text}</bdi>`;
}

/** An id, a hash, a path, a name in code: the same, in a fixed width. */
export function code(text: string): Markup {
  return markup`<code dir="auto">${text}</code>`;
}

/** Most characters of a name or a reason that are shown. Those that this program writes are shorter. */
const MOST_CHARACTERS = 200;

/** The beginning of a text from outside, where it is too long to be one of ours. */
export function clip(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** A whole number, its thousands apart. */
export function number(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 report`, `2,000 reports`. */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A list of facts, each under its name. */
export function facts(rows: readonly (readonly [name: string, fact: Content])[]): Markup {
  return markup`<dl class="facts">${
    rows.map(([name, fact]) => markup`<div><dt>${name}</dt><dd>${fact}</dd></div>`)
  }</dl>`;
}

/** Something that opens, and is closed until then. */
export function fold(summary: Content, content: Content, name = ""): Markup {
  return markup`<details${
    name === "" ? "" : markup` class="${name}"`
  }><summary>${summary}</summary>${content}</details>`;
}

/** How a table looks beside the usual. */
export interface TableOptions {
  /** A class, from the page's own style. */
  readonly name?: string;
  /** The place of the row that stands out, counted from 0. */
  readonly marked?: number;
}

/**
 * A table. The first cell of a row is its heading. The roles say again what the elements are: in a narrow window the cells
 * stand under each other, and a table laid out like that is none any more to some screen readers.
 */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Content[])[],
  { name, marked }: TableOptions = {},
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
  return markup`<table role="table" class="stacks ${name ?? ""}"><caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${body}</tbody></table>
`;
}
