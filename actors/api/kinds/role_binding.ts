import type { RoleRef, Subject } from "kubernetes-types/rbac/v1.js";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import {
  defaultBinding,
  rbacGroup,
  roleNameErrors,
  validateBinding,
  validateBindingUpdate,
} from "../validation/rbac.ts";

/** Who has a role in a namespace. */
export interface RoleBinding extends KubeObject {
  roleRef: RoleRef;
  subjects?: Subject[];
}

/** RoleBindings: who has which rights in a namespace. */
export const roleBinding = nameKind<RoleBinding>({
  group: rbacGroup,
  kind: "RoleBinding",
  plural: "rolebindings",
});

/** Its rules, which API servers keep. */
export const roleBindingRules = /* @__PURE__ */ withRules<RoleBinding>(roleBinding, {
  schema: "io.k8s.api.rbac.v1.RoleBinding",
  allowCreateOnUpdate: true,
  nameErrors: roleNameErrors,
  applyDefaults: defaultBinding,
  validate: (binding) => validateBinding(binding, { namespaced: true }),
  validateUpdate: validateBindingUpdate,
});
