import { defineKind } from "../kind.ts";
import {
  defaultBinding,
  rbacGroup,
  roleNameErrors,
  validateBinding,
  validateBindingUpdate,
} from "../validation/rbac.ts";
import type { RoleBinding } from "./role_binding.ts";

/** ClusterRoleBindings: who has which rights in the whole cluster. */
export const clusterRoleBinding = defineKind<RoleBinding>({
  group: rbacGroup,
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  namespaced: false,
  schema: "io.k8s.api.rbac.v1.ClusterRoleBinding",
  allowCreateOnUpdate: true,
  nameErrors: roleNameErrors,
  applyDefaults: defaultBinding,
  validate: (binding) => validateBinding(binding, { namespaced: false }),
  validateUpdate: validateBindingUpdate,
});
