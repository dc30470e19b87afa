import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { componentRoles } from "./component_roles.ts";
import { controllerBindings, controllerRoles } from "./controller_roles.ts";
import { namespaceBindings, namespaceRoles } from "./namespace_roles.ts";
import { ownBindings, ownClusterRoles, ownRoles } from "./own_roles.ts";
import { clusterBindingOf, type DefaultObject } from "./rule.ts";
import { userRoles } from "./user_roles.ts";

const known = "group:system:authenticated";

/** Who has the roles of the whole cluster that are no controller's. */
const clusterBindings: readonly RoleBinding[] = [
  clusterBindingOf("cluster-admin", ["group:system:masters"]),
  clusterBindingOf("system:monitoring", ["group:system:monitoring"]),
  clusterBindingOf("system:discovery", [known]),
  clusterBindingOf("system:basic-user", [known]),
  clusterBindingOf("system:public-info-viewer", [known, "group:system:unauthenticated"]),
  clusterBindingOf("system:node-proxier", ["system:kube-proxy"]),
  clusterBindingOf("system:kube-controller-manager", ["system:kube-controller-manager"]),
  clusterBindingOf("system:kube-dns", ["account:kube-dns"]),
  clusterBindingOf("system:kube-scheduler", ["system:kube-scheduler"]),
  clusterBindingOf("system:volume-scheduler", ["system:kube-scheduler"]),
  // Nobody: the node authorizer is there for kubelets.
  clusterBindingOf("system:node", []),
  clusterBindingOf("system:service-account-issuer-discovery", ["group:system:serviceaccounts"]),
];

/**
 * All roles and bindings that a cluster has from the start, bindings first: whoever sees the roles sees who has them.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 */
export const defaultPolicy: readonly DefaultObject[] = [
  ...clusterBindings,
  ...controllerBindings,
  ...namespaceBindings,
  ...ownBindings,
  ...namespaceRoles,
  ...ownRoles,
  ...userRoles,
  ...componentRoles,
  ...controllerRoles,
  ...ownClusterRoles,
];
