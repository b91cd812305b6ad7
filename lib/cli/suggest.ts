/**
 * The name among `known` that is nearest to `text`, whole or by its beginning; undefined where none is near. Upper and
 * lower case count as the same.
 */
export function nearest(text: string, known: readonly string[]): string | undefined {
  const beginning = text.length >= LEAST_BEGINNING ? (name: string) => name.slice(0, text.length) : undefined;
  return nearestOf(text, known, (name) => name) ?? (beginning && nearestOf(text, known, beginning));
}

/** Shorter texts are the beginning of too much. */
const LEAST_BEGINNING = 4;

function nearestOf(
  text: string,
  known: readonly string[],
  partOf: (name: string) => string,
): string | undefined {
  const wanted = text.toLowerCase().slice(0, 64);
  let best: string | undefined;
  // With more than a third of its letters wrong it is another word, not a slip.
  let fewest = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of known) {
    const changes = distance(wanted, partOf(name).toLowerCase());
    if (changes < fewest) {
      fewest = changes;
      best = name;
    }
  }
  return wanted === "" ? undefined : best;
}

/** How many letters must be inserted, removed, replaced or swapped with their neighbour. */
function distance(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      let changes = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) changes = Math.min(changes, before[j - 2]! + 1);
      current.push(changes);
    }
    before = previous;
    previous = current;
  }
  return previous[right.length]!;
}
