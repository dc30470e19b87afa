import type { RaftView } from "../../actors/store/raft/view.ts";

/** Watches a group of replicas over time; `check` is called as often as one likes, best after each step. */
export interface RaftWatch {
  /** What is wrong, in words; undefined when all promises hold. Replicas that are down are left out. */
  check(views: readonly RaftView[]): string | undefined;
  /** How many entries are known to be committed. */
  committed(): number;
}

type Entry = RaftView["log"]["entries"][number];

/** All of a replica that the promises are about. */
export interface Mark {
  readonly term: number;
  readonly role: string;
  readonly commitIndex: number;
  readonly snapshotIndex: number;
  readonly length: number;
  readonly lastTerm: number;
}

/** What to know of a replica to see later whether it has changed. */
export function markOf({ log, term, role, commitIndex }: RaftView): Mark {
  const { snapshotIndex, entries } = log;
  return { term, role, commitIndex, snapshotIndex, length: entries.length, lastTerm: entries.at(-1)?.term ?? 0 };
}

/** Whether a replica has changed nothing that the promises are about. */
export function isAt(mark: Mark, { log, term, role, commitIndex }: RaftView): boolean {
  const { snapshotIndex, entries } = log;
  return (
    mark.commitIndex === commitIndex &&
    mark.length === entries.length &&
    mark.term === term &&
    mark.role === role &&
    mark.snapshotIndex === snapshotIndex &&
    mark.lastTerm === (entries.at(-1)?.term ?? 0)
  );
}

/** How far down two logs are compared when they change, unless they were found equal further up before. */
const compareMax = 200;

/** Up to where two logs were found equal: this entry of both, and all below it. */
type Matched = Map<string, { readonly index: number; readonly left: Entry; readonly right: Entry }>;

/**
 * The promises of the Raft paper's figure 3: election safety, log matching, leader completeness and state-machine
 * safety.
 *
 * @example
 * const watch = raft.watch()
 * simulation.onStep(() => assert.equal(watch.check(views()), undefined))
 */
export const raft = {
  name: "raft",
  watch(): RaftWatch {
    const leaders = new Map<number, string>();
    const committed: Entry[] = [];
    const checkedTo = new Map<string, number>();
    const seen = new Map<string, Mark>();
    const matched: Matched = new Map();

    function checkLeader(view: RaftView): string | undefined {
      const other = leaders.get(view.term);
      if (other !== undefined && other !== view.self) {
        return `Election safety: ${view.self} and ${other} both lead in term ${view.term}`;
      }
      if (other !== undefined) return undefined;
      leaders.set(view.term, view.self);
      const last = committed.findLast((entry) => entry !== undefined && entry.term < view.term);
      if (!last || last.index <= view.log.snapshotIndex) return undefined;
      const own = entryAt(view, last.index);
      if (own?.term === last.term) return undefined;
      return `Leader completeness: ${view.self} leads in term ${view.term} without entry ${last.index} of term ${last.term}, which is committed`;
    }

    function checkCommitted(view: RaftView): string | undefined {
      const before = checkedTo.get(view.self) ?? 0;
      // A commit index that went back is a new life, which has to be judged from its beginning.
      const from = before > view.commitIndex ? view.log.snapshotIndex : Math.max(before, view.log.snapshotIndex);
      for (let index = from + 1; index <= view.commitIndex; index++) {
        const own = entryAt(view, index);
        const known = committed[index];
        if (!own) return `State-machine safety: ${view.self} has committed ${index} without having it`;
        if (!known) committed[index] = own;
        else if (known.term !== own.term || known.record !== own.record) {
          return `State-machine safety: ${view.self} has committed entry ${index} of term ${own.term}, but it was committed with term ${known.term}`;
        }
      }
      checkedTo.set(view.self, view.commitIndex);
      return undefined;
    }

    function changed(view: RaftView): boolean {
      const before = seen.get(view.self);
      if (before && isAt(before, view)) return false;
      seen.set(view.self, markOf(view));
      return true;
    }

    return {
      committed: () => committed.length,
      check(views) {
        const fresh = views.filter(changed);
        for (const view of fresh) {
          const wrong = (view.role === "leader" ? checkLeader(view) : undefined) ?? checkCommitted(view);
          if (wrong !== undefined) return wrong;
          for (const other of views) {
            const mismatch = other === view ? undefined : checkMatching(view, other, matched);
            if (mismatch !== undefined) return mismatch;
          }
        }
        return undefined;
      },
    };
  },
} as const;

function checkMatching(a: RaftView, b: RaftView, matched: Matched): string | undefined {
  const pair = `${a.self} ${b.self}`;
  const before = matched.get(pair);
  const top = Math.min(lastIndex(a), lastIndex(b));
  const bottom = Math.max(a.log.snapshotIndex, b.log.snapshotIndex, top - compareMax);
  let isMatched = false;
  for (let index = top; index > bottom; index--) {
    const [left, right] = [entryAt(a, index), entryAt(b, index)];
    if (!left || !right) return `Log matching: entry ${index} is missing within the logs of ${a.self} or ${b.self}`;
    if (before?.index === index && before.left === left && before.right === right) return undefined;
    const isSame = left.term === right.term;
    if (isSame && left.record !== right.record) {
      return `Log matching: ${a.self} and ${b.self} have different entries ${index} of term ${left.term}`;
    }
    if (isMatched && !isSame) return `Log matching: ${a.self} and ${b.self} agree after entry ${index}, but not on it`;
    if (isSame && !isMatched) matched.set(pair, { index, left, right });
    isMatched ||= isSame;
  }
  return undefined;
}

function lastIndex({ log }: RaftView): number {
  return log.snapshotIndex + log.entries.length;
}

function entryAt({ log }: RaftView, index: number): Entry | undefined {
  return log.entries[index - log.snapshotIndex - 1];
}
