import type { StatefulSetSpec, StatefulSetStatus } from "kubernetes-types/apps/v1.js";
import { present } from "../../kit/present.ts";
import { defaultClaimSpec } from "../defaults/claim.ts";
import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { type Frozen, jsonEqual, type KubeObject, type PodTemplateSpec, type Volume } from "../types.ts";
import { validateSelector, validateTemplate } from "../validation/deployment_spec.ts";
import { isNothing, validateAtMostAll, validateIntOrPercent } from "../validation/int_or_percent.ts";
import { validateNonNegative } from "../validation/metadata.ts";
import { dnsLabelErrors } from "../validation/names.ts";
import { collisionErrors, countErrors, replicaErrors } from "../validation/workload_status.ts";
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

const counts = [
  ...["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
  ...["observedGeneration", "collisionCount"],
];
const context = { at: "spec", what: "StatefulSet", unreadable: "" };

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
  nameErrors: dnsLabelErrors,

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
    ...validateSelector(spec.selector, "spec.selector", "statefulset"),
    ...validateTemplate({ ...spec, ...present({ template: withClaims(spec) }) }, context),
  ],
  validateCreate: ({ spec }) =>
    dnsLabelErrors(spec.serviceName || "x").map((text) => invalid("spec.serviceName", spec.serviceName, text)),

  validateUpdate({ spec }, { spec: old }) {
    const kept = { ...spec };
    for (const field of changeable) {
      if (old[field] === undefined) delete kept[field];
      else Object.assign(kept, { [field]: old[field] });
    }
    return jsonEqual(kept, old) ? [] : [forbidden("spec", changeableText)];
  },

  validateStatusUpdate: ({ status }, { status: old }) => [
    ...countErrors(status, counts),
    ...replicaErrors(
      status,
      ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
      "status.readyReplicas",
    ),
    ...collisionErrors(status, old),
  ],

  *warnings({ spec, metadata }, old) {
    if (old === undefined || metadata.generation !== old.metadata.generation) {
      yield* podWarnings(spec.template as PodLike, "spec.template");
    }
    if ((spec.revisionHistoryLimit ?? 0) < 0) {
      yield "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended";
    }
  },
});

/** The template with the volumes that its pods will have: claims stand in for those that are called as they are. */
function withClaims({
  template,
  volumeClaimTemplates = [],
}: Frozen<StatefulSetSpec>): Frozen<PodTemplateSpec> | undefined {
  if (template?.spec === undefined || volumeClaimTemplates.length === 0) return template;
  const claims = new Map(volumeClaimTemplates.map(({ metadata }) => [metadata?.name ?? "", metadata?.name ?? ""]));
  const volumes: Frozen<Volume>[] = [
    ...(template.spec.volumes ?? []).filter(({ name }) => !claims.has(name)),
    ...[...claims.keys()].map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  ];
  return { ...template, spec: { ...template.spec, volumes } };
}

function validatePolicies(spec: Frozen<StatefulSetSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.podManagementPolicy ?? "";
  if (policy === "") errors.push(required(`${at}.podManagementPolicy`));
  else if (policy !== "OrderedReady" && policy !== "Parallel") {
    errors.push(invalid(`${at}.podManagementPolicy`, policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  const { type = "", rollingUpdate } = spec.updateStrategy ?? {};
  if (type === "") errors.push(required(`${at}.updateStrategy`));
  else if (type === "OnDelete") {
    if (rollingUpdate !== undefined) {
      const text = "only allowed for updateStrategy 'RollingUpdate'";
      const { partition = 0, maxUnavailable = null } = rollingUpdate as RollingUpdate;
      const shown = { Partition: partition, MaxUnavailable: maxUnavailable };
      errors.push(invalid(`${at}.updateStrategy.rollingUpdate`, shown, text));
    }
  } else if (type === "RollingUpdate") {
    errors.push(...validateRollingUpdate(rollingUpdate ?? {}, `${at}.updateStrategy.rollingUpdate`));
  } else {
    // What is within an API server is shown as it is called there.
    const shown = { Type: type, RollingUpdate: null };
    errors.push(invalid(`${at}.updateStrategy`, shown, "must be 'RollingUpdate' or 'OnDelete'"));
  }
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  for (const [field, value] of Object.entries({ whenDeleted, whenScaled })) {
    if (value === "Retain" || value === "Delete") continue;
    const here = `${at}.persistentVolumeClaimRetentionPolicy.${field}`;
    errors.push(notSupported(here, value ?? "", ["Retain", "Delete"]));
  }
  return errors;
}

/** `maxUnavailable` is newer than the types are. */
interface RollingUpdate {
  readonly partition?: number;
  readonly maxUnavailable?: number | string;
}

function validateRollingUpdate({ partition, maxUnavailable }: RollingUpdate, at: string): FieldError[] {
  const errors = [...validateNonNegative(partition, `${at}.partition`)];
  if (maxUnavailable === undefined) return errors;
  const here = `${at}.maxUnavailable`;
  errors.push(...validateIntOrPercent(maxUnavailable, here));
  if (isNothing(maxUnavailable)) errors.push(invalid(here, maxUnavailable, "cannot be 0"));
  return [...errors, ...validateAtMostAll(maxUnavailable, here)];
}
