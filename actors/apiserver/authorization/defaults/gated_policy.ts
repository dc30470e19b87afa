import type { FeatureGates } from "../../../api/feature_gates.ts";
import { controllerObjects } from "./controller_roles.ts";
import { defaultPolicy } from "./default_policy.ts";
import { allow, clusterBindingOf, clusterRoleOf, type DefaultObject, named, writeEvents } from "./rule.ts";

const discovery = "system:cluster-trust-bundle-discovery";
/** What every kubelet may do, where there are bundles of trust. */
export const readBundles = allow("read", "certificates.k8s.io", "clustertrustbundles");

/** What comes to it where there are bundles of trust: every account reads them, and one loop makes that of API servers. */
const [ofPublisher, boundPublisher] = controllerObjects("kube-apiserver-serving-clustertrustbundle-publisher", [
  named("kubernetes.io/kube-apiserver-serving", allow("attest", "certificates.k8s.io", "signers")),
  allow("create update delete list watch", "certificates.k8s.io", "clustertrustbundles"),
  writeEvents,
]);
const withBundles: readonly DefaultObject[] = [
  clusterBindingOf(discovery, ["group:system:serviceaccounts"]),
  boundPublisher,
  ...defaultPolicy.map((object) =>
    isOfNodes(object) ? { ...object, rules: [...(object.rules ?? []), readBundles] } : object,
  ),
  clusterRoleOf(discovery, [readBundles]),
  ofPublisher,
];

function isOfNodes(object: DefaultObject): object is Extract<DefaultObject, { rules?: unknown }> {
  return object.kind === "ClusterRole" && object.metadata.name === "system:node";
}

/** All roles and bindings that a cluster has from the start in which these features are on. */
export function policyWith(gates: FeatureGates): readonly DefaultObject[] {
  return gates.includes("ClusterTrustBundle") ? withBundles : defaultPolicy;
}
