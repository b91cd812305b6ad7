/** A string, or a sign that says where in an object or list the text is. Numbers and words are passed over. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/g;

/**
 * How many keys of a valid JSON text repeat one that their object has already. Of equal keys the last one counts, and what
 * the others held is lost, which whoever wrote them should know. `value` is what the text says.
 */
export function countDuplicateKeys(json: string, value: unknown): number {
  // Each key has its colon: where there are no more, none is lost, and none needs to be looked for.
  if (json.split(":").length - 1 === countKeys(value)) return 0;
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

/** The keys of all objects in a value. Not by recursion: it may be nested deeper than the stack goes. */
function countKeys(value: unknown): number {
  let keys = 0;
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null) continue;
    const held: unknown[] = Object.values(next);
    if (!Array.isArray(next)) keys += held.length;
    for (const inner of held) if (typeof inner === "object" && inner !== null) open.push(inner);
  }
  return keys;
}
