/** A string, or a sign that says where in an object or list the text is. Numbers and words are passed over. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/g;

/**
 * How many keys of a valid JSON text repeat one that their object has already. Of equal keys the last one counts, and what
 * the others held is lost, which whoever wrote them should know.
 */
export function countDuplicateKeys(json: string): number {
  let duplicates = 0;
  // The keys of each open object; undefined for a list.
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : undefined);
      expectsKey = token === "{";
    } else if (token === "}" || token === "]") {
      open.pop();
      expectsKey = false;
    } else if (token === ",") {
      expectsKey = open.at(-1) !== undefined;
    } else if (expectsKey) {
      const keys = open.at(-1);
      // Two spellings of one key are the same key.
      const key = String(JSON.parse(token));
      if (keys?.has(key)) duplicates++;
      keys?.add(key);
      expectsKey = false;
    }
  }
  return duplicates;
}
