import type { PodDisruptionBudgetSpec, PodDisruptionBudgetStatus } from "kubernetes-types/policy/v1.js";
import { addErrors, type FieldError, invalid, notSupported } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateConditions } from "../validation/conditions.ts";
import { validateAtMostAll, validateIntOrPercent } from "../validation/int_or_percent.ts";
import { validateLabelSelector } from "../validation/label_selector.ts";
import { countErrors } from "../validation/workload_status.ts";

/** How many of some pods must stay while nodes are emptied. */
export interface PodDisruptionBudget extends KubeObject {
  spec: PodDisruptionBudgetSpec;
  status: PodDisruptionBudgetStatus;
}

const evictionPolicies = ["AlwaysAllow", "IfHealthyBudget"];

/** PodDisruptionBudgets: what an eviction has to respect. */
export const podDisruptionBudget = nameKind<PodDisruptionBudget>({
  group: "policy",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  shortNames: ["pdb"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const podDisruptionBudgetRules = /* @__PURE__ */ withRules(podDisruptionBudget, {
  schema: "io.k8s.api.policy.v1.PodDisruptionBudget",

  prepareForCreate(draft) {
    draft.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  },

  validate({ spec }) {
    const errors: FieldError[] = [];
    const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
    if (minAvailable !== undefined && maxUnavailable !== undefined) {
      // What is within an API server is shown as it is called there.
      const shown = {
        ...{ MinAvailable: minAvailable, Selector: selector ?? null, MaxUnavailable: maxUnavailable },
        UnhealthyPodEvictionPolicy: policy ?? null,
      };
      errors.push(invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set"));
    }
    for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
      if (value === undefined) continue;
      addErrors(errors, validateIntOrPercent(value, `spec.${field}`));
      addErrors(errors, validateAtMostAll(value, `spec.${field}`));
    }
    if (selector !== undefined) addErrors(errors, validateLabelSelector(selector, "spec.selector"));
    if (policy !== undefined && !evictionPolicies.includes(policy)) {
      errors.push(notSupported("spec.unhealthyPodEvictionPolicy", policy, evictionPolicies));
    }
    return errors;
  },

  validateStatusUpdate: ({ status }) => [
    ...validateConditions(status.conditions, "status.conditions"),
    ...countErrors(status, ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"]),
  ],
});
