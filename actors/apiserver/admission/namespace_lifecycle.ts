import { forbiddenStatus, notFound, type Status } from "../../api/status.ts";
import type { Frozen, Namespace } from "../../api/types.ts";
import { askStore } from "../../client/store_client.ts";
import { type Call, groupResource } from "../requests/call.ts";
import { storeStatus } from "../storage/guaranteed_update.ts";
import { type Item, itemOf, objectOf } from "../storage/item.ts";
import type { AdmissionPlugin, Gate } from "./_plugin.ts";

const immortal: ReadonlySet<string> = new Set(["default", "kube-system", "kube-public"]);
const prefix = "/registry/namespaces";

/** Objects are only created in namespaces that are there and are not about to end; some namespaces never end. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: "NamespaceLifecycle",
  place: 3,
  handles: [
    { operations: ["CREATE"], resources: ["*"] },
    { operations: ["DELETE"], resources: ["namespaces"] },
  ],
  admit(admitting, verdict, step) {
    if (admitting.operation === "DELETE") verdict(deletionRefusal(admitting.old?.metadata.name ?? ""), step);
    else admitCreate(admitting, verdict, step);
  },
};

const admitCreate: Gate = ({ server, call, draft }, verdict, step) => {
  const { namespace } = call;
  if (!call.kind.namespaced) return verdict(undefined, step);
  const name = draft?.metadata.name ?? "";
  const key = `${prefix}/${namespace}`;
  const cached = server.caches.get(prefix)?.items.get(key);
  if (cached) return verdict(creationRefusal(call, name, cached), step);
  // The cache may not have seen a namespace that was made a moment ago.
  askStore(server.store, step, { type: "store.range", key }, (answer, later) => {
    if (answer.type === "store.error") return verdict(storeStatus(answer), later);
    const [kv] = answer.type === "store.range.ok" ? answer.kvs : [];
    verdict(creationRefusal(call, name, kv && itemOf(kv)), later);
  });
};

/** Without some of its namespaces no cluster works. */
function deletionRefusal(name: string): Status | undefined {
  if (!immortal.has(name)) return undefined;
  return forbiddenStatus({ group: "", resource: "namespaces" }, name, "this namespace may not be deleted");
}

function creationRefusal(call: Call, name: string, item: Item | undefined): Status | undefined {
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
