/**
 * The rules for what a HorizontalPodAutoscaler measures and how fast it acts.
 */
import type {
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from "kubernetes-types/autoscaling/v2.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { millisOf } from "../quantity.ts";
import type { Frozen } from "../types.ts";
import { validateNonNegative } from "./metadata.ts";

const sources = ["ContainerResource", "External", "Object", "Pods", "Resource"] as const;
const fieldOf = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
} as const;
const selectPolicies = ["Disabled", "Max", "Min"];
const windowSecondsMax = 3_600;
const periodSecondsMax = 1_800;

/** What is wrong with an autoscaler's spec. */
export function validateAutoscalerSpec(spec: Frozen<HorizontalPodAutoscalerSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minReplicas = 1, maxReplicas, scaleTargetRef } = spec;
  if (minReplicas < 1) errors.push(invalid(`${at}.minReplicas`, minReplicas, "must be greater than or equal to 1"));
  if (maxReplicas < 1) errors.push(invalid(`${at}.maxReplicas`, maxReplicas, "must be greater than 0"));
  if (maxReplicas < minReplicas) {
    errors.push(invalid(`${at}.maxReplicas`, maxReplicas, "must be greater than or equal to `minReplicas`"));
  }
  const target = `${at}.scaleTargetRef`;
  if (!scaleTargetRef?.kind) errors.push(required(`${target}.kind`));
  if (!scaleTargetRef?.name) errors.push(required(`${target}.name`));
  for (const [index, metric] of (spec.metrics ?? []).entries()) {
    addErrors(errors, validateMetric(metric, `${at}.metrics[${index}]`));
  }
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  if (scaleUp !== undefined) addErrors(errors, validateRules(scaleUp, `${at}.behavior.scaleUp`));
  if (scaleDown !== undefined) addErrors(errors, validateRules(scaleDown, `${at}.behavior.scaleDown`));
  return errors;
}

function validateMetric(metric: Frozen<MetricSpec>, at: string): FieldError[] {
  const { type } = metric;
  if (!type) return [required(`${at}.type`, "must specify a metric source type")];
  const known = sources.find((each) => each === type);
  if (known === undefined) return [notSupported(`${at}.type`, type, sources)];
  const errors: FieldError[] = [];
  const own = fieldOf[known];
  const source = metric[own];
  if (source === undefined) {
    return [required(`${at}.${own}`, "must populate information for the given metric source")];
  }
  for (const other of sources) {
    const field = fieldOf[other];
    if (field !== own && metric[field] !== undefined) {
      errors.push(forbidden(`${at}.${field}`, "must populate the given metric source only"));
    }
  }
  if ("name" in source && !source.name) errors.push(required(`${at}.${own}.name`, "must specify a resource name"));
  if ("metric" in source && !source.metric.name)
    errors.push(required(`${at}.${own}.metric.name`, "must specify a metric name"));
  addErrors(errors, validateTarget(source.target, `${at}.${own}.target`));
  return errors;
}

function validateTarget(target: Frozen<MetricTarget> | undefined, at: string): FieldError[] {
  if (target === undefined) return [required(at)];
  const { type = "", averageUtilization, averageValue, value } = target;
  if (type === "") return [required(`${at}.type`, "must specify a metric target type")];
  const errors: FieldError[] = [];
  if (type !== "Utilization" && type !== "Value" && type !== "AverageValue") {
    errors.push(invalid(`${at}.type`, type, "must be either Utilization, Value, or AverageValue"));
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalid(`${at}.averageUtilization`, averageUtilization, "must be greater than 0"));
  }
  if (averageUtilization === undefined && averageValue === undefined && value === undefined) {
    errors.push(required(`${at}.averageUtilization`, "must set either a target raw value or a target utilization"));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    errors.push(forbidden(`${at}.averageValue`, "may not set both a target raw value and a target utilization"));
  }
  return errors;
}

function validateRules(rules: Frozen<HPAScalingRules>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies } = rules;
  addErrors(errors, validateNonNegative(window, `${at}.stabilizationWindowSeconds`));
  if (window !== undefined && window > windowSecondsMax) {
    errors.push(
      invalid(`${at}.stabilizationWindowSeconds`, window, `must be less than or equal to ${windowSecondsMax}`),
    );
  }
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy)) {
    errors.push(notSupported(`${at}.selectPolicy`, selectPolicy, selectPolicies));
  }
  // Newer than the types are.
  const { tolerance } = rules as { readonly tolerance?: string | number };
  if (tolerance !== undefined && millisOf(String(tolerance)) < 0) {
    errors.push(invalid(`${at}.tolerance`, tolerance, "must be greater than or equal to 0"));
  }
  if (policies === undefined || policies.length === 0)
    errors.push(required(`${at}.policies`, "must specify at least one Policy"));
  policies?.forEach(({ type, value, periodSeconds }, index) => {
    const here = `${at}.policies[${index}]`;
    if (type !== "Pods" && type !== "Percent") errors.push(notSupported(`${here}.type`, type, ["Percent", "Pods"]));
    if (value <= 0) errors.push(invalid(`${here}.value`, value, "must be greater than zero"));
    if (periodSeconds <= 0) errors.push(invalid(`${here}.periodSeconds`, periodSeconds, "must be greater than zero"));
    if (periodSeconds > periodSecondsMax) {
      errors.push(invalid(`${here}.periodSeconds`, periodSeconds, `must be less than or equal to ${periodSecondsMax}`));
    }
  });
  return errors;
}
