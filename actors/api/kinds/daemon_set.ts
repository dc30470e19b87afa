import type { DaemonSetSpec, DaemonSetStatus } from "kubernetes-types/apps/v1.js";
import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../types.ts";
import { validateIntOrPercent, validateSelector, validateTemplate } from "../validation/deployment_spec.ts";
import { validateImmutable, validateNonNegative } from "../validation/metadata.ts";
import { type PodLike, podWarnings } from "../warnings/pod_spec.ts";

/** A pod on each of some nodes. */
export interface DaemonSet extends KubeObject {
  spec: DaemonSetSpec;
  status: DaemonSetStatus;
}

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
    ...validateSelector(spec.selector, "spec.selector", "daemonset"),
    ...validateTemplate(spec, { at: "spec", what: "DaemonSet" }),
    ...validateNonNegative(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validateStrategy(spec.updateStrategy, "spec.updateStrategy"),
    ...validateNonNegative(spec.revisionHistoryLimit, "spec.revisionHistoryLimit"),
  ],

  validateUpdate: ({ spec }, old) =>
    validateImmutable("spec.selector", { value: spec.selector, old: old.spec.selector }),

  warnings: ({ spec, metadata }, old) =>
    old === undefined || metadata.generation !== old.metadata.generation
      ? podWarnings(spec.template as PodLike, "spec.template")
      : [],
});

function setGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [generationAnnotation]: String(generation) };
}

function validateStrategy(strategy: Frozen<DaemonSetSpec>["updateStrategy"], at: string): FieldError[] {
  const { type = "", rollingUpdate } = strategy ?? {};
  if (type === "OnDelete") return [];
  if (type !== "RollingUpdate") return [notSupported(`${at}.type`, type, ["OnDelete", "RollingUpdate"])];
  if (rollingUpdate === undefined) return [required(`${at}.rollingUpdate`)];
  const { maxUnavailable = 1, maxSurge = 0 } = rollingUpdate;
  const here = `${at}.rollingUpdate`;
  const errors = [
    ...validateIntOrPercent(maxUnavailable, `${here}.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${here}.maxSurge`),
  ];
  const isZero = (value: number | string) => /^0+%?$/.test(String(value));
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(invalid(`${here}.maxUnavailable`, maxUnavailable, "cannot be 0 when maxSurge is 0"));
  }
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    errors.push(invalid(`${here}.maxSurge`, maxSurge, "may not be set when maxUnavailable is non-zero"));
  }
  return errors;
}
