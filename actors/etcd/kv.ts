import type { Compare, KeyValue, Operation, OperationResult, RangeRequest } from "../store/messages.ts";
import type { EtcdStatus } from "./messages.ts";
import type { Given, Received } from "./protocol/schema.ts";
import { refusal } from "./status.ts";

/** Operations of one transaction, of each of its two ways, and compares: etcd's default limit. */
const operationsMax = 128;

/** A range as the store has it: no end is that one key. */
export function rangeOf({ key, range_end: end }: { readonly key: string; readonly range_end: string }) {
  return end === "" ? { key } : { key, end };
}

/** A range as the store is asked for it; what the store does not do itself is done by `shape`. */
export function rangeRequest(asked: Received<"RangeRequest">): RangeRequest {
  const { revision, limit, serializable } = asked;
  return {
    ...{ type: "store.range", ...rangeOf(asked) },
    ...(revision > 0 ? { revision } : {}),
    ...(limit > 0 && !wantsAll(asked) ? { limit } : {}),
    ...(asked.count_only ? { countOnly: true } : {}),
    ...(serializable ? { serializable: true } : {}),
  };
}

const sortTargets = ["key", "version", "createRevision", "modRevision", "value"] as const;
const [ascending, descending] = [1, 2];

/** Whether all of a range must be seen to know which are the first. */
function wantsAll(asked: Received<"RangeRequest">): boolean {
  return isFiltered(asked) || (asked.sort_target !== 0 && asked.sort_target < 5) || asked.sort_order === descending;
}

function isFiltered(asked: Received<"RangeRequest">): boolean {
  return asked.min_mod_revision + asked.max_mod_revision + asked.min_create_revision + asked.max_create_revision !== 0;
}

/** What of a range is answered: filtered, sorted, cut to the limit, without values where only keys are wanted. */
export function shape(
  asked: Received<"RangeRequest">,
  found: { readonly kvs: readonly KeyValue[]; readonly more: boolean; readonly count: number },
): Given<"RangeResponse"> {
  const { limit, count_only: isCount, keys_only: isKeys } = asked;
  const { count } = found;
  if (isCount) return { count };
  let kvs = isFiltered(asked) ? found.kvs.filter((kv) => passes(asked, kv)) : found.kvs;
  kvs = sorted(asked, kvs);
  const isCut = limit > 0 && kvs.length > limit;
  if (isCut) kvs = kvs.slice(0, limit);
  return { kvs: kvs.map((kv) => keyValue(isKeys ? { ...kv, value: "" } : kv)), more: found.more || isCut, count };
}

function passes(asked: Received<"RangeRequest">, { modRevision, createRevision }: KeyValue): boolean {
  const { min_mod_revision: minMod, max_mod_revision: maxMod } = asked;
  const { min_create_revision: minCreate, max_create_revision: maxCreate } = asked;
  if (modRevision < minMod || createRevision < minCreate) return false;
  return (maxMod === 0 || modRevision <= maxMod) && (maxCreate === 0 || createRevision <= maxCreate);
}

/** They come in the order of their keys; by anything else they are sorted upwards unless it is said otherwise. */
function sorted(asked: Received<"RangeRequest">, kvs: readonly KeyValue[]): readonly KeyValue[] {
  const order = asked.sort_order;
  const target = sortTargets[asked.sort_target] ?? "key";
  if (target === "key" && (order === 0 || order === ascending)) return kvs;
  const sign = order === descending ? -1 : 1;
  return [...kvs].sort((a, b) => sign * (a[target] < b[target] ? -1 : a[target] > b[target] ? 1 : 0));
}

/** A key as etcd's clients see it. */
export function keyValue(kv: KeyValue): Given<"KeyValue"> {
  return {
    ...{ key: kv.key, create_revision: kv.createRevision, mod_revision: kv.modRevision, version: kv.version },
    ...{ value: kv.value, ...(kv.lease === undefined ? {} : { lease: kv.lease }) },
  };
}

/** Why a range, a put or a delete must not be; undefined when it may. */
export function refusalOfRange({ key }: { readonly key: string }): EtcdStatus | undefined {
  return key === "" ? refusal("invalidArgument", "key is not provided") : undefined;
}

/** The same of a put. */
export function refusalOfPut(asked: Received<"PutRequest">): EtcdStatus | undefined {
  if (asked.ignore_value && asked.value !== "") return refusal("invalidArgument", "value is provided");
  if (asked.ignore_lease && asked.lease !== "0") return refusal("invalidArgument", "lease is provided");
  return refusalOfRange(asked);
}

/** A put as the store does it. */
export function putOperation(asked: Received<"PutRequest">): Operation {
  const { key, value, lease, ignore_value: keepsValue, ignore_lease: keepsLease } = asked;
  const keep = keepsValue && keepsLease ? "both" : keepsValue ? "value" : keepsLease ? "lease" : undefined;
  return {
    ...{ op: "put", key, value },
    ...(lease === "0" ? {} : { lease }),
    ...(keep ? { keep } : {}),
    ...(asked.prev_kv ? { previous: true } : {}),
  };
}

type Txn = Received<"TxnRequest">;
type RequestOp = Received<"RequestOp">;

/** Why a transaction must not be; undefined when it may. */
export function refusalOfTxn(txn: Txn): EtcdStatus | undefined {
  const { compare, success, failure } = txn;
  if (Math.max(compare.length, success.length, failure.length) > operationsMax) {
    return refusal("invalidArgument", "too many operations in txn request");
  }
  for (const each of compare) {
    const why = refusalOfRange(each);
    if (why) return why;
  }
  for (const operations of [success, failure]) {
    const why = refusalOfOperations(operations);
    if (why) return why;
  }
  return undefined;
}

function refusalOfOperations(operations: readonly RequestOp[]): EtcdStatus | undefined {
  for (const each of operations) {
    const { request_range: range, request_put: put, request_delete_range: gone, request_txn: txn } = each;
    const why = put ? refusalOfPut(put) : txn ? refusalOfTxn(txn) : refusalOfRange(range ?? gone ?? { key: "" });
    if (why) return why;
  }
  return isDoubled(operations) ? refusal("invalidArgument", "duplicate key given in txn request") : undefined;
}

/** Whether a key is written twice, or written and deleted. */
function isDoubled(operations: readonly RequestOp[]): boolean {
  const puts = new Set<string>();
  const count = operations.flatMap((each) => putsOf(each));
  for (const key of count) puts.add(key);
  if (puts.size < count.length) return true;
  const gone = operations.flatMap(({ request_delete_range: each }) => (each ? [each] : []));
  return gone.some((range) => count.some((key) => isIn(key, range)));
}

/** Of a nested transaction only one way is taken: what is in both is written once. */
function putsOf({ request_put: put, request_txn: txn }: RequestOp): readonly string[] {
  if (put) return [put.key];
  if (!txn) return [];
  return [...new Set([...txn.success, ...txn.failure].flatMap((each) => putsOf(each)))];
}

function isIn(key: string, { key: first, range_end: end }: { readonly key: string; readonly range_end: string }) {
  if (end === "") return key === first;
  return key >= first && (end === "\0" || key < end);
}

/** A transaction as the store does it. */
export function txnOf({ compare, success, failure }: Txn) {
  return {
    compare: compare.map(compareOf),
    success: success.map((each) => operationOf(each)),
    failure: failure.map((each) => operationOf(each)),
  };
}

const results = ["equal", "greater", "less", "notEqual"] as const;

function compareOf(asked: Received<"Compare">): Compare {
  const result = results[asked.result] ?? "equal";
  const range = rangeOf(asked);
  switch (asked.target) {
    case 1:
      return { ...range, result, target: "create", value: asked.create_revision };
    case 2:
      return { ...range, result, target: "mod", value: asked.mod_revision };
    case 3:
      return { ...range, result, target: "value", value: asked.value };
    case 4:
      return { ...range, result, target: "lease", value: asked.lease };
    default:
      return { ...range, result, target: "version", value: asked.version };
  }
}

function operationOf(asked: RequestOp): Operation {
  const { request_range: range, request_put: put, request_delete_range: gone, request_txn: txn } = asked;
  if (put) return putOperation(put);
  if (txn) return { op: "txn", ...txnOf(txn) };
  if (range) return { op: "range", ...rangeOf(range), ...(range.revision > 0 ? { revision: range.revision } : {}) };
  return { op: "delete", ...rangeOf(gone ?? { key: "", range_end: "" }) };
}

/** What came of a transaction. */
export function txnResponse(
  txn: Txn,
  done: { readonly succeeded: boolean; readonly results: readonly OperationResult[] },
  header: Given<"ResponseHeader">,
): Given<"TxnResponse"> {
  const { succeeded } = done;
  const operations = succeeded ? txn.success : txn.failure;
  const short = { revision: header.revision ?? 0 };
  const responses = operations.map((each, i) => responseOf(each, done.results[i], short));
  return { header, succeeded, responses };
}

function responseOf(
  asked: RequestOp,
  result: OperationResult | undefined,
  header: Given<"ResponseHeader">,
): Given<"ResponseOp"> {
  const { request_range: range, request_delete_range: gone, request_txn: txn } = asked;
  switch (result?.op) {
    case "put":
      return { response_put: { header, ...(result.previous ? { prev_kv: keyValue(result.previous) } : {}) } };
    case "delete":
      return { response_delete_range: { header, ...deleted(result.deleted, gone?.prev_kv === true) } };
    case "txn":
      return txn ? { response_txn: txnResponse(txn, result, header) } : {};
    case "range": {
      const found = { kvs: result.kvs, more: false, count: result.kvs.length };
      return range ? { response_range: { header, ...shape(range, found) } } : {};
    }
    default:
      return {};
  }
}

/** What was deleted, with what it was where that is asked. */
export function deleted(kvs: readonly KeyValue[], withPrevious: boolean): Given<"DeleteRangeResponse"> {
  return { deleted: kvs.length, ...(withPrevious ? { prev_kvs: kvs.map(keyValue) } : {}) };
}
