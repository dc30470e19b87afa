import type { ClusterRole } from "../../../api/kinds/cluster_role.ts";
import type { Role } from "../../../api/kinds/role.ts";
import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { allow, bindingOf, clusterBindingOf, clusterRoleOf, roleOf, writeEvents } from "./rule.ts";

/*
 * What kube-apiserver does not make of itself: what an installer adds on a real cluster, and, each with its reason, what
 * a component of this cluster needs beyond what its counterpart is given. All that differs is here, and nowhere else.
 */

const finalizer = "kubetroupe:crd-finalizer";
const naming = "kubetroupe:crd-naming-condition-controller";
const addon = "kubetroupe:dns-addon";
const driver = "kubetroupe:storage-driver";
const devices = "kubetroupe:dra-driver";
const disks = "kubetroupe:cloud-volumes";
const policies = "kubetroupe:network-policies";
const binder = "kubetroupe:persistent-volume-binder";
const autoscaler = "kubetroupe:cluster-autoscaler";
const cloudManager = "kubetroupe:cloud-controller-manager";
const repair = "kubetroupe:service-address-repair";
const schemas = "kubetroupe:flow-schema";
const cleaner = "kubetroupe:legacy-token-cleaner";
const provisioner = "system:persistent-volume-provisioner";

/**
 * What a kubelet watches one by one, where a real one gets it again and again until it is as it ought to be: it learns
 * nothing that it could not get.
 */
export const watchedOneByOne: ReadonlySet<string> = new Set([
  "persistentvolumeclaims",
  "persistentvolumes",
  "volumeattachments",
]);

/** Further roles of the whole cluster. */
export const ownClusterRoles: readonly ClusterRole[] = [
  // kubeadm makes it for CoreDNS.
  clusterRoleOf("system:coredns", [
    allow("list watch", "core", "endpoints services pods namespaces"),
    allow("list watch", "discovery.k8s.io", "endpointslices"),
  ]),
  // A real cluster's finalizer of definitions is a part of kube-apiserver, which may do everything.
  clusterRoleOf(finalizer, [
    allow("read update", "apiextensions.k8s.io", "customresourcedefinitions customresourcedefinitions/status"),
    allow("read delete deletecollection", "*", "*"),
  ]),
  // As are the two that follow.
  clusterRoleOf(naming, [
    allow("read", "apiextensions.k8s.io", "customresourcedefinitions"),
    allow("patch", "apiextensions.k8s.io", "customresourcedefinitions/status"),
  ]),
  clusterRoleOf(repair, [
    allow("read", "core", "services"),
    allow("read create delete", "networking.k8s.io", "ipaddresses"),
    writeEvents,
  ]),
  // And so is this one.
  clusterRoleOf(schemas, [
    allow("read", "flowcontrol.apiserver.k8s.io", "flowschemas prioritylevelconfigurations"),
    allow("patch", "flowcontrol.apiserver.k8s.io", "flowschemas/status"),
  ]),
  // The installer of metrics-server makes it; here the API server itself serves what is measured.
  clusterRoleOf("system:aggregated-metrics-reader", [allow("read", "metrics.k8s.io", "pods nodes")], "view edit admin"),
  // Beside what provisioners are given: installers make a driver's class, others of its programs resize and attach.
  clusterRoleOf(driver, [
    allow("create", "storage.k8s.io", "storageclasses csidrivers"),
    allow("update patch", "core", "persistentvolumes"),
    allow("patch", "core", "persistentvolumeclaims/status"),
    allow("read update patch", "storage.k8s.io", "volumeattachments volumeattachments/status"),
  ]),
  // The installer of a driver of devices makes it.
  clusterRoleOf(devices, [
    allow("get", "core", "nodes"),
    allow("get", "resource.k8s.io", "resourceclaims"),
    allow("patch", "resource.k8s.io", "resourceclaims/status"),
    allow("read create update delete", "resource.k8s.io", "resourceslices"),
  ]),
  // What a provider has for a node it knows by the node's id.
  clusterRoleOf(disks, [allow("get", "core", "nodes"), allow("read", "storage.k8s.io", "csidrivers")]),
  // On a real cluster an agent of the network enforces policies; here the kube-proxies do.
  clusterRoleOf(policies, [
    allow("list watch", "networking.k8s.io", "networkpolicies"),
    allow("list watch", "core", "pods namespaces"),
  ]),
  // Its installer makes it; it asks providers, and not the API, for nodes.
  clusterRoleOf(autoscaler, [
    allow("list watch", "core", "pods"),
    allow("read update", "core", "nodes"),
    allow("create patch update", "core", "events"),
    allow("create patch update", "events.k8s.io", "events"),
  ]),
  // It looks for pods and accounts when it has found a token that nobody uses, where its counterpart watches them all.
  clusterRoleOf(cleaner, [allow("list", "core", "pods"), allow("get", "core", "serviceaccounts")]),
  // It patches where its counterpart updates: what it writes before in the same plan has made another version.
  clusterRoleOf(binder, [allow("patch", "core", "persistentvolumes/status persistentvolumeclaims/status")]),
];

/** Further roles of a namespace. */
export const ownRoles: readonly Role[] = [
  // What a provider's installer gives its manager to lead by.
  roleOf("kube-system", cloudManager, [allow("read create update", "coordination.k8s.io", "leases")]),
  // On a real cluster an installer makes the Service of the DNS server; here the server itself does.
  roleOf("kube-system", addon, [
    allow("create", "core", "services"),
    allow("create update", "discovery.k8s.io", "endpointslices"),
  ]),
];

/** Who has them. */
export const ownBindings: readonly RoleBinding[] = [
  // kubeadm's: whoever holds its administrator's certificate, and its kube-proxy.
  clusterBindingOf("cluster-admin", ["group:kubeadm:cluster-admins"], "kubeadm:cluster-admins"),
  clusterBindingOf("system:node-proxier", ["account:kube-proxy"], "kubeadm:node-proxier"),
  clusterBindingOf(policies, ["system:kube-proxy"]),
  clusterBindingOf("system:coredns", ["account:coredns"]),
  clusterBindingOf(finalizer, ["account:crd-finalizer"]),
  clusterBindingOf(naming, ["account:crd-naming-condition-controller"]),
  clusterBindingOf(devices, ["account:dra-driver"]),
  clusterBindingOf(
    provisioner,
    ["account:storage-provisioner", "account:cloud-volumes"],
    "kubetroupe:storage-provisioner",
  ),
  clusterBindingOf(driver, ["account:storage-provisioner", "account:cloud-volumes"]),
  clusterBindingOf(disks, ["account:cloud-volumes"]),
  clusterBindingOf(repair, ["account:ipallocator-repair-controller"]),
  clusterBindingOf(schemas, ["account:api-priority-and-fairness-config-consumer-v1"]),
  clusterBindingOf(autoscaler, ["account:cluster-autoscaler"]),
  clusterBindingOf(cleaner, ["account:legacy-service-account-token-cleaner"]),
  clusterBindingOf(binder, ["account:persistent-volume-binder"]),
  bindingOf({ namespace: "kube-system", role: addon }, ["account:coredns"]),
  bindingOf({ namespace: "kube-system", role: cloudManager }, ["account:cloud-controller-manager"]),
];
