import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import type { ClusterRole } from "../../../api/kinds/cluster_role.ts";
import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { allow, clusterBindingOf, clusterRoleOf, named, writeEvents } from "./rule.ts";

/** What each controller's account may do, in Kubernetes 1.34, with its features as they are by default. */
const rulesByController: Readonly<Record<string, readonly PolicyRule[]>> = {
  "attachdetach-controller": [
    allow("list watch", "core", "persistentvolumes persistentvolumeclaims"),
    allow("read", "core", "nodes"),
    allow("patch update", "core", "nodes/status"),
    allow("list watch", "core", "pods"),
    writeEvents,
    allow("read create delete", "storage.k8s.io", "volumeattachments"),
    allow("read", "storage.k8s.io", "csidrivers"),
    allow("read", "storage.k8s.io", "csinodes"),
  ],
  "clusterrole-aggregation-controller": [
    allow("escalate read update patch", "rbac.authorization.k8s.io", "clusterroles"),
  ],
  "cronjob-controller": [
    allow("read update", "batch", "cronjobs"),
    allow("read create update delete patch", "batch", "jobs"),
    allow("update", "batch", "cronjobs/status"),
    allow("update", "batch", "cronjobs/finalizers"),
    allow("list watch delete", "core", "pods"),
    writeEvents,
  ],
  "daemon-set-controller": [
    allow("read", "extensions apps", "daemonsets"),
    allow("update", "extensions apps", "daemonsets/status"),
    allow("update", "extensions apps", "daemonsets/finalizers"),
    allow("list watch", "core", "nodes"),
    allow("list watch create delete patch", "core", "pods"),
    allow("create", "core", "pods/binding"),
    allow("read create delete update patch", "apps", "controllerrevisions"),
    writeEvents,
  ],
  "deployment-controller": [
    allow("read update", "extensions apps", "deployments"),
    allow("update", "extensions apps", "deployments/status"),
    allow("update", "extensions apps", "deployments/finalizers"),
    allow("read create update patch delete", "apps extensions", "replicasets"),
    allow("read update", "core", "pods"),
    writeEvents,
  ],
  "disruption-controller": [
    allow("read", "extensions apps", "deployments"),
    allow("read", "apps extensions", "replicasets"),
    allow("read", "core", "replicationcontrollers"),
    allow("read", "policy", "poddisruptionbudgets"),
    allow("read", "apps", "statefulsets"),
    allow("update", "policy", "poddisruptionbudgets/status"),
    allow("patch update", "core", "pods/status"),
    allow("get", "*", "*/scale"),
    writeEvents,
  ],
  "endpoint-controller": [
    allow("read", "core", "services pods"),
    allow("read create update delete", "core", "endpoints"),
    allow("create", "core", "endpoints/restricted"),
    writeEvents,
  ],
  "endpointslice-controller": [
    allow("read", "core", "services pods nodes"),
    allow("update", "core", "services/finalizers"),
    allow("read create update delete", "discovery.k8s.io", "endpointslices"),
    writeEvents,
  ],
  "endpointslicemirroring-controller": [
    allow("read", "core", "services endpoints"),
    allow("update", "core", "services/finalizers"),
    allow("update", "core", "endpoints/finalizers"),
    allow("read create update delete", "discovery.k8s.io", "endpointslices"),
    writeEvents,
  ],
  "expand-controller": [
    allow("read update patch", "core", "persistentvolumes"),
    allow("update patch", "core", "persistentvolumeclaims/status"),
    allow("read", "core", "persistentvolumeclaims"),
    writeEvents,
    allow("get", "core", "services"),
  ],
  "ephemeral-volume-controller": [
    allow("read", "core", "pods"),
    allow("update", "core", "pods/finalizers"),
    allow("read create", "core", "persistentvolumeclaims"),
    writeEvents,
  ],
  "resource-claim-controller": [
    allow("read", "core", "pods"),
    allow("update", "core", "pods/finalizers"),
    allow("read create delete", "resource.k8s.io", "resourceclaims"),
    allow("update patch", "resource.k8s.io", "resourceclaims resourceclaims/status"),
    allow("update patch", "core", "pods/status"),
    writeEvents,
  ],
  "generic-garbage-collector": [allow("read patch update delete", "*", "*"), writeEvents],
  "horizontal-pod-autoscaler": [
    allow("read", "autoscaling", "horizontalpodautoscalers"),
    allow("update", "autoscaling", "horizontalpodautoscalers/status"),
    allow("get update", "*", "*/scale"),
    allow("list watch", "core", "pods"),
    allow("list watch", "metrics.k8s.io", "pods"),
    allow("read", "custom.metrics.k8s.io", "*"),
    allow("read", "external.metrics.k8s.io", "*"),
    writeEvents,
  ],
  "job-controller": [
    allow("read update patch", "batch", "jobs"),
    allow("update", "batch", "jobs/status"),
    allow("update", "batch", "jobs/finalizers"),
    allow("list watch create delete patch", "core", "pods"),
    writeEvents,
  ],
  "namespace-controller": [
    allow("read delete", "core", "namespaces"),
    allow("update", "core", "namespaces/finalize namespaces/status"),
    allow("read delete deletecollection", "*", "*"),
  ],
  "node-controller": [
    allow("read update delete patch", "core", "nodes"),
    allow("patch update", "core", "nodes/status"),
    allow("patch update", "core", "pods/status"),
    allow("list watch get delete", "core", "pods"),
    writeEvents,
  ],
  "persistent-volume-binder": [
    allow("read update create delete", "core", "persistentvolumes"),
    allow("update", "core", "persistentvolumes/status"),
    allow("read update", "core", "persistentvolumeclaims"),
    allow("update", "core", "persistentvolumeclaims/status"),
    allow("read create delete", "core", "pods"),
    allow("read", "storage.k8s.io", "storageclasses"),
    allow("list watch", "core", "nodes"),
    writeEvents,
    allow("watch", "core", "events"),
    allow("get", "core", "services"),
  ],
  "pod-garbage-collector": [
    allow("list watch delete", "core", "pods"),
    allow("read", "core", "nodes"),
    allow("patch", "core", "pods/status"),
  ],
  "replicaset-controller": [
    allow("read update", "apps extensions", "replicasets"),
    allow("update", "apps extensions", "replicasets/status"),
    allow("update", "apps extensions", "replicasets/finalizers"),
    allow("list watch patch create delete", "core", "pods"),
    writeEvents,
  ],
  "replication-controller": [
    allow("read update", "core", "replicationcontrollers"),
    allow("update", "core", "replicationcontrollers/status"),
    allow("update", "core", "replicationcontrollers/finalizers"),
    allow("list watch patch create delete", "core", "pods"),
    writeEvents,
  ],
  "resourcequota-controller": [
    allow("list watch", "*", "*"),
    allow("update", "core", "resourcequotas/status"),
    writeEvents,
  ],
  "route-controller": [allow("list watch", "core", "nodes"), allow("patch", "core", "nodes/status"), writeEvents],
  "service-account-controller": [allow("create", "core", "serviceaccounts"), writeEvents],
  "service-controller": [
    allow("read", "core", "services"),
    allow("patch update", "core", "services/status"),
    allow("list watch", "core", "nodes"),
    writeEvents,
  ],
  "service-cidrs-controller": [
    allow("read patch update", "networking.k8s.io", "servicecidrs"),
    allow("patch update", "networking.k8s.io", "servicecidrs/finalizers"),
    allow("patch update", "networking.k8s.io", "servicecidrs/status"),
    allow("read", "networking.k8s.io", "ipaddresses"),
    writeEvents,
  ],
  "statefulset-controller": [
    allow("list watch", "core", "pods"),
    allow("read", "apps", "statefulsets"),
    allow("update", "apps", "statefulsets/status"),
    allow("update", "apps", "statefulsets/finalizers"),
    allow("get create delete update patch", "core", "pods"),
    allow("read create delete update patch", "apps", "controllerrevisions"),
    allow("read create", "core", "persistentvolumeclaims"),
    allow("update delete", "core", "persistentvolumeclaims"),
    allow("update", "core", "pods/finalizers"),
    writeEvents,
  ],
  "ttl-controller": [allow("update patch list watch", "core", "nodes"), writeEvents],
  "certificate-controller": [
    allow("read delete", "certificates.k8s.io", "certificatesigningrequests"),
    allow("update", "certificates.k8s.io", "certificatesigningrequests/status certificatesigningrequests/approval"),
    named("kubernetes.io/kube-apiserver-client-kubelet", allow("approve", "certificates.k8s.io", "signers")),
    named(
      "kubernetes.io/legacy-unknown kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving",
      allow("sign", "certificates.k8s.io", "signers"),
    ),
    allow("create", "authorization.k8s.io", "subjectaccessreviews"),
    writeEvents,
  ],
  "pvc-protection-controller": [
    allow("read update", "core", "persistentvolumeclaims"),
    allow("read", "core", "pods"),
    writeEvents,
  ],
  "pv-protection-controller": [allow("read update", "core", "persistentvolumes"), writeEvents],
  "volumeattributesclass-protection-controller": [
    allow("read", "core", "persistentvolumeclaims"),
    allow("read", "core", "persistentvolumes"),
    allow("read update", "storage.k8s.io", "volumeattributesclasses"),
    writeEvents,
  ],
  "ttl-after-finished-controller": [allow("read delete", "batch", "jobs"), writeEvents],
  "root-ca-cert-publisher": [allow("create update", "core", "configmaps"), writeEvents],
  "validatingadmissionpolicy-status-controller": [
    allow("read", "admissionregistration.k8s.io", "validatingadmissionpolicies"),
    allow("get patch update", "admissionregistration.k8s.io", "validatingadmissionpolicies/status"),
    writeEvents,
  ],
  "legacy-service-account-token-cleaner": [
    named("kube-apiserver-legacy-service-account-token-tracking", allow("get", "core", "configmaps")),
    allow("patch delete", "core", "secrets"),
  ],
  "selinux-warning-controller": [
    writeEvents,
    allow("read", "core", "persistentvolumes"),
    allow("read", "core", "persistentvolumeclaims"),
    allow("read", "core", "pods"),
    allow("read", "storage.k8s.io", "csidrivers"),
  ],
};

const nameOf = (controller: string) => `system:controller:${controller}`;

/** The role of each controller. */
export const controllerRoles: readonly ClusterRole[] = Object.entries(rulesByController).map(([name, rules]) =>
  clusterRoleOf(nameOf(name), rules),
);

/** Each bound to the account of its name. */
export const controllerBindings: readonly RoleBinding[] = Object.keys(rulesByController).map((name) =>
  clusterBindingOf(nameOf(name), [`account:${name}`]),
);

/** The role of a controller that only some clusters have, and who has it. */
export function controllerObjects(name: string, rules: readonly PolicyRule[]): readonly [ClusterRole, RoleBinding] {
  return [clusterRoleOf(nameOf(name), rules), clusterBindingOf(nameOf(name), [`account:${name}`])];
}
