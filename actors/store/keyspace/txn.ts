import { compareAsBytes } from "../../kit/byte_text.ts";
import type {
  Compare,
  KeyValue,
  NestedTxn,
  Operation,
  OperationResult,
  PutOperation,
  StoreError,
  StoreEvent,
  TxnAnswer,
} from "../messages.ts";
import { current, eachCurrent, type Keyspace } from "./keyspace.ts";
import { tie } from "./leases.ts";
import { hasSpaceFor, noSpace } from "./quota.ts";
import { range } from "./range.ts";
import { countChange } from "./space.ts";

/** What a transaction is made of. */
export type Txn = Omit<NestedTxn, "op">;

/**
 * Carries out a transaction: later operations see what earlier ones did; all changes are one revision. One for which there is no
 * space, or that needs what is not there, changes nothing.
 */
export function applyTxn(keyspace: Keyspace, txn: Txn): TxnAnswer | StoreError {
  const taken: boolean[] = [];
  const operations = planned(keyspace, txn, taken);
  const refusal = refusalOf(keyspace, operations);
  if (refusal) return refusal;
  if (!hasSpaceFor(keyspace, operations)) return noSpace();
  const changes: StoreEvent[] = [];
  const { succeeded, results } = carryOutAll(keyspace, txn, { changes, taken });
  if (changes.length > 0) {
    keyspace.revision++;
    keyspace.changes.push(changes);
    for (const each of changes) countChange(keyspace.space, each);
  }
  return { type: "store.txn.ok", revision: keyspace.revision, succeeded, results };
}

/** Something that is done to a key, or asked about it: no transaction in a transaction. */
export type PlainOperation = Exclude<Operation, NestedTxn>;

/**
 * What is going to be done, in order. Whether compares hold, of all transactions in it, is told by what was there before
 * it, as in etcd; `taken` is added that.
 */
function planned(keyspace: Keyspace, { compare, success, failure }: Txn, taken: boolean[]): readonly PlainOperation[] {
  const succeeded = compare.every((each) => holdsForAll(keyspace, each));
  taken.push(succeeded);
  const operations = succeeded ? success : failure;
  if (operations.every((each): each is PlainOperation => each.op !== "txn")) return operations;
  return operations.flatMap((each) => (each.op === "txn" ? planned(keyspace, each, taken) : each));
}

/** Why it cannot be done as a whole. */
function refusalOf(keyspace: Keyspace, operations: readonly PlainOperation[]): StoreError | undefined {
  for (const each of operations) {
    if (each.op === "range" && each.revision) {
      const answer = range(keyspace, { key: each.key, revision: each.revision });
      if (answer.type === "store.error") return answer;
    }
    if (each.op !== "put") continue;
    if (each.keep && !current(keyspace, each.key)) return refused("noKey", "etcdserver: key not found");
    if (each.lease !== undefined && !keyspace.leases.byId.has(each.lease)) return noLease();
  }
  return undefined;
}

/** The refusal of a lease that is not there, in etcd's words. */
export function noLease(): StoreError {
  return refused("noLease", "etcdserver: requested lease not found");
}

function refused(code: "noKey" | "noLease", message: string): StoreError {
  return { type: "store.error", code, message };
}

interface UnderWay {
  readonly changes: StoreEvent[];
  /** Whether the compares hold of the transactions that are still to come. */
  readonly taken: boolean[];
}

function carryOutAll(keyspace: Keyspace, { success, failure }: Txn, underWay: UnderWay) {
  const succeeded = underWay.taken.shift() === true;
  const results = (succeeded ? success : failure).map((each) => carryOut(keyspace, each, underWay));
  return { succeeded, results };
}

function carryOut(keyspace: Keyspace, operation: Operation, underWay: UnderWay): OperationResult {
  const { changes } = underWay;
  switch (operation.op) {
    case "put": {
      const previous = put(keyspace, operation, changes);
      return operation.previous && previous ? { op: "put", previous } : { op: "put" };
    }
    case "delete": {
      const deleted = found(keyspace, operation);
      for (const previous of deleted) {
        const modRevision = keyspace.revision + 1;
        const kv = { key: previous.key, value: "", createRevision: 0, modRevision, version: 0 };
        keyspace.keys.get(kv.key)?.push(kv);
        tie(keyspace.leases, kv, previous);
        changes.push({ type: "delete", kv, previous });
      }
      return { op: "delete", deleted };
    }
    case "range":
      return { op: "range", kvs: operation.revision ? foundAt(keyspace, operation) : found(keyspace, operation) };
    case "txn":
      return { op: "txn", ...carryOutAll(keyspace, operation, underWay) };
  }
}

/** What the key was before. */
function put(keyspace: Keyspace, operation: PutOperation, changes: StoreEvent[]): KeyValue | undefined {
  const { key, keep } = operation;
  const modRevision = keyspace.revision + 1;
  const versions = keyspace.keys.get(key);
  const newest = versions?.at(-1);
  const previous = newest && newest.version !== 0 ? newest : undefined;
  const createRevision = previous?.createRevision ?? modRevision;
  const value = keep === undefined || keep === "lease" ? operation.value : (previous?.value ?? "");
  const lease = keep === undefined || keep === "value" ? operation.lease : previous?.lease;
  const plain = { key, value, createRevision, modRevision, version: (previous?.version ?? 0) + 1 };
  const kv: KeyValue = lease === undefined ? plain : { ...plain, lease };
  if (versions) versions.push(kv);
  else keyspace.keys.set(key, [kv]);
  tie(keyspace.leases, kv, previous);
  changes.push(previous ? { type: "put", kv, previous } : { type: "put", kv });
  return previous;
}

function found(keyspace: Keyspace, where: { readonly key: string; readonly end?: string }): KeyValue[] {
  const kvs: KeyValue[] = [];
  eachCurrent(keyspace, where, (kv) => void kvs.push(kv));
  return kvs;
}

function foundAt(keyspace: Keyspace, where: Operation & { readonly op: "range" }): readonly KeyValue[] {
  const answer = range(keyspace, where);
  return answer.type === "store.range.ok" ? answer.kvs : [];
}

function holdsForAll(keyspace: Keyspace, compare: Compare): boolean {
  if (compare.end === undefined) return holds(compare, current(keyspace, compare.key));
  const kvs = found(keyspace, { key: compare.key, end: compare.end });
  return kvs.length === 0 ? holds(compare, undefined) : kvs.every((kv) => holds(compare, kv));
}

/** A key that is not there has revisions, a version and a lease of 0; its value equals nothing, as in etcd. */
function holds(compare: Compare, kv: KeyValue | undefined): boolean {
  if (compare.target === "value" && !kv) return false;
  const order = orderOf(compare, kv);
  switch (compare.result) {
    case "equal":
      return order === 0;
    case "notEqual":
      return order !== 0;
    case "greater":
      return order > 0;
    case "less":
      return order < 0;
  }
}

/** Below zero where what is there is less than what it is compared with. */
function orderOf({ target, value, result }: Compare, kv: KeyValue | undefined): number {
  switch (target) {
    case "mod":
      return (kv?.modRevision ?? 0) - Number(value);
    case "create":
      return (kv?.createRevision ?? 0) - Number(value);
    case "version":
      return (kv?.version ?? 0) - Number(value);
    case "lease": {
      const [one, other] = [BigInt(kv?.lease ?? 0), BigInt(value)];
      return one < other ? -1 : one > other ? 1 : 0;
    }
    case "value": {
      const isAsked = result === "equal" || result === "notEqual";
      const actual = kv?.value ?? "";
      if (isAsked) return actual === value ? 0 : 1;
      return compareAsBytes(actual, `${value}`);
    }
  }
}
