import type { Step } from "../../../runtime/mod.ts";
import { storageKey } from "../../api/kind.ts";
import { parseResourceVersion } from "../../api/resource_version.ts";
import { badRequest, notFound, type Status, tooLargeResourceVersion } from "../../api/status.ts";
import { askStore } from "../../client/store_client.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { waitForRevision } from "../cache/feed.ts";
import { cacheOf, type Server } from "../server.ts";
import { storeStatus } from "../storage/guaranteed_update.ts";
import { type Item, itemOf } from "../storage/item.ts";
import { type Call, groupResource, respondItem, respondStatus, whenShown } from "./call.ts";

/** The seconds that a client is asked to wait before it asks for a version that was not there in time. */
export const tooLargeRetrySeconds = 1;

/** Answers with one object. */
export function get(server: Server, call: Call, step: Step) {
  findItem(server, call, step, (found, later) => {
    if (found.ok) respondItem(call, later, { item: found.value });
    else respondStatus(call, later, found.failure);
  });
}

/** What is told of what was looked for, in a later step. */
export type Found<Value> = (found: Result<Value, Status>, step: Step) => void;

/** Finds the object that a request names, as new as the request's `resourceVersion` asks for. */
export function findItem(server: Server, call: Call, step: Step, done: Found<Item>) {
  const { kind, namespace, name, query } = call;
  const key = storageKey(kind, { namespace, name });
  const asked = query.resourceVersion ?? "";
  const found = (item: Item, later: Step) =>
    whenShown(call, later, {
      item,
      refuse: (status, now) => done(failed(status), now),
      go: (now) => done(ok(item), now),
    });
  const missing = () => failed(notFound(groupResource(call), name));
  if (asked === "") {
    return askStore(server.store, step, { type: "store.range", key }, (answer, later) => {
      if (answer.type === "store.error") return done(failed(storeStatus(answer)), later);
      const [kv] = answer.type === "store.range.ok" ? answer.kvs : [];
      if (kv) found(itemOf(kv), later);
      else done(missing(), later);
    });
  }
  const parsed = parseResourceVersion(asked);
  if (!parsed.ok) return done(failed(badRequest(`invalid resource version "${asked}"`)), step);
  const revision = parsed.value;
  waitForRevision(server.feed, step, {
    revision,
    certain: false,
    done: (reached, later) => {
      const current = server.feed.revision;
      if (!reached) return done(failed(tooLargeResourceVersion(revision, current, tooLargeRetrySeconds)), later);
      const item = cacheOf(server, kind).items.get(key);
      if (item) found(item, later);
      else done(missing(), later);
    },
  });
}
