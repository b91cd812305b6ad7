/** Text from outside, fit for a terminal: without control characters, bidirectional marks and other invisible ones. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, "\uFFFD");
}
