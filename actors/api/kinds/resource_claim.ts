import { forgetClaimFields, forgetDeallocated, forgetStatusFields } from "../defaults/device_fields.ts";
import { defaultDeviceRequests } from "../defaults/device_requests.ts";
import type { ResourceClaimSpec, ResourceClaimStatus } from "../device_claims.ts";
import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { jsonEqual, type KubeObject } from "../types.ts";
import { validateClaimSpec } from "../validation/device_claim.ts";
import { validateClaimStatus } from "../validation/device_claim_status.ts";
import { keepMetadataForStatus } from "../validation/metadata.ts";

/** A request for devices. */
export interface ResourceClaim extends KubeObject {
  spec: ResourceClaimSpec;
  status: ResourceClaimStatus;
}

/** ResourceClaims: devices as pods ask for them. */
export const resourceClaim = nameKind<ResourceClaim>({
  group: "resource.k8s.io",
  kind: "ResourceClaim",
  plural: "resourceclaims",
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const resourceClaimRules = /* @__PURE__ */ withRules(resourceClaim, {
  schema: "io.k8s.api.resource.v1.ResourceClaim",
  applyDefaults: ({ spec }) => defaultDeviceRequests(spec),
  prepareForCreate: ({ spec }) => forgetClaimFields(spec),
  prepareForUpdate: ({ spec }) => forgetClaimFields(spec),
  prepareForStatusUpdate(draft, old) {
    keepMetadataForStatus(draft, old);
    forgetStatusFields(draft.status ?? {});
    forgetDeallocated(draft.status ?? {}, old.status ?? {});
  },
  validate: ({ spec }) => validateClaimSpec(spec, "spec"),
  validateUpdate: ({ spec }, old) => (jsonEqual(spec, old.spec) ? [] : [invalid("spec", spec, "field is immutable")]),
  validateStatusUpdate: (claim, old) => validateClaimStatus(claim, old.status ?? {}, "status"),
});
