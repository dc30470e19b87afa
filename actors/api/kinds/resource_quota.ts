import type { ResourceQuotaSpec, ResourceQuotaStatus } from "kubernetes-types/core/v1.js";
import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { jsonEqual, type KubeObject } from "../types.ts";
import { amountErrors, validateQuotaSpec } from "../validation/quota_spec.ts";

/** What a namespace may use in all. */
export interface ResourceQuota extends KubeObject {
  spec: ResourceQuotaSpec;
  status: ResourceQuotaStatus;
}

/** ResourceQuotas: sums that a namespace's objects may not exceed. */
export const resourceQuota = nameKind<ResourceQuota>({
  kind: "ResourceQuota",
  plural: "resourcequotas",
  shortNames: ["quota"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const resourceQuotaRules = /* @__PURE__ */ withRules(resourceQuota, {
  schema: "io.k8s.api.core.v1.ResourceQuota",
  countsGenerations: false,
  allowCreateOnUpdate: true,

  validate: ({ spec }) => validateQuotaSpec(spec, "spec"),

  validateStatusUpdate: ({ status }) =>
    (["hard", "used"] as const).flatMap((list) =>
      Object.entries(status[list] ?? {}).flatMap(([name, text]) => amountErrors(name, text, `status.${list}[${name}]`)),
    ),

  validateUpdate: ({ spec }, { spec: old }) =>
    jsonEqual([...(spec.scopes ?? [])].sort(), [...(old.scopes ?? [])].sort())
      ? []
      : [invalid("spec.scopes", spec.scopes, "field is immutable")],
});
