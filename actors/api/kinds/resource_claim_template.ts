import { forgetClaimFields } from "../defaults/device_fields.ts";
import { defaultDeviceRequests } from "../defaults/device_requests.ts";
import type { ResourceClaimSpec } from "../device_claims.ts";
import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { jsonEqual, type KubeObject } from "../types.ts";
import { validateClaimSpec } from "../validation/device_claim.ts";
import { validateAnnotations, validateLabels } from "../validation/metadata.ts";

/** What claims are made of. */
export interface ResourceClaimTemplate extends KubeObject {
  spec: {
    metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
    spec: ResourceClaimSpec;
  };
}

/** ResourceClaimTemplates: what the claims of pods are made of. */
export const resourceClaimTemplate = nameKind<ResourceClaimTemplate>({
  group: "resource.k8s.io",
  kind: "ResourceClaimTemplate",
  plural: "resourceclaimtemplates",
});

/** Its rules, which API servers keep. */
export const resourceClaimTemplateRules = /* @__PURE__ */ withRules(resourceClaimTemplate, {
  schema: "io.k8s.api.resource.v1.ResourceClaimTemplate",
  applyDefaults: ({ spec }) => defaultDeviceRequests(spec.spec ?? {}),
  prepareForCreate: ({ spec }) => forgetClaimFields(spec.spec ?? {}),
  prepareForUpdate: ({ spec }) => forgetClaimFields(spec.spec ?? {}),
  validate: ({ spec }) => [
    ...validateLabels(spec.metadata?.labels, "spec.metadata.labels"),
    ...validateAnnotations(spec.metadata?.annotations, "spec.metadata.annotations"),
    ...validateClaimSpec(spec.spec ?? {}, "spec.spec"),
  ],
  validateUpdate: ({ spec }, old) => (jsonEqual(spec, old.spec) ? [] : [invalid("spec", spec, "field is immutable")]),
});
