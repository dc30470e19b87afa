/** How often something took how long. */
export interface Histogram {
  /** The upper ends of the buckets, ascending. */
  readonly bounds: readonly number[];
  /** How many fell into each bucket and into none before it; one more for what is above all. */
  readonly counts: number[];
  sum: number;
  count: number;
}

/** An empty one. */
export function bucketsOf(bounds: readonly number[]): Histogram {
  return { bounds, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0, count: 0 };
}

/** Counts one. */
export function observe(histogram: Histogram, value: number): void {
  const { bounds, counts } = histogram;
  let at = 0;
  while (at < bounds.length && value > (bounds[at] ?? 0)) at++;
  counts[at] = (counts[at] ?? 0) + 1;
  histogram.sum += value;
  histogram.count++;
}
