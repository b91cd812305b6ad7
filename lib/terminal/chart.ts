import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { paragraph } from "./table.ts";
import { pad, widthOf } from "./width.ts";

/** One row of a chart: a name, a bar of two parts, and what the bar shows in words. */
export interface Bar {
  readonly name: string;
  readonly good: number;
  readonly bad: number;
  readonly label: string;
}

/** The longest bar, and the shortest that still says something, in columns. */
const BAR = { most: 40, least: 8 } as const;
/** How wide a chart is where lines have no limit, in columns. */
const USUAL_COLUMNS = 80;

/** A chart of lying bars, drawn to one scale. Where a bar has no room beside its name, it stands below it. */
export function chart(bars: readonly Bar[], paint: Paint): string {
  const columns = Math.min(paint.width, USUAL_COLUMNS);
  const names = Math.max(0, ...bars.map(({ name }) => widthOf(printable(name))));
  // Two columns before the name, and two on either side of the bar.
  const forBars = columns - 4 - Math.max(0, ...bars.map(({ label }) => widthOf(label)));
  const beside = forBars - 2 - names >= BAR.least;
  const longest = Math.min(BAR.most, beside ? forBars - 2 - names : forBars - 2);
  const most = Math.max(1, ...bars.map(({ good, bad }) => good + bad));
  return bars.map(({ name, good, bad, label }) => {
    const length = Math.ceil(longest * (good + bad) / most);
    const badLength = Math.ceil(length * bad / Math.max(1, good + bad));
    const bar = paint.good(paint.bar.repeat(length - badLength)) + paint.warning(paint.bar.repeat(badLength));
    const head = beside ? `  ${pad(printable(name), names)}  ` : `${paragraph(printable(name), paint.width, "  ")}    `;
    return `${head}${bar}${length === 0 ? "" : "  "}${label}\n`;
  }).join("");
}
