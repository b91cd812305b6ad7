/** Text from outside without what a terminal would obey or hide: control, bidirectional and invisible characters. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, "\uFFFD");
}

/** A JSON value on one line, fit for a terminal. */
export function oneLine(value: unknown): string {
  return printable(JSON.stringify(value) ?? "null");
}
