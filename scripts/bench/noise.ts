import type { Place } from "./place.ts";
import { median, quantile } from "./statistics.ts";
import type { Section } from "./table.ts";

/** How often the same program is run. */
const ROUNDS = 20;

/** How long the same program took in a quarter of its runs at most, in half of them, and in three quarters. */
export interface Noise {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Runs a program that only ends again and again: whatever differs is the machine's. */
export async function measureNoise({ floor, project, measure }: Place): Promise<Noise> {
  const runs = (await measure([{ name: "floor", argv: [floor], env: {}, cwd: project }], { rounds: ROUNDS })).get(
    "floor",
  );
  const times = (runs ?? []).map(({ ms }) => ms);
  return { low: quantile(times, 0.25), middle: median(times), high: quantile(times, 0.75) };
}

/** The noise between the parts of a run. A difference that is smaller means nothing. */
export function noiseSection(found: readonly Noise[]): Section {
  const [least, most] = [found.map(({ middle }) => middle), found.map(({ middle }) => middle)];
  return {
    title: "The machine's noise: a program that only ends, between the parts",
    rows: [
      {
        unit: "ms",
        what: "a quarter takes longer than this",
        value: median(found.map(({ high }) => high)),
        beside: "a quarter takes less than this",
        besideValue: median(found.map(({ low }) => low)),
        goal: { compare: "times" },
      },
      {
        unit: "ms",
        what: "the slowest part's median",
        value: Math.max(...most),
        beside: "the fastest part's median",
        besideValue: Math.min(...least),
        goal: { compare: "times" },
      },
    ],
  };
}
