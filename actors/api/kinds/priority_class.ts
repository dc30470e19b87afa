import type { PriorityClass as SchedulingPriorityClass } from "kubernetes-types/scheduling/v1.js";
import { type FieldError, forbidden, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { type Frozen, jsonEqual, type KubeObject, ownValue } from "../types.ts";

/** A number that pods go before others by. */
export interface PriorityClass
  extends KubeObject,
    Omit<SchedulingPriorityClass, "apiVersion" | "kind" | "metadata" | "preemptionPolicy"> {
  preemptionPolicy?: string;
}

const userPriorityMax = 1_000_000_000;
const systemPrefix = "system-";
/** The classes that every cluster has. */
export const systemPriorities: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

/** PriorityClasses: names for how much a pod matters. */
export const priorityClass = nameKind<PriorityClass>({
  group: "scheduling.k8s.io",
  kind: "PriorityClass",
  plural: "priorityclasses",
  shortNames: ["pc"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const priorityClassRules = /* @__PURE__ */ withRules(priorityClass, {
  schema: "io.k8s.api.scheduling.v1.PriorityClass",
  allowCreateOnUpdate: true,
  countsGenerations: true,

  applyDefaults(draft) {
    draft.preemptionPolicy ??= "PreemptLowerPriority";
  },

  validate: validatePriorityClass,

  validateUpdate(object, old) {
    const errors: FieldError[] = [];
    if (object.value !== old.value) errors.push(forbidden("value", "may not be changed in an update."));
    if (!jsonEqual(object.preemptionPolicy, old.preemptionPolicy)) {
      errors.push({
        type: "FieldValueInvalid",
        field: "preemptionPolicy",
        value: object.preemptionPolicy,
        detail: "field is immutable",
      });
    }
    return errors;
  },
});

function validatePriorityClass({
  metadata,
  value,
  preemptionPolicy,
  globalDefault = false,
}: Frozen<PriorityClass>): FieldError[] {
  const errors: FieldError[] = [];
  const { name } = metadata;
  if (name.startsWith(systemPrefix)) {
    const why = systemError(name, value, globalDefault);
    if (why !== undefined) {
      const text = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${why}`;
      errors.push(forbidden("metadata.name", text));
    }
  } else if (value > userPriorityMax) {
    errors.push(forbidden("value", `maximum allowed value of a user defined priority is ${userPriorityMax}`));
  }
  if (preemptionPolicy === "") errors.push(required("preemptionPolicy"));
  else if (preemptionPolicy !== "PreemptLowerPriority" && preemptionPolicy !== "Never") {
    errors.push(notSupported("preemptionPolicy", preemptionPolicy, ["PreemptLowerPriority", "Never"]));
  }
  return errors;
}

function systemError(name: string, value: number, isDefault: boolean): string | undefined {
  const known = ownValue(systemPriorities, name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known) return `value of ${name} PriorityClass must be ${known}`;
  return isDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}
