import type { Step } from "../../../runtime/mod.ts";
import { storageKey } from "../../api/kind.ts";
import { parseResourceVersion } from "../../api/resource_version.ts";
import { badRequest, notFound, type Status, tooLargeResourceVersion } from "../../api/status.ts";
import { waitForRevision } from "../cache/feed.ts";
import { cacheOf, type Server } from "../server.ts";
import { storeStatus } from "../storage/guaranteed_update.ts";
import { type Item, itemOf } from "../storage/item.ts";
import { askStore } from "../storage/store_client.ts";
import { type Call, groupResource, respondItem, respondStatus } from "./call.ts";

/** The seconds that a client is asked to wait before it asks for a version that was not there in time. */
export const tooLargeRetrySeconds = 1;

/** Answers with one object. */
export function get(server: Server, call: Call, step: Step) {
  findItem(server, call, step, (found, later) => {
    if ("text" in found) respondItem(call, later, { item: found });
    else respondStatus(call, later, found);
  });
}

/** Finds the object that a request names, as new as the request's `resourceVersion` asks for. */
export function findItem(server: Server, call: Call, step: Step, done: (found: Item | Status, step: Step) => void) {
  const { kind, namespace, name, query } = call;
  const key = storageKey(kind, { namespace, name });
  const asked = query.resourceVersion ?? "";
  const missing = () => notFound(groupResource(call), name);
  if (asked === "") {
    return askStore(server.store, step, { type: "store.range", key }, (answer, later) => {
      if (answer.type === "store.error") return done(storeStatus(answer), later);
      const [kv] = answer.type === "store.range.ok" ? answer.kvs : [];
      done(kv ? itemOf(kv) : missing(), later);
    });
  }
  const revision = parseResourceVersion(asked);
  if (typeof revision !== "number") return done(badRequest(`invalid resource version "${asked}"`), step);
  waitForRevision(server.feed, step, {
    revision,
    certain: false,
    done: (reached, later) => {
      const current = server.feed.revision;
      if (!reached) return done(tooLargeResourceVersion(revision, current, tooLargeRetrySeconds), later);
      done(cacheOf(server, kind).items.get(key) ?? missing(), later);
    },
  });
}
