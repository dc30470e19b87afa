/**
 * The rules for what a HorizontalPodAutoscaler measures and how fast it acts.
 */
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from "kubernetes-types/autoscaling/v2.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { millisOf, parseQuantity } from "../quantity.ts";
import type { Frozen } from "../types.ts";
import { dnsLabelErrors, pathSegmentErrors } from "./names.ts";
import { containerNameErrors } from "./resources.ts";

/** In the order in which they are looked at. */
const fields = ["object", "external", "pods", "resource", "containerResource"] as const;
type Source = (typeof fields)[number];
const fieldOf: ReadonlyMap<string, Source> = new Map([
  ...[["Object", "object"] as const, ["External", "external"] as const, ["Pods", "pods"] as const],
  ...[["Resource", "resource"] as const, ["ContainerResource", "containerResource"] as const],
]);
const types = [...fieldOf.keys()].sort();
const selectPolicies = ["Disabled", "Max", "Min"];
const windowSecondsMax = 3_600;
const periodSecondsMax = 1_800;

/** What is wrong with an autoscaler's spec. */
export function validateAutoscalerSpec(spec: Frozen<HorizontalPodAutoscalerSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef } = spec;
  if (minReplicas < 1) errors.push(invalid(`${at}.minReplicas`, minReplicas, "must be greater than or equal to 1"));
  if (maxReplicas < 1) errors.push(invalid(`${at}.maxReplicas`, maxReplicas, "must be greater than 0"));
  if (maxReplicas < minReplicas) {
    errors.push(invalid(`${at}.maxReplicas`, maxReplicas, "must be greater than or equal to `minReplicas`"));
  }
  addErrors(errors, referenceErrors(scaleTargetRef, `${at}.scaleTargetRef`));
  const metrics = spec.metrics ?? [];
  for (const [index, metric] of metrics.entries()) addErrors(errors, validateMetric(metric, `${at}.metrics[${index}]`));
  if (minReplicas === 0 && !metrics.some(({ type }) => type === "Object" || type === "External")) {
    const text = "must specify at least one Object or External metric to support scaling to zero replicas";
    errors.push(forbidden(`${at}.metrics`, text));
  }
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  if (scaleUp !== undefined) addErrors(errors, validateRules(scaleUp, `${at}.behavior.scaleUp`));
  if (scaleDown !== undefined) addErrors(errors, validateRules(scaleDown, `${at}.behavior.scaleDown`));
  return errors;
}

function referenceErrors(reference: Frozen<CrossVersionObjectReference> | undefined, at: string): FieldError[] {
  const { kind = "", name = "" } = reference ?? {};
  return Object.entries({ kind, name }).flatMap(([field, value]) =>
    value === ""
      ? [required(`${at}.${field}`)]
      : pathSegmentErrors(value).map((text) => invalid(`${at}.${field}`, value, text)),
  );
}

function validateMetric(metric: Frozen<MetricSpec>, at: string): FieldError[] {
  const { type = "" } = metric;
  const errors: FieldError[] = [];
  const own = fieldOf.get(type);
  const unknown = notSupported(`${at}.type`, type, types);
  if (type === "") errors.push(required(`${at}.type`, "must specify a metric source type"));
  if (own === undefined) errors.push(unknown);
  const given = fields.filter((field) => metric[field] !== undefined);
  const [first] = given;
  if (first !== undefined) addErrors(errors, sourceErrors(metric, first, `${at}.${first}`));
  // As in Kubernetes an unknown type is told of twice.
  if (own === undefined) errors.push(unknown);
  else if (metric[own] === undefined) {
    errors.push(required(`${at}.${own}`, "must populate information for the given metric source"));
  }
  if (given.length === 1) return errors;
  for (const field of given) {
    if (field !== own) errors.push(forbidden(`${at}.${field}`, "must populate the given metric source only"));
  }
  return errors;
}

function sourceErrors(metric: Frozen<MetricSpec>, field: Source, at: string): FieldError[] {
  const { object, external, pods, resource, containerResource } = metric;
  const target = `${at}.target`;
  if (field === "object") {
    return [
      ...referenceErrors(object?.describedObject, `${at}.describedObject`),
      ...identifierErrors(object?.metric.name, `${at}.metric`),
      ...targetErrors(object?.target, target),
      ...eitherErrors(object?.target, `${target}.averageValue`, "must set either a target value or averageValue"),
    ];
  }
  if (field === "external") {
    const { value, averageValue } = external?.target ?? {};
    const text = "must set either a target value for metric or a per-pod target";
    const both = "may not set both a target value for metric and a per-pod target";
    return [
      ...identifierErrors(external?.metric.name, `${at}.metric`),
      ...targetErrors(external?.target, target),
      ...eitherErrors(external?.target, `${target}.averageValue`, text),
      ...(value !== undefined && averageValue !== undefined ? [forbidden(`${target}.value`, both)] : []),
    ];
  }
  if (field === "pods") {
    const text = "must specify a positive target averageValue";
    return [
      ...identifierErrors(pods?.metric.name, `${at}.metric`),
      ...targetErrors(pods?.target, target),
      ...(pods?.target?.averageValue === undefined ? [required(`${target}.averageValue`, text)] : []),
    ];
  }
  const of = containerResource ?? resource;
  const errors: FieldError[] = of?.name ? [] : [required(`${at}.name`, "must specify a resource name")];
  if (field === "containerResource") {
    const { name, container = "" } = containerResource ?? {};
    if (name) addErrors(errors, containerNameErrors(name, `${at}.name`));
    if (container === "") errors.push(required(`${at}.container`, "must specify a container"));
    else for (const text of dnsLabelErrors(container)) errors.push(invalid(`${at}.container`, container, text));
  }
  return [...errors, ...targetErrors(of?.target, target), ...usageErrors(of?.target, target)];
}

function identifierErrors(name: string | undefined, at: string): FieldError[] {
  if (!name) return [required(`${at}.name`, "must specify a metric name")];
  return pathSegmentErrors(name).map((text) => invalid(`${at}.name`, name, text));
}

type Target = Frozen<MetricTarget> | undefined;

function eitherErrors(target: Target, at: string, text: string): FieldError[] {
  return target?.value === undefined && target?.averageValue === undefined ? [required(at, text)] : [];
}

function usageErrors(target: Target, at: string): FieldError[] {
  const { averageUtilization, averageValue } = target ?? {};
  if (averageUtilization === undefined && averageValue === undefined) {
    return [required(`${at}.averageUtilization`, "must set either a target raw value or a target utilization")];
  }
  if (averageUtilization === undefined || averageValue === undefined) return [];
  return [forbidden(`${at}.averageValue`, "may not set both a target raw value and a target utilization")];
}

function targetErrors(target: Target, at: string): FieldError[] {
  const { type = "", averageUtilization, averageValue, value } = target ?? {};
  const errors: FieldError[] = [];
  if (type === "") errors.push(required(`${at}.type`, "must specify a metric target type"));
  if (type !== "Utilization" && type !== "Value" && type !== "AverageValue") {
    errors.push(invalid(`${at}.type`, type, "must be either Utilization, Value, or AverageValue"));
  }
  for (const [field, amount] of Object.entries({ value, averageValue })) {
    if (amount === undefined || (parseQuantity(String(amount))?.nanos ?? 0n) > 0n) continue;
    errors.push(invalid(`${at}.${field}`, amount, "must be positive"));
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalid(`${at}.averageUtilization`, averageUtilization, "must be greater than 0"));
  }
  return errors;
}

function validateRules(rules: Frozen<HPAScalingRules>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  const seconds = `${at}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0) {
    errors.push(invalid(seconds, window, "must be greater than or equal to zero"));
  }
  if (window !== undefined && window > windowSecondsMax) {
    errors.push(invalid(seconds, window, `must be less than or equal to ${windowSecondsMax}`));
  }
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy)) {
    errors.push(notSupported(`${at}.selectPolicy`, selectPolicy, selectPolicies));
  }
  if (policies.length === 0) errors.push(required(`${at}.policies`, "must specify at least one Policy"));
  policies.forEach(({ type, value = 0, periodSeconds = 0 }, index) => {
    const here = `${at}.policies[${index}]`;
    if (type !== "Pods" && type !== "Percent") errors.push(notSupported(`${here}.type`, type, ["Percent", "Pods"]));
    if (value <= 0) errors.push(invalid(`${here}.value`, value, "must be greater than zero"));
    if (periodSeconds <= 0) errors.push(invalid(`${here}.periodSeconds`, periodSeconds, "must be greater than zero"));
    if (periodSeconds > periodSecondsMax) {
      errors.push(invalid(`${here}.periodSeconds`, periodSeconds, `must be less than or equal to ${periodSecondsMax}`));
    }
  });
  // Newer than the types are.
  const { tolerance } = rules as { readonly tolerance?: string | number };
  if (tolerance !== undefined && millisOf(String(tolerance)) < 0) {
    errors.push(invalid(`${at}.tolerance`, tolerance, "must be greater than or equal to 0"));
  }
  return errors;
}
