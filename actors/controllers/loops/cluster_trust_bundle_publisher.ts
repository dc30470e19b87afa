import { type ClusterTrustBundle, clusterTrustBundle } from "../../api/kinds/cluster_trust_bundle.ts";
import { rehearsedAuthority } from "../../api/rehearsed_authority.ts";
import type { Frozen } from "../../api/types.ts";
import { sha256 } from "../../kit/sha256.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo } from "../plan.ts";

const signerName = "kubernetes.io/kube-apiserver-serving";
const key = "bundle";
const hashBytes = 12;

type Bundle = Frozen<ClusterTrustBundle>;

interface Desired {
  readonly name: string;
  readonly trustBundle: string;
}

interface Difference extends Desired {
  /** The one of that name, where there is one. */
  readonly there: Bundle | undefined;
  /** Those that told of authorities of before. */
  readonly outdated: readonly Bundle[];
}

/**
 * Keeps one bundle of the authority by which pods know the API server, named by what is in it, and takes away others of
 * the same signer. Only where there are bundles of trust.
 *
 * It watches the bundles of that signer, which are its own; it follows Kubernetes'
 * `kube-apiserver-serving-clustertrustbundle-publisher-controller`.
 */
export const clusterTrustBundlePublisher = defineLoop<Desired, readonly Bundle[], Difference, Desired>({
  name: "kube-apiserver-serving-clustertrustbundle-publisher",
  component: "kube-apiserver-serving-clustertrustbundle-publisher",
  gate: "ClusterTrustBundle",
  keys: [key],
  watches: [
    watch<ClusterTrustBundle>({
      kind: clusterTrustBundle,
      fieldSelector: `spec.signerName=${signerName}`,
      keys: () => [key],
    }),
  ],
  begin({ rootCa = rehearsedAuthority }) {
    const hash = sha256(new TextEncoder().encode(rootCa)).subarray(0, hashBytes);
    const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { name: `${signerName.replaceAll("/", ":")}:${hex}`, trustBundle: rootCa };
  },

  obtain: (_key, _listers, { memory }) => memory,

  observe: (_desired, listers) => [...listers.of<ClusterTrustBundle>(clusterTrustBundle).values()],

  difference: (desired, observed) => ({
    ...desired,
    there: observed.find(({ metadata }) => metadata.name === desired.name),
    outdated: observed.filter(({ metadata }) => metadata.name !== desired.name),
  }),

  reconcile({ name, trustBundle, there, outdated }) {
    const actions: Action[] = [];
    const kind = clusterTrustBundle;
    const apiVersion = "certificates.k8s.io/v1beta1";
    if (!there) {
      const spec = { signerName, trustBundle };
      const object: ClusterTrustBundle = { apiVersion, kind: kind.kind, metadata: { name }, spec };
      actions.push({ op: "create", kind, object, accept: ["AlreadyExists"] });
    } else if (there.spec.trustBundle !== trustBundle) {
      const object: Bundle = { ...there, spec: { ...there.spec, trustBundle } };
      actions.push({ op: "update", kind, object });
    }
    for (const { metadata } of outdated)
      actions.push({ op: "delete", kind, name: metadata.name, accept: ["NotFound"] });
    return actions.length === 0 ? nothingToDo : { actions };
  },
});
