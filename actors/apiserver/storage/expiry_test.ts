import { assert, test } from "../../../properties/house/test.ts";
import { createStep } from "../../../runtime/core/step.ts";
import { eventRules as event } from "../../api/kinds/event.ts";
import { createStoreClient } from "../../client/store_client.ts";
import { createAsks } from "../../kit/asks.ts";
import { createResourceCache, resetCache } from "../cache/resource_cache.ts";
import { createWindowBudget } from "../cache/window.ts";
import { type Ages, type ExpiryLimits, expireObjects } from "./expiry.ts";

/** A cache of ten Events of a thousand characters, and the keys that are deleted at a time. */
function stage(limits: ExpiryLimits) {
  const control = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });
  control.next(0, 0);
  const cache = createResourceCache(event, createWindowBudget(1_000_000));
  const items = Array.from({ length: 10 }, (_, i) => ({
    key: `${cache.prefix}default/e${i}`,
    revision: i + 1,
    text: "x".repeat(1_000),
    object: undefined,
  }));
  resetCache(cache, items, 10);
  const ages: Ages = new Map();
  return (uptimeMs: number) => {
    control.next(uptimeMs, uptimeMs);
    const store = createStoreClient(["store/0"], createAsks(), control.step);
    expireObjects(store, control.step, { caches: [cache], ages, limits });
    return [...store.pending.values()].map(({ request }) => ("compare" in request ? request.compare[0]?.key : ""));
  };
}

test("expireObjects() deletes the oldest where all take more than they may", () => {
  const removed = stage({ bytesMax: 7_500 });
  assert.deepEqual(
    removed(1).map((key) => key?.slice(-2)),
    ["e0", "e1", "e2"],
  );
});

test("expireObjects() deletes what is older than it is to be kept", () => {
  const removed = stage({ ttlSeconds: 60 });
  assert.deepEqual([removed(0).length, removed(59_999).length, removed(60_000).length], [0, 0, 10]);
});

test("expireObjects() keeps Events for an hour when nothing else is said", () => {
  const removed = stage({});
  assert.deepEqual([removed(0).length, removed(3_599_999).length, removed(3_600_000).length], [0, 0, 10]);
});
