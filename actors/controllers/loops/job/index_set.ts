/** A run of indexes, both ends included. */
export interface IndexRun {
  readonly first: number;
  readonly last: number;
}

/** Indexes as runs, in order, none touching the next: a hundred thousand in a row are one. */
export type IndexSet = readonly IndexRun[];

/** Reads `0,2-4` as a Job's status and success policy have it; what is at or beyond `completions` is left out. */
export function parseIndexes(text: string, completions: number): IndexSet {
  const runs: IndexRun[] = [];
  for (const part of text === "" ? [] : text.split(",")) {
    const [first = "", last = first] = part.split("-");
    if (!/^\d+$/.test(first) || !/^\d+$/.test(last)) continue;
    if (Number(first) >= completions) break;
    runs.push({ first: Number(first), last: Math.min(Number(last), completions - 1) });
  }
  return joinIndexes(runs, []);
}

/** The text of a set: two neighbours have a comma between them, three or more a hyphen from the first to the last. */
export function formatIndexes(set: IndexSet): string {
  return set
    .map(({ first, last }) => (last === first ? `${first}` : `${first}${last === first + 1 ? "," : "-"}${last}`))
    .join(",");
}

/** The set of some indexes, in any order. */
export function indexSetOf(indexes: Iterable<number>): IndexSet {
  const runs = [...indexes].sort((a, b) => a - b).map((index) => ({ first: index, last: index }));
  return joinIndexes(runs, []);
}

/** All indexes of both, each given in order. */
export function joinIndexes(left: IndexSet, right: IndexSet): IndexSet {
  const joined: { first: number; last: number }[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const [a, b] = [left[l], right[r]];
    const next = (a === undefined || (b !== undefined && b.first <= a.first) ? b : a) as IndexRun;
    if (next === a) l++;
    else r++;
    const before = joined.at(-1);
    if (before === undefined || next.first > before.last + 1) joined.push({ ...next });
    else before.last = Math.max(before.last, next.last);
  }
  return joined;
}

/** How many indexes there are in a set. */
export function countIndexes(set: IndexSet): number {
  return set.reduce((count, { first, last }) => count + last - first + 1, 0);
}

/** How many indexes two sets have in common. */
export function countCommonIndexes(left: IndexSet, right: IndexSet): number {
  let [count, l, r] = [0, 0, 0];
  while (l < left.length && r < right.length) {
    const [a, b] = [left[l] as IndexRun, right[r] as IndexRun];
    count += Math.max(0, Math.min(a.last, b.last) - Math.max(a.first, b.first) + 1);
    if (a.last <= b.last) l++;
    if (b.last <= a.last) r++;
  }
  return count;
}

/** Whether an index is in a set. */
export function hasIndex(set: IndexSet, index: number): boolean {
  let [low, high] = [0, set.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((set[middle] as IndexRun).last >= index) high = middle;
    else low = middle + 1;
  }
  const run = set[low];
  return run !== undefined && run.first <= index;
}

/** The lowest indexes below `completions` that are not in a set, at most `count`. */
export function missingIndexes(
  set: IndexSet,
  { completions, count }: { completions: number; count: number },
): number[] {
  const missing: number[] = [];
  let candidate = 0;
  for (const { first, last } of [...set, { first: completions, last: completions }]) {
    for (; candidate < Math.min(first, completions) && missing.length < count; candidate++) missing.push(candidate);
    candidate = Math.max(candidate, last + 1);
  }
  return missing;
}
