import { type Withheld, withheldInWords } from "../../report/withheld.ts";
import { code } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";

/** The most levels of a report that is shown, and the most characters of its JSON. This program's have fewer. */
const MOST_LEVELS = 16;
const MOST_CHARACTERS = 200_000;

/**
 * A whole report as JSON, a line for each value, and below it what was withheld. Undefined where it is larger or deeper
 * than a report can be: it comes from a file that anybody may have changed, and could fill any page.
 */
export function wholeReport(report: unknown, held: Withheld): Markup | undefined {
  if (!isShallow(report, MOST_LEVELS)) return undefined;
  const text = JSON.stringify(report, null, "\t") ?? "null";
  if (text.length > MOST_CHARACTERS) return undefined;
  return markup`<pre dir="ltr">${ASCII.test(text) ? text : isolateStrings(text)}</pre>${withheldNote(held)}`;
}

/** What was withheld when the report was made, which isn't part of the report. */
function withheldNote({ withheld, withheldUnknown }: Withheld): Content {
  const paths = withheld.map((path, index) => markup`${index === 0 ? "" : ", "}${code(path)}`);
  const keys = withheldInWords({ withheld: [], withheldUnknown });
  if (paths.length === 0 && keys === "") return "";
  const between = paths.length > 0 && keys !== "" ? "; " : "";
  return markup`<p class="withheld">Withheld, not part of it: ${paths}${between}${keys}.</p>`;
}

const ASCII = /^[\n\t -~]*$/;

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** Isolates each string, so that one that is written from right to left moves nothing beside it. */
function isolateStrings(text: string): Markup[] {
  return text.split(/("(?:[^"\\]|\\.)*")/g).map((part) =>
    part.startsWith('"') ? markup`<bdi>${part}</bdi>` : markup`${part}`
  );
}
