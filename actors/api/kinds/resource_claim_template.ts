import { defineKind } from "../kind.ts";
import type { Fields, KubeObject } from "../types.ts";

/** What claims are made of. */
export interface ResourceClaimTemplate extends KubeObject {
  spec: Fields;
}

/** ResourceClaimTemplates: what the claims of pods are made of. */
export const resourceClaimTemplate = defineKind<ResourceClaimTemplate>({
  group: "resource.k8s.io",
  kind: "ResourceClaimTemplate",
  plural: "resourceclaimtemplates",

  schema: "io.k8s.api.resource.v1.ResourceClaimTemplate",
});
