import { forbiddenStatus, notFound, type Status } from "../../api/status.ts";
import type { Frozen, Namespace } from "../../api/types.ts";
import { type Call, groupResource } from "../requests/call.ts";
import { storeStatus } from "../storage/guaranteed_update.ts";
import { type Item, itemOf, objectOf } from "../storage/item.ts";
import { askStore } from "../storage/store_client.ts";
import type { Admission } from "./chain.ts";

const immortal: ReadonlySet<string> = new Set(["default", "kube-system", "kube-public"]);
const prefix = "/registry/namespaces";

/** Objects are only created in namespaces that are there and are not about to end. */
export const namespaceLifecycle: Admission = {
  name: "NamespaceLifecycle",
  admit(server, call, step, { draft, done }) {
    const { namespace } = call;
    if (!call.kind.namespaced) return done(undefined, step);
    const key = `${prefix}/${namespace}`;
    const cached = server.caches.get(prefix)?.items.get(key);
    if (cached) return done(refusal(call, draft.metadata.name, cached), step);
    // The cache may not have seen a namespace that was made a moment ago.
    askStore(server.store, step, { type: "store.range", key }, (answer, later) => {
      if (answer.type === "store.error") return done(storeStatus(answer), later);
      const [kv] = answer.type === "store.range.ok" ? answer.kvs : [];
      done(refusal(call, draft.metadata.name, kv && itemOf(kv)), later);
    });
  },
};

/** Why an object may not be deleted at all: without some of its namespaces no cluster works. */
export function deletionRefusal(call: Call): Status | undefined {
  if (call.kind.kind !== "Namespace" || !immortal.has(call.name)) return undefined;
  return forbiddenStatus(groupResource(call), call.name, "this namespace may not be deleted");
}

function refusal(call: Call, name: string, item: Item | undefined): Status | undefined {
  const { namespace } = call;
  if (!item) return notFound({ group: "", resource: "namespaces" }, namespace);
  const found = objectOf(item) as Frozen<Namespace>;
  if (!found.metadata.deletionTimestamp && found.status.phase !== "Terminating") return undefined;
  const text = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const status = forbiddenStatus(groupResource(call), name, text);
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  };
  return { ...status, details: { ...status.details, causes: [cause] } };
}
