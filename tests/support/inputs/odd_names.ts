import type { Suggestions } from "../../../lib/cli/completions/suggestions.ts";

/** What could be mistaken for something else: names that shells, scripts and their quoting have reasons to stumble over. */
export const ODD_NAMES: readonly string[] = [
  "Shell Started",
  "it's",
  'a "quoted" one',
  "$(touch gone)",
  "`touch gone`",
  "a;b|c&d",
  "back\\slash",
  "100% [or] {more}*?",
  "über alles",
];

/** A command whose operands and values are odd. */
export const ODD_COMMANDS: readonly Suggestions[] = [
  { name: "plain", summary: 'it\'s [a] "summary": $(touch gone) `x` \\ %', operands: ODD_NAMES, options: [] },
  {
    name: "valued",
    summary: "x",
    operands: ["only"],
    options: [
      { name: "pick", help: "what's [in] it: \\ $(touch gone)", value: ODD_NAMES },
      { name: "file", help: "x", value: "file" },
      { name: "free", help: "x", value: "anything" },
      { name: "flag", help: "x", value: undefined },
    ],
  },
];
