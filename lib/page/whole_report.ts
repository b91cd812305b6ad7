import { type Markup, markup } from "./markup.ts";

/**
 * A whole report as JSON, a line for each value. It may come from a file that anybody can have changed: undefined where it is
 * nested too deeply to be written.
 */
export function wholeReport(report: unknown): Markup | undefined {
  let text: string;
  try {
    text = JSON.stringify(report, null, "\t") ?? "null";
  } catch (error) {
    // What is nested deeper than the stack goes.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return markup`<pre dir="ltr">${ASCII.test(text) ? text : isolateStrings(text)}</pre>`;
}

const ASCII = /^[\n\t -~]*$/;

/** Keeps each string to itself, so that none that is written from right to left moves what stands beside it. */
function isolateStrings(text: string): Markup[] {
  return text.split(/("(?:[^"\\]|\\.)*")/g).map((part) =>
    part.startsWith('"') ? markup`<bdi>${part}</bdi>` : markup`${part}`
  );
}
