/** The number in the middle; for an even count, the mean of the two in the middle. Throws where there are none. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/**
 * The number below which this share of the numbers lies (0.5: the median), interpolated. Throws where there are none.
 */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError("Cannot take a quantile of nothing");
  return below + (above - below) * (place - Math.floor(place));
}

/** A ratio for people: two decimals, or two significant digits where those are more decimals. */
export function ratio(value: number): string {
  return value === 0 || value >= 0.1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

/** A whole number for people: with commas from 1,000 on. */
export function counted(value: number): string {
  return value.toLocaleString("en-US");
}

/** A number for people: three significant digits, with commas in numbers from 1,000 on. */
export function rounded(value: number): string {
  const digits = value === 0 ? 0 : Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return Number(value.toFixed(digits)).toLocaleString("en-US", { maximumFractionDigits: 3 });
}
