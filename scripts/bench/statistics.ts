/** The middle of numbers, of an even count the mean of the two in the middle. Throws where there are none. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The number below which a share of them is (0.5: the median), between two of them in proportion. Throws where there are none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError("Cannot take a quantile of nothing");
  return below + (above - below) * (place - Math.floor(place));
}

/** A ratio for people: two decimals, or two digits where that is more. */
export function ratio(value: number): string {
  return value === 0 || value >= 0.1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

/** A number for people: three significant digits, with commas from a thousand on. */
export function rounded(value: number): string {
  const digits = value === 0 ? 0 : Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return Number(value.toFixed(digits)).toLocaleString("en-US", { maximumFractionDigits: 3 });
}
