import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import type { ClusterRole } from "../../../api/kinds/cluster_role.ts";
import { allow, clusterRoleOf, named, writeEvents } from "./rule.ts";

const csr = "certificatesigningrequests";
const askReviews: readonly PolicyRule[] = [
  allow("create", "authentication.k8s.io", "tokenreviews"),
  allow("create", "authorization.k8s.io", "subjectaccessreviews"),
];

/**
 * What a kubelet may do of what is not its node's alone; the node authorizer says which objects of those that are. Also
 * the rules of the role `system:node`, which is bound to nobody.
 */
export const nodeRules: readonly PolicyRule[] = [
  allow("create", "authentication.k8s.io", "tokenreviews"),
  allow("create", "authorization.k8s.io", "subjectaccessreviews localsubjectaccessreviews"),
  allow("read", "core", "services"),
  allow("create get list watch", "core", "nodes"),
  allow("update patch", "core", "nodes/status"),
  allow("update patch", "core", "nodes"),
  allow("create update patch", "core", "events"),
  allow("read", "core", "pods"),
  allow("create delete", "core", "pods"),
  allow("update patch", "core", "pods/status"),
  allow("create", "core", "pods/eviction"),
  allow("read", "core", "secrets configmaps"),
  allow("get", "core", "persistentvolumeclaims persistentvolumes"),
  allow("get", "core", "endpoints"),
  allow("create get list watch", "certificates.k8s.io", csr),
  allow("get create update patch delete", "coordination.k8s.io", "leases"),
  allow("get", "storage.k8s.io", "volumeattachments"),
  allow("create", "core", "serviceaccounts/token"),
  allow("get update patch", "core", "persistentvolumeclaims/status"),
  allow("read", "storage.k8s.io", "csidrivers"),
  allow("get create update patch delete", "storage.k8s.io", "csinodes"),
  allow("read", "node.k8s.io", "runtimeclasses"),
  allow("get", "resource.k8s.io", "resourceclaims"),
  allow("deletecollection", "resource.k8s.io", "resourceslices"),
  allow("get", "core", "serviceaccounts"),
];

const approver = (name: string, signer: string) =>
  clusterRoleOf(`system:certificates.k8s.io:${name}-approver`, [
    named(`kubernetes.io/${signer}`, allow("approve", "certificates.k8s.io", "signers")),
  ]);

/**
 * What the components of a cluster are given, and what often comes beside them: the roles of the whole cluster that
 * Kubernetes 1.34 makes for them, with its features as they are by default.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#core-component-roles
 */
export const componentRoles: readonly ClusterRole[] = [
  clusterRoleOf("system:heapster", [
    allow("read", "core", "events pods nodes namespaces"),
    allow("read", "extensions", "deployments"),
  ]),
  clusterRoleOf("system:node", nodeRules),
  clusterRoleOf("system:node-problem-detector", [
    allow("get", "core", "nodes"),
    allow("patch", "core", "nodes/status"),
    writeEvents,
  ]),
  clusterRoleOf("system:kubelet-api-admin", [
    allow("read", "core", "nodes"),
    allow("proxy", "core", "nodes"),
    allow("*", "core", "nodes/proxy nodes/metrics nodes/stats nodes/log"),
    allow("*", "core", "nodes/configz nodes/healthz nodes/pods"),
  ]),
  clusterRoleOf("system:node-bootstrapper", [allow("create get list watch", "certificates.k8s.io", csr)]),
  clusterRoleOf("system:auth-delegator", askReviews),
  clusterRoleOf("system:kube-aggregator", [allow("read", "core", "services endpoints")]),
  clusterRoleOf("system:kube-controller-manager", [
    writeEvents,
    allow("create", "coordination.k8s.io", "leases"),
    named("kube-controller-manager", allow("get update", "coordination.k8s.io", "leases")),
    allow("create", "core", "secrets serviceaccounts"),
    allow("delete", "core", "secrets"),
    allow("get", "core", "namespaces secrets serviceaccounts configmaps"),
    allow("update", "core", "secrets serviceaccounts"),
    ...askReviews,
    allow("list watch", "*", "*"),
    allow("create", "core", "serviceaccounts/token"),
  ]),
  clusterRoleOf("system:kube-dns", [allow("list watch", "core", "endpoints services")]),
  clusterRoleOf("system:persistent-volume-provisioner", [
    allow("read create delete", "core", "persistentvolumes"),
    allow("read update", "core", "persistentvolumeclaims"),
    allow("read", "storage.k8s.io", "storageclasses"),
    allow("watch", "core", "events"),
    writeEvents,
  ]),
  clusterRoleOf("system:certificates.k8s.io:certificatesigningrequests:nodeclient", [
    allow("create", "certificates.k8s.io", `${csr}/nodeclient`),
  ]),
  clusterRoleOf("system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", [
    allow("create", "certificates.k8s.io", `${csr}/selfnodeclient`),
  ]),
  clusterRoleOf("system:volume-scheduler", [
    allow("read update patch", "core", "persistentvolumes"),
    allow("read", "storage.k8s.io", "storageclasses"),
    allow("read update patch", "core", "persistentvolumeclaims"),
  ]),
  approver("legacy-unknown", "legacy-unknown"),
  approver("kubelet-serving", "kubelet-serving"),
  approver("kube-apiserver-client", "kube-apiserver-client"),
  approver("kube-apiserver-client-kubelet", "kube-apiserver-client-kubelet"),
  clusterRoleOf("system:node-proxier", [
    allow("list watch", "core", "services endpoints"),
    allow("read", "core", "nodes"),
    writeEvents,
    allow("list watch", "networking.k8s.io", "servicecidrs"),
    allow("list watch", "discovery.k8s.io", "endpointslices"),
  ]),
  clusterRoleOf("system:kube-scheduler", [
    writeEvents,
    allow("create", "coordination.k8s.io", "leases"),
    named("kube-scheduler", allow("read update", "coordination.k8s.io", "leases")),
    allow("read", "core", "nodes"),
    allow("read delete", "core", "pods"),
    allow("create", "core", "pods/binding bindings"),
    allow("update patch", "core", "pods/status"),
    allow("read", "core", "services replicationcontrollers"),
    allow("read", "apps extensions", "replicasets"),
    allow("read", "apps", "statefulsets"),
    allow("read", "policy", "poddisruptionbudgets"),
    allow("read", "core", "persistentvolumeclaims persistentvolumes"),
    ...askReviews,
    allow("read", "storage.k8s.io", "csinodes"),
    allow("read", "storage.k8s.io", "volumeattachments"),
    allow("read", "core", "namespaces"),
    allow("read", "storage.k8s.io", "csidrivers"),
    allow("read", "storage.k8s.io", "csistoragecapacities"),
    allow("read", "resource.k8s.io", "deviceclasses"),
    allow("read update patch", "resource.k8s.io", "resourceclaims"),
    allow("read update patch", "resource.k8s.io", "resourceclaims/status"),
    allow("read update patch", "core", "pods/finalizers"),
    allow("read", "resource.k8s.io", "resourceslices"),
  ]),
];
