import { assert, test } from "../../../properties/house/test.ts";
import { createStep } from "../../../runtime/core/step.ts";
import type { Step } from "../../../runtime/mod.ts";
import { createStoreClient } from "../../client/store_client.ts";
import { createAsks } from "../../kit/asks.ts";
import type { KeyValue, StoreAnswer, StoreRequest } from "../../store/messages.ts";
import { guaranteedUpdate, storeStatus, type UpdateOutcome } from "./guaranteed_update.ts";
import { itemOf } from "./item.ts";

test("storeStatus() hands on what a store without space says, as a real server does: 500, and no reason", () => {
  const message = "etcdserver: mvcc: database space exceeded";
  const { code, reason, ...rest } = storeStatus({ type: "store.error", code: "noSpace", message });
  assert.deepEqual([code, rest.message, reason], [500, message, undefined]);
});

const key = "/registry/configmaps/default/a";
const kept: KeyValue = { key, value: "{}", createRevision: 5, modRevision: 5, version: 1 };

/** Puts one object, and answers each of its questions in turn; undefined: the answer is lost. */
function put(before: KeyValue | undefined, answers: readonly (StoreAnswer | undefined)[]) {
  const control = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 0 });
  const { step } = control;
  const asks = createAsks<Step>();
  const store = createStoreClient(["store/0"], asks, step);
  const asked: StoreRequest["type"][] = [];
  let came: UpdateOutcome | undefined;
  guaranteedUpdate(store, step, {
    ...{ key, resource: { group: "", resource: "configmaps" }, name: "a", dryRun: false, sameIsDone: true },
    ...{ cached: before && itemOf(before), absent: before === undefined },
    decide: (_current, decided, now) => decided({ do: "put", text: '{"data":{}}' }, now),
    done: (outcome) => {
      came = outcome;
    },
  });
  for (const answer of answers) {
    for (const effect of control.takeEffects()) {
      if (effect.kind !== "ask") continue;
      asked.push((effect.body as StoreRequest).type);
      if (answer) asks.replied({ ask: effect.id, body: answer }, step);
      else asks.failed({ ask: effect.id, reason: "timeout" }, step);
    }
  }
  return { asked, came };
}

const shown = (...kvs: readonly KeyValue[]): StoreAnswer => {
  return { type: "store.range.ok", revision: 9, kvs, more: false, count: kvs.length };
};
const written: StoreAnswer = { type: "store.txn.ok", revision: 10, succeeded: true, results: [] };

test("guaranteedUpdate() does not make again what may have been made and deleted when its answer was lost", () => {
  const { asked, came } = put(undefined, [undefined, shown(), written]);
  assert.deepEqual(asked, ["store.txn", "store.range"]);
  assert.equal(came?.ok === false && came.failure.code, 504);
});

test("guaranteedUpdate() writes again what is as it was when the answer was lost", () => {
  const { asked, came } = put(kept, [undefined, shown(kept), written]);
  assert.deepEqual(asked, ["store.txn", "store.range", "store.txn"]);
  assert.equal(came?.ok && came.value.item.revision, 10);
});
