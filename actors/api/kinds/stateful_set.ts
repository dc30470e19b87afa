import type { StatefulSetSpec, StatefulSetStatus } from "kubernetes-types/apps/v1.js";
import { defaultClaimSpec } from "../defaults/claim.ts";
import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { type FieldError, forbidden, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../types.ts";
import { validateIntOrPercent, validateSelector, validateTemplate } from "../validation/deployment_spec.ts";
import { validateNonNegative } from "../validation/metadata.ts";
import { type PodLike, podWarnings } from "../warnings/pod_spec.ts";

/** Pods with a number each, and claims that outlive them. */
export interface StatefulSet extends KubeObject {
  spec: StatefulSetSpec;
  status: StatefulSetStatus;
}

const changeable = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
] as const;
const changeableText = `updates to statefulset spec for fields other than ${changeable
  .slice(0, -1)
  .map((each) => `'${each}'`)
  .join(", ")} and '${changeable.at(-1)}' are forbidden`;

/** StatefulSets: pods that keep their names, and their claims with them. */
export const statefulSet = nameKind<StatefulSet>({
  group: "apps",
  kind: "StatefulSet",
  plural: "statefulsets",
  shortNames: ["sts"],
  categories: ["all"],
  subresources: [
    {
      name: "scale",
      paths: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", labelSelector: "spec.selector" },
    },
    { name: "status" },
  ],
});

/** Its rules, which API servers keep. */
export const statefulSetRules = /* @__PURE__ */ withRules(statefulSet, {
  schema: "io.k8s.api.apps.v1.StatefulSet",

  applyDefaults({ spec }) {
    spec.podManagementPolicy ||= "OrderedReady";
    spec.updateStrategy ??= {};
    if (!spec.updateStrategy.type) {
      spec.updateStrategy.type = "RollingUpdate";
    }
    if (spec.updateStrategy.type === "RollingUpdate") {
      spec.updateStrategy.rollingUpdate ??= {};
      spec.updateStrategy.rollingUpdate.partition ??= 0;
    }
    spec.persistentVolumeClaimRetentionPolicy ??= {};
    spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= "Retain";
    spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= "Retain";
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    if (spec.template?.spec !== undefined) defaultPodSpec(spec.template.spec);
    for (const claim of spec.volumeClaimTemplates ?? []) {
      const status = { ...claim.status, phase: claim.status?.phase ?? "Pending" };
      Object.assign(claim, { apiVersion: "v1", kind: "PersistentVolumeClaim", status });
      claim.spec ??= {};
      defaultClaimSpec(claim.spec);
    }
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ spec }) => spec.template?.spec),

  prepareForCreate(draft) {
    draft.status = { replicas: 0, availableReplicas: 0 } as StatefulSetStatus;
  },

  validate: ({ spec }) => [
    ...validatePolicies(spec, "spec"),
    ...validateNonNegative(spec.replicas, "spec.replicas"),
    ...validateNonNegative(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validateNonNegative(spec.ordinals?.start, "spec.ordinals.start"),
    ...validateNonNegative(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
    ...validateSelector(spec.selector, "spec.selector", "statefulset"),
    // As in Kubernetes: some of its volumes are claims that come with each pod, and errors come to light there.
    ...validateTemplate(spec, { at: "spec", what: "StatefulSet", judgesPod: false }),
  ],

  validateUpdate({ spec }, { spec: old }) {
    const kept = { ...spec };
    for (const field of changeable) {
      if (old[field] === undefined) delete kept[field];
      else Object.assign(kept, { [field]: old[field] });
    }
    return jsonEqual(kept, old) ? [] : [forbidden("spec", changeableText)];
  },

  warnings: ({ spec, metadata }, old) =>
    old === undefined || metadata.generation !== old.metadata.generation
      ? podWarnings(spec.template as PodLike, "spec.template")
      : [],
});

function validatePolicies(spec: Frozen<StatefulSetSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.podManagementPolicy ?? "";
  if (policy !== "OrderedReady" && policy !== "Parallel") {
    errors.push(invalid(`${at}.podManagementPolicy`, policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  const { type = "", rollingUpdate } = spec.updateStrategy ?? {};
  if (type === "") errors.push(required(`${at}.updateStrategy`));
  else if (type === "OnDelete") {
    if (rollingUpdate !== undefined) {
      const text = "only allowed for updateStrategy 'RollingUpdate'";
      errors.push(invalid(`${at}.updateStrategy.rollingUpdate`, rollingUpdate, text));
    }
  } else if (type === "RollingUpdate") {
    errors.push(...validateRollingUpdate(rollingUpdate ?? {}, `${at}.updateStrategy.rollingUpdate`));
  } else {
    errors.push(invalid(`${at}.updateStrategy`, spec.updateStrategy, "must be 'RollingUpdate' or 'OnDelete'"));
  }
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  for (const [field, value] of Object.entries({ whenDeleted, whenScaled })) {
    if (value === "Retain" || value === "Delete") continue;
    const text = "must be 'Delete' or 'Retain'";
    errors.push(invalid(`${at}.persistentVolumeClaimRetentionPolicy.${field}`, value ?? "", text));
  }
  return errors;
}

/** `maxUnavailable` is newer than the types are. */
function validateRollingUpdate(
  { partition, maxUnavailable }: { readonly partition?: number; readonly maxUnavailable?: number | string },
  at: string,
): FieldError[] {
  const errors = [...validateNonNegative(partition, `${at}.partition`)];
  if (maxUnavailable === undefined) return errors;
  const here = `${at}.maxUnavailable`;
  errors.push(...validateIntOrPercent(maxUnavailable, here));
  if (Number.parseInt(String(maxUnavailable), 10) === 0) errors.push(invalid(here, maxUnavailable, "cannot be 0"));
  const isBeyond = typeof maxUnavailable === "string" && Number.parseInt(maxUnavailable, 10) > 100;
  return isBeyond ? [...errors, invalid(here, maxUnavailable, "must not be greater than 100%")] : errors;
}
