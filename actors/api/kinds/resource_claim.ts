import { defineKind } from "../kind.ts";
import type { Fields, KubeObject } from "../types.ts";

/** A request for devices. */
export interface ResourceClaim extends KubeObject {
  spec: Fields;
  status: Fields;
}

/** ResourceClaims: devices as pods ask for them. */
export const resourceClaim = defineKind<ResourceClaim>({
  group: "resource.k8s.io",
  kind: "ResourceClaim",
  plural: "resourceclaims",

  schema: "io.k8s.api.resource.v1.ResourceClaim",
  subresources: [{ name: "status" }],
});
