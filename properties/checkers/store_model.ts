import type { Compare, KeyValue, Operation, StoreAnswer, StoreRequest } from "../../actors/store/messages.ts";
import type { SequentialModel } from "./linearizability.ts";

/** What is done to a store: what clients ask for, and the end of a lease, for which nobody asks. */
export type StoreInput = StoreRequest | { readonly type: "expire"; readonly id: string };

/** A store as a client may think of it: one thing, that does one operation at a time. */
export interface StoreState {
  readonly revision: number;
  readonly compacted: number;
  /** In order of keys. */
  readonly kvs: readonly KeyValue[];
  /** What is left of each lease's promise is nobody's business here: only whether it is there. */
  readonly leases: readonly string[];
}

/**
 * A whole store: reads of one key and of ranges, writes, deletes, transactions, leases, compaction. It is written for
 * this and shares nothing with the store that it judges. Reads that may be stale, and those of what was, are for others
 * to judge; of the latter only whether their revision was there.
 */
export const storeModel: SequentialModel<StoreState, StoreInput, StoreAnswer> = {
  partOf: () => "the store",
  initial: () => ({ revision: 1, compacted: 0, kvs: [], leases: [] }),
  keyOf: ({ revision, compacted, kvs, leases }) =>
    `${revision} ${compacted} ${kvs.map(showKv).join()} ${leases.join()}`,
  step(state, input, output) {
    const { state: next, said } = perform(state, input);
    if (output === undefined) return [next];
    return showAnswer(output, input) === said ? [next] : [];
  },
};

interface Performed {
  readonly state: StoreState;
  /** What the answer says, as `showAnswer` has it. */
  readonly said: string;
}

function perform(state: StoreState, input: StoreInput): Performed {
  const unchanged = (said: string): Performed => ({ state, said });
  switch (input.type) {
    case "store.range": {
      const { revision, key, end, limit = 0 } = input;
      if (revision !== undefined && revision > state.revision) return unchanged("future");
      if (revision !== undefined && revision < state.compacted) return unchanged("compacted");
      if (revision !== undefined) return unchanged(`${state.revision}`);
      const found = within(state.kvs, { key, ...(end === undefined ? {} : { end }) });
      const given = limit > 0 ? found.slice(0, limit) : found;
      return unchanged(`${state.revision} ${found.length} ${given.map(showKv).join()}`);
    }
    case "store.txn":
      return transact(state, input);
    case "store.compact": {
      const { revision } = input;
      if (revision <= state.compacted) return unchanged("compacted");
      if (revision > state.revision) return unchanged("future");
      return { state: { ...state, compacted: revision }, said: `${state.revision}` };
    }
    case "store.lease":
      return changeLease(state, input);
    case "expire":
      return { state: endLease(state, input.id), said: "" };
    default:
      return unchanged("");
  }
}

function transact(state: StoreState, { compare, success, failure }: StoreRequest & { type: "store.txn" }): Performed {
  const succeeded = compare.every((each) => holds(state, each));
  const operations = succeeded ? success : failure;
  const leaseless = operations.some(
    (each) => each.op === "put" && each.lease !== undefined && !state.leases.includes(each.lease),
  );
  if (leaseless) return { state, said: "noLease" };
  let { kvs } = state;
  const revision = state.revision + 1;
  const results: string[] = [];
  let hasChanged = false;
  for (const operation of operations) {
    const done = carryOut(kvs, operation, revision);
    hasChanged ||= done.kvs !== kvs;
    kvs = done.kvs;
    results.push(done.said);
  }
  const next = hasChanged ? { ...state, kvs, revision } : state;
  return { state: next, said: `${next.revision} ${succeeded} ${results.join("; ")}` };
}

function carryOut(
  kvs: readonly KeyValue[],
  operation: Operation,
  revision: number,
): { readonly kvs: readonly KeyValue[]; readonly said: string } {
  switch (operation.op) {
    case "range":
      return { kvs, said: within(kvs, operation).map(showKv).join() };
    case "delete": {
      const gone = within(kvs, operation);
      return { kvs: gone.length > 0 ? kvs.filter((kv) => !gone.includes(kv)) : kvs, said: gone.map(showKv).join() };
    }
    case "put": {
      const { key, value, lease, previous } = operation;
      const before = kvs.find((kv) => kv.key === key);
      const kv: KeyValue = {
        ...{ key, value, createRevision: before?.createRevision ?? revision, modRevision: revision },
        version: (before?.version ?? 0) + 1,
        ...(lease === undefined ? {} : { lease }),
      };
      const others = kvs.filter((each) => each !== before);
      const after = [...others, kv].sort((a, b) => (a.key < b.key ? -1 : 1));
      return { kvs: after, said: previous && before ? showKv(before) : "" };
    }
    case "txn":
      throw new Error("Cannot judge a transaction in a transaction: no client here asks for one");
  }
}

function changeLease(state: StoreState, input: StoreRequest & { type: "store.lease" }): Performed {
  const { action, id, ttlSeconds = 0 } = input;
  const isThere = state.leases.includes(id);
  switch (action) {
    case "grant":
      if (isThere) return { state, said: "leaseExists" };
      return { state: { ...state, leases: [...state.leases, id].sort() }, said: `${state.revision} ${ttlSeconds}` };
    case "renew":
      // For how long is not remembered here: whether it is there is what counts.
      return { state, said: `${state.revision} ${isThere ? "more" : 0}` };
    case "revoke": {
      if (!isThere) return { state, said: "noLease" };
      const next = endLease(state, id);
      return { state: next, said: `${next.revision} 0` };
    }
  }
}

function endLease(state: StoreState, id: string): StoreState {
  if (!state.leases.includes(id)) return state;
  const kvs = state.kvs.filter(({ lease }) => lease !== id);
  const revision = kvs.length < state.kvs.length ? state.revision + 1 : state.revision;
  return { ...state, revision, kvs, leases: state.leases.filter((each) => each !== id) };
}

function holds({ kvs }: StoreState, { key, target, result, value }: Compare): boolean {
  if (target !== "mod" || result !== "equal") throw new Error(`Cannot judge a compare of ${target} with ${result}`);
  return (kvs.find((kv) => kv.key === key)?.modRevision ?? 0) === value;
}

/** What is in [key, end), or that one key. */
export function within(
  kvs: readonly KeyValue[],
  { key, end }: { readonly key: string; readonly end?: string },
): readonly KeyValue[] {
  return kvs.filter((kv) => (end === undefined ? kv.key === key : kv.key >= key && kv.key < end));
}

/** A key and all that is known of it, as text. */
export function showKv({ key, value, createRevision, modRevision, version, lease = "" }: KeyValue): string {
  return `${key}=${value}@${createRevision}/${modRevision}/${version}/${lease}`;
}

function showAnswer(answer: StoreAnswer, input: StoreInput): string {
  switch (answer.type) {
    case "store.error":
      return answer.code;
    case "store.range.ok": {
      const isOfNow = input.type === "store.range" && input.revision === undefined;
      return isOfNow ? `${answer.revision} ${answer.count} ${answer.kvs.map(showKv).join()}` : `${answer.revision}`;
    }
    case "store.txn.ok": {
      const results = answer.results.map((each) => {
        if (each.op === "put") return each.previous ? showKv(each.previous) : "";
        if (each.op === "txn") return "";
        return (each.op === "range" ? each.kvs : each.deleted).map(showKv).join();
      });
      return `${answer.revision} ${answer.succeeded} ${results.join("; ")}`;
    }
    case "store.compact.ok":
      return `${answer.revision}`;
    case "store.lease.ok": {
      const isRenewal = input.type === "store.lease" && input.action === "renew";
      return `${answer.revision} ${isRenewal && answer.ttlSeconds > 0 ? "more" : answer.ttlSeconds}`;
    }
    default:
      return "";
  }
}
