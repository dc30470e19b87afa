import type { Fault } from "../../runtime/faults/fault.ts";

const briefMs = 50;

/** Without a half of them, then without each one. */
export function* fewer<T>(items: readonly T[]): Generator<readonly T[]> {
  const half = items.length >> 1;
  if (half > 1) {
    yield items.slice(half);
    yield items.slice(0, half);
  }
  for (const index of items.keys()) yield items.toSpliced(index, 1);
}

/** The same plan with one fault half as long, for each. */
export function* briefer(faults: readonly Fault[]): Generator<readonly Fault[]> {
  for (const [index, fault] of faults.entries()) {
    const forMs = Math.floor((fault.forMs ?? 0) / 2);
    if (forMs >= briefMs) yield faults.with(index, { ...fault, forMs });
  }
}
