import type {
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionStatus,
} from "kubernetes-types/apiextensions/v1.js";
import { type ConditionLike, getCondition } from "../conditions.ts";
import type { JsonSchema } from "../custom/json_schema.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import {
  acceptedNameErrors,
  approvalErrors,
  definitionUpdateErrors,
  missingFunctions,
  storedVersionErrors,
  validateDefinition,
} from "../validation/custom_definition.ts";

/** A kind that a user brings. */
export interface CustomResourceDefinition extends KubeObject {
  spec: CustomResourceDefinitionSpec;
  status: CustomResourceDefinitionStatus;
}

/** Holds a definition until its objects are gone. */
export const customResourceFinalizer = "customresourcecleanup.apiextensions.k8s.io";

/** CustomResourceDefinitions: kinds of one's own. They are served from the moment that they are stored. */
export const customResourceDefinition = nameKind<CustomResourceDefinition>({
  group: "apiextensions.k8s.io",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  namespaced: false,
  storagePrefix: "/registry/apiextensions.k8s.io/customresourcedefinitions",
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const customResourceDefinitionRules = /* @__PURE__ */ withRules(customResourceDefinition, {
  schema: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",

  applyDefaults({ spec }) {
    if (spec.names !== undefined) {
      const { kind } = spec.names;
      if (kind && !spec.names.singular) spec.names.singular = kind.toLowerCase();
      if (kind && !spec.names.listKind) spec.names.listKind = `${kind}List`;
    }
    spec.conversion ??= { strategy: "None" };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service !== undefined) service.port ??= 443;
  },

  prepareForCreate(draft) {
    draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), customResourceFinalizer])];
    // Which of its names it may have, and so whether it is established, is seen from the others.
    draft.status = { acceptedNames: { plural: "", kind: "" }, conditions: [], storedVersions: storageVersions(draft) };
  },

  prepareForUpdate(draft, old) {
    const stored = new Set([...(old.status.storedVersions ?? []), ...storageVersions(draft)]);
    draft.status = { ...draft.status, storedVersions: [...stored] };
  },

  // Said in so many words: what a definition promises of its objects is not kept here in this respect.
  warnings: ({ spec }) => [
    ...(spec.versions ?? [])
      .map(({ name, schema }) => ({ name, missing: missingFunctions((schema?.openAPIV3Schema ?? {}) as JsonSchema) }))
      .filter(({ missing }) => missing.length > 0)
      .map(
        ({ name, missing }) =>
          `version ${name}: x-kubernetes-validations that call ${[...new Set(missing)].join(", ")} are stored, but this cluster does not enforce them`,
      ),
  ],
  validateCreate: ({ metadata, spec }) => [
    ...validateDefinition(spec, metadata),
    ...approvalErrors(spec.group, metadata),
  ],
  validateUpdate({ metadata, spec, status }, old) {
    const approval = approvalErrors(spec.group, metadata);
    const [before] = approvalErrors(old.spec.group, old.metadata);
    return [
      ...validateDefinition(spec, metadata, old.spec),
      ...definitionUpdateErrors(spec, old.spec, { isServed: isServed(old.status) }),
      ...acceptedNameErrors(status.acceptedNames),
      ...storedVersionErrors(spec, status.storedVersions),
      // What nobody approved before need not be approved now.
      ...approval.filter(({ type }) => type !== before?.type),
    ];
  },
  validateStatusUpdate: ({ status }) => acceptedNameErrors(status.acceptedNames),
});

function storageVersions({ spec }: CustomResourceDefinition): string[] {
  return (spec.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name);
}

function isServed(status: Frozen<CustomResourceDefinitionStatus> | undefined): boolean {
  return getCondition(status?.conditions as readonly ConditionLike[] | undefined, "Established")?.status === "True";
}
