import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Lease } from "../types.ts";
import { validateNonNegative } from "../validation/metadata.ts";

/** Leases: heartbeats of nodes, and the locks by which one of several replicas leads. */
export const lease = nameKind<Lease>({
  group: "coordination.k8s.io",
  kind: "Lease",
  plural: "leases",
});

/** Its rules, which API servers keep. */
export const leaseRules = /* @__PURE__ */ withRules(lease, {
  schema: "io.k8s.api.coordination.v1.Lease",
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,

  validate({ spec }) {
    const errors = validateNonNegative(spec.leaseTransitions, "spec.leaseTransitions");
    const { leaseDurationSeconds } = spec;
    if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
      errors.unshift(invalid("spec.leaseDurationSeconds", leaseDurationSeconds, "must be greater than 0"));
    }
    return errors;
  },
});
