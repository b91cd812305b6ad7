/**
 * The notes in a text that its writers left for themselves, as `<!-- check: is this so? -->`: a line each, with the
 * number of the line.
 */
export function findWorkingNotes(name: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    /<!--\s*check\b/i.test(line) ? [`${name}:${index + 1} holds a working note: settle it, and take it away`] : []
  );
}
