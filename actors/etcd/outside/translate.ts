import type {
  Compare,
  KeyValue,
  Operation,
  OperationResult,
  RangeRequest,
  StoreError,
  StoreEvent,
} from "../../store/messages.ts";
import type { Given, Received } from "../protocol/schema.ts";

/** A key and, of a range, where it ends, as etcd has it. */
function keys({ key, end }: { readonly key: string; readonly end?: string }) {
  return { key, ...(end === undefined ? {} : { range_end: end }) };
}

/** A range as etcd is asked for it. */
export function askedRange({
  revision,
  limit,
  countOnly,
  serializable,
  ...range
}: RangeRequest): Given<"RangeRequest"> {
  return {
    ...keys(range),
    ...(revision === undefined ? {} : { revision }),
    ...(limit === undefined ? {} : { limit }),
    ...(countOnly ? { count_only: true } : {}),
    ...(serializable ? { serializable: true } : {}),
  };
}

interface Txn {
  readonly compare: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

/** A transaction as etcd is asked for it. */
export function askedTxn({ compare, success, failure }: Txn): Given<"TxnRequest"> {
  return {
    compare: compare.map(askedCompare),
    success: success.map(askedOperation),
    failure: failure.map(askedOperation),
  };
}

const results = { equal: 0, greater: 1, less: 2, notEqual: 3 } as const;

function askedCompare({ target, result, value, ...range }: Compare): Given<"Compare"> {
  const asked = { ...keys(range), result: results[result] };
  switch (target) {
    case "create":
      return { ...asked, target: 1, create_revision: Number(value) };
    case "mod":
      return { ...asked, target: 2, mod_revision: Number(value) };
    case "value":
      return { ...asked, target: 3, value: String(value) };
    case "lease":
      return { ...asked, target: 4, lease: String(value) };
    case "version":
      return { ...asked, target: 0, version: Number(value) };
  }
}

function askedOperation(operation: Operation): Given<"RequestOp"> {
  switch (operation.op) {
    case "put": {
      const { key, value, lease, keep, previous } = operation;
      const kept = {
        ...(keep === "value" || keep === "both" ? { ignore_value: true } : { value }),
        ...(keep === "lease" || keep === "both" ? { ignore_lease: true } : lease === undefined ? {} : { lease }),
      };
      return { request_put: { key, ...kept, ...(previous ? { prev_kv: true } : {}) } };
    }
    case "delete":
      return { request_delete_range: { ...keys(operation), prev_kv: true } };
    case "range": {
      const { revision } = operation;
      return { request_range: { ...keys(operation), ...(revision === undefined ? {} : { revision }) } };
    }
    case "txn":
      return { request_txn: askedTxn(operation) };
  }
}

/** What came of the operations of a transaction. */
export function foundResults(responses: Received<"TxnResponse">["responses"]): readonly OperationResult[] {
  return responses.map(
    ({ response_put: put, response_delete_range: gone, response_range: range, response_txn: txn }) => {
      if (put) return { op: "put", ...(put.prev_kv ? { previous: foundKeyValue(put.prev_kv) } : {}) };
      if (gone) return { op: "delete", deleted: gone.prev_kvs.map(foundKeyValue) };
      if (range) return { op: "range", kvs: range.kvs.map(foundKeyValue) };
      return { op: "txn", succeeded: txn?.succeeded === true, results: foundResults(txn?.responses ?? []) };
    },
  );
}

/** A key as the store tells it. */
export function foundKeyValue(found: Received<"KeyValue">): KeyValue {
  const { key, value, create_revision: createRevision, mod_revision: modRevision, version, lease } = found;
  return { key, value, createRevision, modRevision, version, ...(lease === "0" ? {} : { lease }) };
}

/** An event as the store tells it. */
export function foundEvent({ type, kv, prev_kv: before }: Received<"Event">): StoreEvent {
  const found = foundKeyValue(kv ?? nothing);
  return {
    type: type === 1 ? "delete" : "put",
    kv: found,
    ...(before ? { previous: foundKeyValue(before) } : {}),
  };
}

const nothing: Received<"KeyValue"> = {
  ...{ key: "", value: "", create_revision: 0, mod_revision: 0, version: 0, lease: "0" },
};

const [deadlineExceeded, unavailable] = [4, 14];

/** What etcd refuses, in the store's words; what became of a write that got no answer nobody knows. */
export function foundError(
  { code, details }: { readonly code: number; readonly details: string },
  isWrite: boolean,
): StoreError {
  const message = `Cannot ask etcd: ${details}`;
  return { type: "store.error", code: codeOf({ code, details, isWrite }), message };
}

interface Refused {
  readonly code: number;
  readonly details: string;
  readonly isWrite: boolean;
}

const words: readonly (readonly [RegExp, StoreError["code"]])[] = [
  [/has been compacted/, "compacted"],
  [/future revision/, "future"],
  [/request is too large|message larger than max/, "tooLarge"],
  [/database space exceeded/, "noSpace"],
  [/lease not found/, "noLease"],
  [/lease already exists/, "leaseExists"],
  [/key not found/, "noKey"],
  [/no leader|ECONNREFUSED|No connection established|not ready/, "unavailable"],
];

function codeOf({ code, details, isWrite }: Refused): StoreError["code"] {
  const known = words.find(([pattern]) => pattern.test(details));
  if (known) return known[1];
  if (code === deadlineExceeded || code === unavailable) return isWrite ? "timeout" : "unavailable";
  return "refused";
}
