import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { rbacGroup, roleNameErrors, validateRules } from "../validation/rbac.ts";

/** What may be done in a namespace. */
export interface Role extends KubeObject {
  rules: PolicyRule[] | null;
}

/** Roles: rights within a namespace. */
export const role = nameKind<Role>({
  group: rbacGroup,
  kind: "Role",
  plural: "roles",
});

/** Its rules, which API servers keep. */
export const roleRules = /* @__PURE__ */ withRules(role, {
  schema: "io.k8s.api.rbac.v1.Role",
  allowCreateOnUpdate: true,
  nameErrors: roleNameErrors,
  applyDefaults(draft) {
    draft.rules ??= null;
  },
  validate: ({ rules }) => validateRules(rules, { at: "rules", namespaced: true }),
});
