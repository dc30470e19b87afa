import type { StoreError } from "../messages.ts";
import { changesAt, current, eachCurrent, type Keyspace } from "./keyspace.ts";
import { costOf, historyCost, shares } from "./space.ts";
import type { PlainOperation } from "./txn.ts";

/** A change that adds no more to a value is a small one. */
const smallGrowthBytes = 4_096;

/** Whether there is space for what a transaction would do; raises the alarm when there is none. */
export function hasSpaceFor(keyspace: Keyspace, operations: readonly PlainOperation[]): boolean {
  const { space } = keyspace;
  const { quotaBytes, liveBytes } = space;
  if (quotaBytes === 0) return true;
  let [growth, isSmall] = [0, true];
  for (const each of operations) {
    if (each.op === "put") {
      const before = current(keyspace, each.key);
      const added = costOf(each) - (before ? costOf(before) : 0);
      growth += added;
      isSmall &&= before !== undefined && added <= smallGrowthBytes;
    } else if (each.op === "delete") {
      eachCurrent(keyspace, each, (kv) => {
        growth -= costOf(kv);
      });
    }
  }
  const share = isSmall ? shares.reserved : shares.ordinary;
  if (growth <= 0 || liveBytes + growth <= share * quotaBytes) return true;
  space.isFull = true;
  return false;
}

/** The revision to compact at now, for history to keep within its share; 0 while it does. */
export function compactionDue(keyspace: Keyspace): number {
  const { space, compactedRevision, changesFirst, revision } = keyspace;
  const { quotaBytes, historyBytes } = space;
  if (quotaBytes === 0 || historyBytes <= shares.history * quotaBytes) return 0;
  let left = historyBytes;
  let due = Math.max(compactedRevision, changesFirst);
  while (due < revision && left > shares.historyKept * quotaBytes) {
    left -= historyCost(changesAt(keyspace, due));
    due++;
  }
  return due > compactedRevision ? due : 0;
}

/** The refusal, in etcd's words: an API server hands them to its client as they are. */
export function noSpace(): StoreError {
  return { type: "store.error", code: "noSpace", message: "etcdserver: mvcc: database space exceeded" };
}
