import { type IntOrPercent, scaledValue } from "../../pods/int_or_percent.ts";

/** One ReplicaSet as the arithmetic of a rollout sees it. */
export interface SetSize {
  readonly name: string;
  /** What its spec asks for. */
  readonly replicas: number;
  /** What its status says is available, at most `replicas`. */
  readonly available: number;
  /** When it was created, in milliseconds since 1970. */
  readonly createdMs: number;
  /** The most pods that its Deployment was allowed when the set was last sized: its max-replicas annotation. */
  readonly replicasMaxBefore?: number | undefined;
}

/** How far a rollout may go above and below the wished number of pods. */
export interface Bounds {
  readonly desired: number;
  /** Pods above `desired` that may exist at a time. */
  readonly surge: number;
  /** Pods below `desired` that may be unavailable at a time. */
  readonly unavailable: number;
}

/** The new number of replicas by set name; sets that keep theirs are left out. */
export type Sizes = Map<string, number>;

/** The bounds of a rolling update; never both zero, else it could not move (then one pod may be unavailable). */
export function boundsOf(
  desired: number,
  strategy: { maxSurge?: IntOrPercent; maxUnavailable?: IntOrPercent },
): Bounds {
  const surge = scaledValue(strategy.maxSurge, desired, "up");
  const unavailable = scaledValue(strategy.maxUnavailable, desired, "down");
  const least = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { desired, surge, unavailable: Math.min(least, desired) };
}

/** To how many replicas the new set may grow now, so that all sets together stay within the surge. */
export function newSetSize(bounds: Bounds, { total, current }: { total: number; current: number }): number {
  const room = bounds.desired + bounds.surge - total;
  if (room <= 0) return current;
  return current + Math.min(room, bounds.desired - current);
}

/**
 * How far old sets may shrink now. Pods that are not available go first, they are no loss; then available ones, as
 * many as there are above the least that must be available.
 */
export function shrinkOld(bounds: Bounds, { newSet, old }: { newSet: SetSize; old: readonly SetSize[] }): Sizes {
  const sizes: Sizes = new Map();
  const availableMin = bounds.desired - bounds.unavailable;
  const total = newSet.replicas + sum(old, ({ replicas }) => replicas);
  const cleanupMax = total - availableMin - (newSet.replicas - newSet.available);
  if (cleanupMax <= 0 || old.every(({ replicas }) => replicas === 0)) return sizes;
  const oldestFirst = old.toSorted(byAge);
  const sizeOf = (set: SetSize) => sizes.get(set.name) ?? set.replicas;

  let cleaned = 0;
  for (const set of oldestFirst) {
    const count = Math.min(cleanupMax - cleaned, set.replicas - set.available);
    if (count <= 0) continue;
    sizes.set(set.name, set.replicas - count);
    cleaned += count;
  }
  let spare = newSet.available + sum(old, ({ available }) => available) - availableMin;
  for (const set of oldestFirst) {
    const count = Math.min(spare, sizeOf(set));
    if (count <= 0) continue;
    sizes.set(set.name, sizeOf(set) - count);
    spare -= count;
  }
  return sizes;
}

/**
 * Spreads a change of the Deployment's size over all sets that have replicas, in proportion to their own; what
 * rounding leaves over goes to the largest (kubernetes: proportional scaling).
 */
export function scaleInProportion(bounds: Bounds, sets: readonly SetSize[], replicasNow: number): Sizes {
  const active = sets.filter(({ replicas }) => replicas > 0);
  const allowed = bounds.desired > 0 ? bounds.desired + bounds.surge : 0;
  const toAdd = allowed - sum(active, ({ replicas }) => replicas);
  const sizes: Sizes = new Map();
  const ordered = active.toSorted((a, b) => b.replicas - a.replicas || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  let added = 0;
  for (const set of ordered) {
    const share = toAdd === added ? 0 : clamp(shareOf(bounds, set, replicasNow), toAdd - added);
    sizes.set(set.name, set.replicas + share);
    added += share;
  }
  const [largest] = ordered;
  if (largest) sizes.set(largest.name, Math.max(0, (sizes.get(largest.name) ?? 0) + toAdd - added));
  return sizes;
}

/** At most what is left to add, or at least what is left to take away. */
function clamp(share: number, left: number): number {
  return left > 0 ? Math.min(share, left) : left < 0 ? Math.max(share, left) : 0;
}

function shareOf({ desired, surge }: Bounds, set: SetSize, replicasNow: number): number {
  if (desired === 0) return -set.replicas;
  const before = set.replicasMaxBefore || replicasNow;
  if (before === 0) return 0;
  return Math.round((set.replicas * (desired + surge)) / before) - set.replicas;
}

/** Older first, then by name. */
export function byAge(a: SetSize, b: SetSize): number {
  return a.createdMs - b.createdMs || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
