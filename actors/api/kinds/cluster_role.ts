import type { AggregationRule, PolicyRule } from "kubernetes-types/rbac/v1.js";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { rbacGroup, roleNameErrors, validateAggregation, validateRules } from "../validation/rbac.ts";

/** What may be done in a whole cluster, or in each of its namespaces. */
export interface ClusterRole extends KubeObject {
  rules: PolicyRule[] | null;
  aggregationRule?: AggregationRule;
}

/** ClusterRoles: rights, and those that are put together from others by their labels. */
export const clusterRole = nameKind<ClusterRole>({
  group: rbacGroup,
  kind: "ClusterRole",
  plural: "clusterroles",
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const clusterRoleRules = /* @__PURE__ */ withRules(clusterRole, {
  schema: "io.k8s.api.rbac.v1.ClusterRole",
  allowCreateOnUpdate: true,
  nameErrors: roleNameErrors,
  applyDefaults(draft) {
    draft.rules ??= null;
  },
  validate: ({ rules, aggregationRule }) => [
    ...validateRules(rules, { at: "rules", namespaced: false }),
    ...(aggregationRule === undefined
      ? []
      : validateAggregation(aggregationRule.clusterRoleSelectors, "aggregationRule")),
  ],
});
