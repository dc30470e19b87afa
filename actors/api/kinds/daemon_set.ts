import type { DaemonSetSpec, DaemonSetStatus } from "kubernetes-types/apps/v1.js";
import { present } from "../../kit/present.ts";
import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { addErrors, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../types.ts";
import {
  endlessErrors,
  isEmpty,
  mismatch,
  mismatchErrors,
  validateTemplateFields,
} from "../validation/deployment_spec.ts";
import { isNothing, validateAtMostAll, validateIntOrPercent } from "../validation/int_or_percent.ts";
import { validateLabelSelector } from "../validation/label_selector.ts";
import { validateImmutable, validateNonNegative } from "../validation/metadata.ts";
import { collisionErrors, countErrors } from "../validation/workload_status.ts";
import { type PodLike, podWarnings } from "../warnings/pod_spec.ts";

/** A pod on each of some nodes. */
export interface DaemonSet extends KubeObject {
  spec: DaemonSetSpec;
  status: DaemonSetStatus;
}

const counts = [
  ...["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady", "observedGeneration"],
  ...["updatedNumberScheduled", "numberAvailable", "numberUnavailable", "collisionCount"],
];

/** Counts the templates that a DaemonSet had; the field that it stands for is no part of apps/v1. */
const generationAnnotation = "deprecated.daemonset.template.generation";

/** DaemonSets: a pod of one template on each node that it suits. */
export const daemonSet = nameKind<DaemonSet>({
  group: "apps",
  kind: "DaemonSet",
  plural: "daemonsets",
  shortNames: ["ds"],
  categories: ["all"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const daemonSetRules = /* @__PURE__ */ withRules(daemonSet, {
  schema: "io.k8s.api.apps.v1.DaemonSet",

  applyDefaults({ spec }) {
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ||= "RollingUpdate";
    if (spec.updateStrategy.type === "RollingUpdate") {
      spec.updateStrategy.rollingUpdate ??= {};
      spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
      spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
    if (spec.template?.spec !== undefined) defaultPodSpec(spec.template.spec);
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ spec }) => spec.template?.spec),

  prepareForCreate(draft) {
    draft.status = {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    } as DaemonSetStatus;
    setGeneration(draft, 1);
  },

  prepareForUpdate(draft, old) {
    const before = Number(old.metadata.annotations?.[generationAnnotation] ?? 1);
    setGeneration(draft, jsonEqual(draft.spec.template, old.spec.template) ? before : before + 1);
  },

  validate: ({ spec }) => [
    ...selectorErrors(spec, "spec"),
    ...validateTemplateFields(spec.template, "spec.template"),
    ...endlessErrors(spec.template, "spec.template.spec", "DaemonSet"),
    ...validateNonNegative(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validateStrategy(spec.updateStrategy, "spec.updateStrategy"),
    ...validateNonNegative(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
  ],

  validateUpdate: ({ spec }, old) =>
    validateImmutable("spec.selector", { value: spec.selector, old: old.spec.selector }),
  validateStatusUpdate: ({ status }, { status: old }) => [
    ...countErrors(status, counts),
    ...collisionErrors(status, old),
  ],

  warnings: ({ spec, metadata }, old) =>
    old === undefined || metadata.generation !== old.metadata.generation
      ? podWarnings(spec.template as PodLike, "spec.template")
      : [],
});

function setGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [generationAnnotation]: String(generation) };
}

/** As in Kubernetes a set without a selector is told that it means none of its pods. */
function selectorErrors({ selector, template }: Frozen<DaemonSetSpec>, at: string): FieldError[] {
  if (selector === undefined) return [mismatch(template?.metadata?.labels, at)];
  const errors = validateLabelSelector(selector, `${at}.selector`);
  addErrors(errors, mismatchErrors({ selector, ...present({ template }) }, at));
  if (isEmpty(selector)) errors.push(invalid(`${at}.selector`, selector, "empty selector is invalid for daemonset"));
  return errors;
}

function validateStrategy(strategy: Frozen<DaemonSetSpec>["updateStrategy"], at: string): FieldError[] {
  const { type = "", rollingUpdate } = strategy ?? {};
  if (type === "OnDelete") return [];
  if (type !== "RollingUpdate") {
    return [notSupported(at, { Type: type, RollingUpdate: null }, ["RollingUpdate", "OnDelete"])];
  }
  if (rollingUpdate === undefined) return [required(`${at}.rollingUpdate`)];
  const { maxUnavailable = 1, maxSurge = 0 } = rollingUpdate;
  const here = `${at}.rollingUpdate`;
  const errors = [
    ...validateIntOrPercent(maxUnavailable, `${here}.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${here}.maxSurge`),
    ...validateAtMostAll(maxUnavailable, `${here}.maxUnavailable`),
    ...validateAtMostAll(maxSurge, `${here}.maxSurge`),
  ];
  const [hasNone, hasNoSurge] = [isNothing(maxUnavailable), isNothing(maxSurge)];
  if (hasNone && hasNoSurge) errors.push(required(`${here}.maxUnavailable`, "cannot be 0 when maxSurge is 0"));
  if (!hasNone && !hasNoSurge) {
    errors.push(invalid(`${here}.maxSurge`, maxSurge, "may not be set when maxUnavailable is non-zero"));
  }
  return errors;
}
