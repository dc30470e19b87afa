import type { Role } from "../../../api/kinds/role.ts";
import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { allow, bindingOf, named, roleOf, writeEvents } from "./rule.ts";

const system = "kube-system";
const open = "kube-public";
const locking = (name: string) => `system::leader-locking-${name}`;
const reader = "extension-apiserver-authentication-reader";
const controllerManager = "system:kube-controller-manager";
const scheduler = "system:kube-scheduler";

const lockingRole = (name: string) =>
  roleOf(system, locking(name), [
    allow("watch", "core", "configmaps"),
    named(name, allow("get update", "core", "configmaps")),
    allow("read create update", "coordination.k8s.io", "leases"),
  ]);

/** The roles that Kubernetes 1.34 makes in its own namespaces. */
export const namespaceRoles: readonly Role[] = [
  roleOf(system, reader, [named("extension-apiserver-authentication", allow("read", "core", "configmaps"))]),
  roleOf(system, "system:controller:bootstrap-signer", [allow("read", "core", "secrets")]),
  roleOf(system, "system:controller:cloud-provider", [allow("read create", "core", "configmaps")]),
  roleOf(system, "system:controller:token-cleaner", [allow("read delete", "core", "secrets"), writeEvents]),
  lockingRole("kube-controller-manager"),
  lockingRole("kube-scheduler"),
  roleOf(open, "system:controller:bootstrap-signer", [
    allow("read", "core", "configmaps"),
    named("cluster-info", allow("update", "core", "configmaps")),
    writeEvents,
  ]),
];

const ofController = (namespace: string, name: string) =>
  bindingOf({ namespace, role: `system:controller:${name}` }, [`account:${name}`]);

/** Who has them. */
export const namespaceBindings: readonly RoleBinding[] = [
  bindingOf({ namespace: system, role: reader, name: `system::${reader}` }, [controllerManager, scheduler]),
  bindingOf({ namespace: system, role: locking("kube-controller-manager") }, [
    controllerManager,
    "account:kube-controller-manager",
  ]),
  bindingOf({ namespace: system, role: locking("kube-scheduler") }, [scheduler, "account:kube-scheduler"]),
  ofController(system, "bootstrap-signer"),
  ofController(system, "cloud-provider"),
  ofController(system, "token-cleaner"),
  ofController(open, "bootstrap-signer"),
];
