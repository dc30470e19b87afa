import { configMap } from "../../api/kinds/config_map.ts";
import { namespace } from "../../api/kinds/namespace.ts";
import { rehearsedAuthority } from "../../api/rehearsed_authority.ts";
import { type ConfigMap, type Frozen, jsonEqual, type Namespace } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";
import { nothingToDo } from "../plan.ts";

const name = "kube-root-ca.crt";
const annotations = {
  "kubernetes.io/description":
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
} as const;

type Data = NonNullable<ConfigMap["data"]>;

interface Desired {
  readonly namespace: string;
  readonly data: Data;
}

interface Difference extends Desired {
  /** The one that is there, but is not as it ought to be. */
  readonly wrong: Frozen<ConfigMap> | undefined;
}

/**
 * Gives each namespace the certificate by which its pods know the API server, and keeps it as it is.
 *
 * It watches Namespaces and the ConfigMaps of one name, which are its own; it follows Kubernetes'
 * `root-ca-certificate-publisher`.
 */
export const rootCaCertificatePublisher = defineLoop<
  Desired,
  Frozen<ConfigMap> | undefined,
  Difference | undefined,
  { readonly data: Data }
>({
  name: "root-ca-certificate-publisher",
  component: "root-ca-cert-publisher",
  watches: [
    watch<Namespace>({ kind: namespace, keys: ({ object }) => [object.metadata.name] }),
    watch<ConfigMap>({
      kind: configMap,
      fieldSelector: `metadata.name=${name}`,
      keys: ({ object }) => [object.metadata.namespace ?? ""],
    }),
  ],
  begin: ({ rootCa = rehearsedAuthority }) => ({ data: { "ca.crt": rootCa } }),

  obtain(key, listers, { memory }) {
    const found = listers.of(namespace).get(key);
    const isActive = found?.status.phase === "Active" && found.metadata.deletionTimestamp === undefined;
    return isActive ? { namespace: key, data: memory.data } : undefined;
  },

  observe: (desired, listers) => listers.of(configMap).get(`${desired.namespace}/${name}`),

  difference(desired, observed) {
    const isDescribed = Object.entries(annotations).every(
      ([key, value]) => observed?.metadata.annotations?.[key] === value,
    );
    return observed && isDescribed && jsonEqual(observed.data, desired.data)
      ? undefined
      : { ...desired, wrong: observed };
  },

  reconcile(difference) {
    if (!difference) return nothingToDo;
    const { wrong, data } = difference;
    const metadata = { name, namespace: difference.namespace, annotations };
    // Forbidden and NotFound: the namespace has begun to end in the meantime.
    const accept = ["AlreadyExists", "Forbidden", "NotFound"] as const;
    if (!wrong) {
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
      return { actions: [{ op: "create", kind: configMap, object, accept }] };
    }
    const kept = { ...wrong.metadata, annotations: { ...wrong.metadata.annotations, ...annotations } };
    return { actions: [{ op: "update", kind: configMap, object: { ...wrong, metadata: kept, data } }] };
  },
});
