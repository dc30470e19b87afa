/** What components of the cluster were refused because they may not: a sign that something is wrong with their roles. */
export interface Refusals {
  count: number;
  /** The newest texts. */
  readonly latest: string[];
}

const latestMax = 20;

/** Makes an empty one. */
export function createRefusals(): Refusals {
  return { count: 0, latest: [] };
}

/** Keeps what a component was told. */
export function noteRefusal(refusals: Refusals, text: string): void {
  refusals.count++;
  refusals.latest.push(text);
  if (refusals.latest.length > latestMax) refusals.latest.shift();
}
