import { nameKind, withRules } from "../kind.ts";
import {
  defaultBinding,
  rbacGroup,
  roleNameErrors,
  validateBinding,
  validateBindingUpdate,
} from "../validation/rbac.ts";
import type { RoleBinding } from "./role_binding.ts";

/** ClusterRoleBindings: who has which rights in the whole cluster. */
export const clusterRoleBinding = nameKind<RoleBinding>({
  group: rbacGroup,
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const clusterRoleBindingRules = /* @__PURE__ */ withRules<RoleBinding>(clusterRoleBinding, {
  schema: "io.k8s.api.rbac.v1.ClusterRoleBinding",
  allowCreateOnUpdate: true,
  nameErrors: roleNameErrors,
  applyDefaults: defaultBinding,
  validate: (binding) => validateBinding(binding, { namespaced: false }),
  validateUpdate: validateBindingUpdate,
});
