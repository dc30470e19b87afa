import type { Step } from "../../runtime/mod.ts";
import type { Operation, TxnAnswer } from "../store/messages.ts";
import { answer, askFor, endCall, header } from "./front.ts";
import type { At, Call, Serve } from "./front_data.ts";
import {
  deleted,
  keyValue,
  putOperation,
  rangeOf,
  rangeRequest,
  refusalOfPut,
  refusalOfRange,
  refusalOfTxn,
  shape,
  txnOf,
  txnResponse,
} from "./kv.ts";

/** Reads keys. */
export const serveRange: Serve<"RangeRequest"> = (data, { call, message }, step) => {
  const status = refusalOfRange(message);
  if (status) return endCall(data, call, { step, status });
  askFor({ data, step }, { call, request: rangeRequest(message), expect: "store.range.ok" }, (found, later) => {
    answer({ data, step: later }, call, { header: header(data, found.revision), ...shape(message, found) });
  });
};

/** Writes a key. */
export const servePut: Serve<"PutRequest"> = (data, { call, message }, step) => {
  const status = refusalOfPut(message);
  if (status) return endCall(data, call, { step, status });
  doOne({ data, step }, { call, operation: putOperation(message) }, ({ revision, results: [result] }, later) => {
    const previous = result?.op === "put" && result.previous ? { prev_kv: keyValue(result.previous) } : {};
    answer({ data, step: later }, call, { header: header(data, revision), ...previous });
  });
};

/** Deletes keys. */
export const serveDeleteRange: Serve<"DeleteRangeRequest"> = (data, { call, message }, step) => {
  const status = refusalOfRange(message);
  if (status) return endCall(data, call, { step, status });
  const operation = { op: "delete", ...rangeOf(message) } as const;
  doOne({ data, step }, { call, operation }, ({ revision, results: [result] }, later) => {
    const gone = result?.op === "delete" ? deleted(result.deleted, message.prev_kv) : {};
    answer({ data, step: later }, call, { header: header(data, revision), ...gone });
  });
};

/** Carries out a transaction. */
export const serveTxn: Serve<"TxnRequest"> = (data, { call, message }, step) => {
  const status = refusalOfTxn(message);
  if (status) return endCall(data, call, { step, status });
  const request = { type: "store.txn", ...txnOf(message) } as const;
  askFor({ data, step }, { call, request, expect: "store.txn.ok" }, (done, later) => {
    answer({ data, step: later }, call, txnResponse(message, done, header(data, done.revision)));
  });
};

/** Forgets history. */
export const serveCompact: Serve<"CompactionRequest"> = (data, { call, message }, step) => {
  const request = { type: "store.compact", revision: message.revision } as const;
  askFor({ data, step }, { call, request, expect: "store.compact.ok" }, ({ revision }, later) => {
    answer({ data, step: later }, call, { header: header(data, revision) });
  });
};

function doOne(
  { data, step }: At,
  { call, operation }: { readonly call: Call; readonly operation: Operation },
  done: (answer: TxnAnswer, step: Step) => void,
) {
  const request = { type: "store.txn", compare: [], success: [operation], failure: [] } as const;
  askFor({ data, step }, { call, request, expect: "store.txn.ok" }, done);
}
