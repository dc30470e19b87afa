import { namespace } from "../../api/kinds/namespace.ts";
import { serviceAccount as serviceAccountKind } from "../../api/kinds/service_account.ts";
import type { Frozen, Namespace, ServiceAccount } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";
import { nothingToDo } from "../plan.ts";

const name = "default";

/** Gives each namespace its `default` ServiceAccount, again if somebody deletes it. */
export const serviceAccount = defineLoop<Frozen<Namespace>, boolean, Frozen<Namespace> | undefined>({
  name: "service-account",
  component: "service-account-controller",
  watches: [
    watch<Namespace>({ kind: namespace, keys: ({ object }) => [object.metadata.name] }),
    watch<ServiceAccount>({
      kind: serviceAccountKind,
      fieldSelector: `metadata.name=${name}`,
      keys: ({ type, object }) => (type === "deleted" ? [object.metadata.namespace ?? ""] : []),
    }),
  ],

  obtain(key, listers) {
    const found = listers.of(namespace).get(key);
    return found?.status.phase === "Active" && found.metadata.deletionTimestamp === undefined ? found : undefined;
  },

  observe: ({ metadata }, listers) => listers.of(serviceAccountKind).has(`${metadata.name}/${name}`),

  difference: (desired, isThere) => (isThere ? undefined : desired),

  reconcile(missing) {
    if (!missing) return nothingToDo;
    const metadata = { name, namespace: missing.metadata.name };
    const object = { apiVersion: "v1", kind: "ServiceAccount", metadata };
    // Forbidden and NotFound: the namespace has begun to end in the meantime.
    const accept = ["AlreadyExists", "Forbidden", "NotFound"] as const;
    return { actions: [{ op: "create", kind: serviceAccountKind, object, accept }] };
  },
});
