/** Which numbers of a counting sender have been seen: mail may be doubled, lost, or overtaken. */
export interface SequenceWindow {
  /** All up to here count as seen. */
  upTo: number;
  readonly beyond: Set<number>;
}

/** How far numbers may run ahead of one that is missing before it is given up. */
const aheadMax = 1_024;

/** Nothing seen yet. */
export function createSequenceWindow(): SequenceWindow {
  return { upTo: 0, beyond: new Set() };
}

/** Notes a number; false when it was seen before, or is too old to tell. */
export function firstSeen(window: SequenceWindow, number: number): boolean {
  if (number <= window.upTo || window.beyond.has(number)) return false;
  window.beyond.add(number);
  while (window.beyond.delete(window.upTo + 1)) window.upTo++;
  while (number - window.upTo > aheadMax) {
    window.upTo++;
    window.beyond.delete(window.upTo);
  }
  return true;
}
