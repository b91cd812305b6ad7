/** The page's style, for light and dark systems, narrow and wide windows, and paper. No colour alone says anything. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f3f5f8; --ink: #1b2027; --soft: #56606b; --line: #d5dae0; --edge: #78828d;
  --accent: #0a58a8; --delivered: #4287cf; --rejected: #97300c; --attempted: #c07f00;
  --mark: #e6f0fb; --warning: #8a5300;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --panel: #1d232a; --ink: #e7ebef; --soft: #a5aeb8; --line: #343c46; --edge: #7d8893;
    --accent: #86b9f2; --delivered: #5698dd; --rejected: #f5ae7d; --attempted: #c9a400;
    --mark: #1c2d40; --warning: #f0c069;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 80rem; padding: 2rem 1.5rem 5rem; counter-reset: part;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  overflow-wrap: break-word;
}
[hidden] { display: none !important; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.75rem; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 0 0 1rem; }
h2::before { content: counter(part) ".\\00a0"; color: var(--soft); font-weight: 400; }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 .75rem; max-width: 44rem; }
section { counter-increment: part; padding: 2.5rem 0 0; }
.gist, .none, .source, .withheld { color: var(--soft); }
code, pre {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
code { font-size: .875em; overflow-wrap: anywhere; }
pre {
  margin: .25rem 0 .75rem; padding: .75rem 1rem; font-size: .8125rem; line-height: 1.5; tab-size: 2;
  background: var(--panel); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-weight: 400;
}
time, .count, .scale, .ends, dd { font-variant-numeric: tabular-nums; }
time { white-space: nowrap; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.paper { display: none; }

nav ol { margin: 1.5rem 0 0; padding: 0; list-style: none; counter-reset: entry; columns: 15rem; font-size: .9375rem; }
nav li { counter-increment: entry; break-inside: avoid; display: flex; gap: .4em; padding: .15rem 0; }
nav li::before { content: counter(entry) "."; color: var(--soft); }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }

.verdict {
  padding: 1rem 1.25rem; background: var(--panel); border-radius: 6px; border-inline-start: 5px solid var(--edge);
}
.verdict.on { border-inline-start-color: var(--accent); } .verdict p { margin: 0; }
.verdict .word { font-size: 1.35rem; line-height: 1.4; margin-bottom: .25rem; }
.warnings {
  margin: 1rem 0 0; padding: .75rem 1.25rem .75rem 2.25rem; border: 1px solid var(--warning); border-radius: 6px;
}
.facts { margin: 1.25rem 0 0; }
.facts div {
  display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 1rem; padding: .4rem 0;
  border-bottom: 1px solid var(--line);
}
.facts dt { color: var(--soft); } .facts dd { margin: 0; }
.tag {
  display: inline-block; padding: 0 .5em; border-radius: 1em; background: var(--accent); color: var(--paper);
  font-size: .8125rem; font-weight: 600; line-height: 1.5;
}

table {
  width: 100%; margin: .75rem 0 1rem; border-collapse: collapse; table-layout: fixed; font-size: .9375rem;
  line-height: 1.45;
}
th, td { padding: .5rem 1rem .5rem 0; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 600; border-bottom-color: var(--edge); }
tbody th { font-weight: 400; }
tr.marked > * { background: var(--mark); }
tr.marked > :first-child { box-shadow: -.5rem 0 var(--mark); }
.fields th:nth-child(1) { width: 22%; } .fields th:nth-child(2) { width: 30%; }
.rules th:nth-child(1), .rules th:nth-child(2) { width: 33%; }
.properties th:nth-child(1) { width: 30%; } .properties th:nth-child(2) { width: 18%; }
.held th:nth-child(1) { width: 22%; } .held th:nth-child(2) { width: 14%; }
.permissions th:nth-child(1) { width: 26%; } .permissions th:nth-child(2) { width: 22%; }
.ways th:nth-child(1) { width: 28%; } .ways th:nth-child(2) { width: 34%; }
.types th:nth-child(1) { width: 30%; } .reasons th:nth-child(2), .withheld-paths th:nth-child(2) { width: 6rem; }
.held td:nth-child(2), .reasons td, .withheld-paths td {
  text-align: end; font-variant-numeric: tabular-nums; padding-inline-end: 2rem;
}
.held thead th:nth-child(2), .reasons thead th:nth-child(2), .withheld-paths thead th:nth-child(2) {
  text-align: end; padding-inline-end: 2rem;
}
.variables th:nth-child(1) { width: 40%; } .variables th:nth-child(2) { width: 16%; }
.waiting th:nth-child(1) { width: 13rem; }
.counts th:not(:first-child), .counts td {
  width: 6.5rem; padding-inline-end: .25rem; text-align: end; font-variant-numeric: tabular-nums;
}
.bars svg { display: block; width: 100%; height: .5rem; margin-top: .3rem; }
.sent thead th:nth-child(1) { width: 10rem; } .sent thead th:nth-child(2) { width: 13rem; }
.sent pre { margin-inline-end: 0; }

details { border-bottom: 1px solid var(--line); }
summary { padding: .5rem 0; cursor: pointer; } summary .gist { font-size: .9375rem; }
th details, td details { border: 0; } th summary, td summary { padding: 0; }
details.day > summary { font-weight: 600; }
.count { margin-inline-start: .5rem; color: var(--soft); font-weight: 400; }
.words, .source { max-width: none; font-size: .9375rem; }

.chart { margin: .75rem 0 1rem; }
figcaption { color: var(--soft); font-size: .9375rem; }
.plot {
  display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: .5rem; margin: .75rem 0 .5rem;
  font-size: .8125rem; color: var(--soft);
}
.plot svg { display: block; width: 100%; height: 11rem; }
.scale {
  display: flex; flex-direction: column; justify-content: space-between; text-align: end; line-height: 1;
  margin: -.4rem 0;
}
.ends { grid-column: 2; display: flex; justify-content: space-between; gap: 1rem; padding-top: .35rem; }
.grid { fill: none; stroke: var(--line); vector-effect: non-scaling-stroke; }
.whole { fill: transparent; }
g:hover .whole { fill: var(--panel); }
.delivered { fill: var(--delivered); background: var(--delivered); }
.rejected { fill: var(--rejected); background: var(--rejected); }
.attempted { fill: var(--attempted); background: var(--attempted); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; font-size: .9375rem; }
.key { display: inline-block; width: .75rem; height: .75rem; margin-inline-end: .4rem; border-radius: 2px; }

#filter {
  display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin: 1rem 0; padding: 1rem;
  background: var(--panel); border-radius: 6px;
}
#filter p { margin: 0; flex: 1 1 10rem; min-width: 0; }
#filter label { display: block; color: var(--soft); font-size: .8125rem; font-weight: 600; }
#filter input, #filter select {
  width: 100%; min-height: 2.5rem; padding: .35rem .5rem; border: 1px solid var(--edge); border-radius: 4px;
  background: var(--paper); color: var(--ink); font: inherit;
}
#filter output { flex: 1 0 100%; min-height: 1.5em; font-variant-numeric: tabular-nums; }

@media (min-width: 70rem) {
  body { display: grid; grid-template-columns: 14rem minmax(0, 1fr); column-gap: 3rem; }
  header { grid-column: 2; }
  nav { grid-row: 1 / span 2; }
  nav ol { position: sticky; top: 2rem; margin-top: .4rem; columns: auto; }
  nav li { padding: .25rem 0; }
}

@media screen and (max-width: 44rem) {
  body { padding: 1.25rem 1rem 4rem; }
  h1 { font-size: 1.5rem; }
  .facts div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  table.stacks, .stacks tbody, .stacks tr, .stacks th, .stacks td { display: block; width: auto !important; }
  .stacks thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacks tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }
  .stacks th, .stacks td { padding: .1rem 0; border: 0; }
  .stacks tbody th { font-weight: 600; }
  .stacks td::before { content: attr(data-label) ": "; color: var(--soft); font-size: .8125rem; }
  tr.marked { background: var(--mark); box-shadow: -.5rem 0 var(--mark), .5rem 0 var(--mark); }
  tr.marked > :first-child { box-shadow: none; }
  .held td:nth-child(2), .reasons td, .withheld-paths td { text-align: start; }
  .stacks.counts td { display: inline-block; padding-inline-end: 1.25rem; text-align: start; }
  table.sent, .sent tbody { display: block; }
  .sent thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .sent tr {
    display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: 1rem; padding: .5rem 0;
    border-bottom: 1px solid var(--line);
  }
  .sent th, .sent td { padding: 0; border: 0; width: auto !important; }
  .sent th { grid-column: 1 / -1; }
  .sent td { color: var(--soft); font-size: .875rem; }
}

@media print {
  :root {
    --paper: #ffffff; --panel: #f3f5f8; --ink: #000000; --soft: #444444; --line: #bbbbbb; --edge: #666666;
    --accent: #000000; --delivered: #8a8a8a; --rejected: #222222; --attempted: #555555; --mark: #eeeeee;
  }
  @page { margin: 16mm 14mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
  html { font-size: 9.5pt; }
  body { display: block; }
  body, p { max-width: none; padding: 0; }
  nav, #filter, .extra:not([open]) { display: none; }
  .paper { display: block; }
  section { padding-top: 1.5rem; }
  h2, h3, summary { break-after: avoid; }
  tr, .verdict, .chart, .facts div { break-inside: avoid; }
  .bars svg, .plot svg, .key, tr.marked > * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  summary { list-style: none; }
  details.always::details-content { display: block; content-visibility: visible; block-size: auto; }
}

@media (forced-colors: active) {
  .delivered { fill: CanvasText; background: CanvasText; forced-color-adjust: none; }
  .rejected { fill: GrayText; background: GrayText; forced-color-adjust: none; }
  .attempted { fill: Highlight; background: Highlight; forced-color-adjust: none; }
  .verdict, pre, #filter { border: 1px solid CanvasText; }
}
`;
