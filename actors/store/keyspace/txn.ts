import type { Compare, KeyValue, Operation, OperationResult, StoreError, StoreEvent, TxnAnswer } from "../messages.ts";
import { current, eachCurrent, type Keyspace } from "./keyspace.ts";
import { hasSpaceFor, noSpace } from "./quota.ts";
import { countChange } from "./space.ts";

/** What a transaction is made of. */
export interface Txn {
  readonly compare: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

/**
 * Carries out a transaction: later operations see what earlier ones did; all changes are one revision. One for which there is no
 * space changes nothing.
 */
export function applyTxn(keyspace: Keyspace, { compare, success, failure }: Txn): TxnAnswer | StoreError {
  const succeeded = compare.every((each) => holds(each, current(keyspace, each.key)));
  const operations = succeeded ? success : failure;
  if (!hasSpaceFor(keyspace, operations)) return noSpace();
  const changes: StoreEvent[] = [];
  const results = operations.map((each) => carryOut(keyspace, each, changes));
  if (changes.length > 0) {
    keyspace.revision++;
    keyspace.changes.push(changes);
    for (const each of changes) countChange(keyspace.space, each);
  }
  return { type: "store.txn.ok", revision: keyspace.revision, succeeded, results };
}

function carryOut(keyspace: Keyspace, operation: Operation, changes: StoreEvent[]): OperationResult {
  switch (operation.op) {
    case "put":
      put(keyspace, operation, changes);
      return { op: "put" };
    case "delete": {
      const deleted = found(keyspace, operation);
      for (const previous of deleted) {
        const modRevision = keyspace.revision + 1;
        const kv = { key: previous.key, value: "", createRevision: 0, modRevision, version: 0 };
        keyspace.keys.get(kv.key)?.push(kv);
        changes.push({ type: "delete", kv, previous });
      }
      return { op: "delete", deleted };
    }
    case "range":
      return { op: "range", kvs: found(keyspace, operation) };
  }
}

function put(keyspace: Keyspace, { key, value }: { key: string; value: string }, changes: StoreEvent[]) {
  const modRevision = keyspace.revision + 1;
  const versions = keyspace.keys.get(key);
  const newest = versions?.at(-1);
  const previous = newest && newest.version !== 0 ? newest : undefined;
  const createRevision = previous?.createRevision ?? modRevision;
  const kv: KeyValue = { key, value, createRevision, modRevision, version: (previous?.version ?? 0) + 1 };
  if (versions) versions.push(kv);
  else keyspace.keys.set(key, [kv]);
  changes.push(previous ? { type: "put", kv, previous } : { type: "put", kv });
}

function found(keyspace: Keyspace, where: { readonly key: string; readonly end?: string }): KeyValue[] {
  const kvs: KeyValue[] = [];
  eachCurrent(keyspace, where, (kv) => void kvs.push(kv));
  return kvs;
}

/** A key that is not there has revisions and a version of 0; its value equals nothing, as in etcd. */
function holds({ target, result, value }: Compare, kv: KeyValue | undefined): boolean {
  if (target === "value" && !kv) return false;
  const actual = actualOf(target, kv);
  switch (result) {
    case "equal":
      return actual === value;
    case "notEqual":
      return actual !== value;
    case "greater":
      return actual > value;
    case "less":
      return actual < value;
  }
}

function actualOf(target: Compare["target"], kv: KeyValue | undefined): number | string {
  switch (target) {
    case "mod":
      return kv?.modRevision ?? 0;
    case "create":
      return kv?.createRevision ?? 0;
    case "version":
      return kv?.version ?? 0;
    case "value":
      return kv?.value ?? "";
  }
}
