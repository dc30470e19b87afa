/**
 * The rules for the specs of the workloads that keep a number of equal pods.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { matchesLabels, toSelector } from "../label_selector.ts";
import type { DeploymentSpec, Frozen, LabelSelector, PodTemplateSpec, ReplicaSetSpec } from "../types.ts";
import { jsonEqual } from "../types.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { validateAnnotations, validateLabels, validateNonNegative } from "./metadata.ts";
import { validatePodAnnotations } from "./pod_annotations.ts";
import { validatePodSpec } from "./pod_spec.ts";

const strategies = ["Recreate", "RollingUpdate"];

/** What is wrong with a Deployment's spec. */
export function validateDeploymentSpec(spec: Frozen<DeploymentSpec>, at: string): FieldError[] {
  const errors = [
    ...validateNonNegative(spec.replicas, `${at}.replicas`),
    ...validateSelector(spec.selector, `${at}.selector`),
    ...validateTemplate(spec, { at, what: "ReplicaSet" }),
    ...validateStrategy(spec.strategy, `${at}.strategy`),
    ...validateNonNegative(spec.minReadySeconds, `${at}.minReadySeconds`),
    ...validateNonNegative(spec.revisionHistoryLimit, `${at}.revisionHistoryLimit`),
  ];
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return errors;
  addErrors(errors, validateNonNegative(deadline, `${at}.progressDeadlineSeconds`));
  if (deadline <= (spec.minReadySeconds ?? 0)) {
    errors.push(invalid(`${at}.progressDeadlineSeconds`, deadline, "must be greater than minReadySeconds"));
  }
  return errors;
}

/** What is wrong with a ReplicaSet's spec. */
export function validateReplicaSetSpec(spec: Frozen<ReplicaSetSpec>, at: string): FieldError[] {
  return [
    ...validateNonNegative(spec.replicas, `${at}.replicas`),
    ...validateNonNegative(spec.minReadySeconds, `${at}.minReadySeconds`),
    ...validateSelector(spec.selector, `${at}.selector`),
    ...validateTemplate(spec, { at, what: "ReplicaSet" }),
  ];
}

function isEmpty(selector: Frozen<LabelSelector>): boolean {
  const labels = Object.keys(selector.matchLabels ?? {}).length;
  return labels + (selector.matchExpressions ?? []).length === 0;
}

/** What is wrong with the selector of a workload, which may not be empty. */
export function validateSelector(
  selector: Frozen<LabelSelector> | undefined,
  at: string,
  what = "deployment",
): FieldError[] {
  if (selector === undefined) return [required(at)];
  const errors = validateLabelSelector(selector, at);
  // The words name the Deployment for ReplicaSets too, as Kubernetes' do.
  if (isEmpty(selector)) errors.push(invalid(at, selector, `empty selector is invalid for ${what}`));
  return errors;
}

interface Templated {
  readonly selector?: Frozen<LabelSelector>;
  readonly template?: Frozen<PodTemplateSpec>;
}

/** Where a template is, whose it is, and whether its pod is judged with it (default) or when one is made of it. */
export interface TemplateContext {
  readonly at: string;
  readonly what: string;
  readonly judgesPod?: boolean;
}

/** What is wrong with the pod template of a workload, and how it fits the selector. */
export function validateTemplate(spec: Templated, context: TemplateContext): FieldError[] {
  const { template } = spec;
  const errors = validateTemplateFields(spec, context.at, context.judgesPod);
  if (template?.spec === undefined) return errors;
  const { restartPolicy, activeDeadlineSeconds } = template.spec;
  const at = `${context.at}.template.spec`;
  if (restartPolicy !== "Always") errors.push(notSupported(`${at}.restartPolicy`, restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    const text = `activeDeadlineSeconds in ${context.what} is not Supported`;
    errors.push(forbidden(`${at}.activeDeadlineSeconds`, text));
  }
  return errors;
}

/** The same without what depends on how often the workload's pods run. */
export function validateTemplateFields(spec: Templated, path: string, judgesPod = true): FieldError[] {
  const at = `${path}.template`;
  const { template } = spec;
  if (template === undefined) return [required(at)];
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  const selector = spec.selector === undefined ? undefined : toSelector(spec.selector);
  const judged = spec.selector !== undefined && !isEmpty(spec.selector);
  if (judged && selector?.ok && !matchesLabels(selector.value, labels)) {
    const text = "`selector` does not match template `labels`";
    errors.push(invalid(`${at}.metadata.labels`, labels ?? {}, text));
  }
  addErrors(errors, validateLabels(labels, `${at}.labels`));
  addErrors(errors, validateAnnotations(template.metadata?.annotations, `${at}.annotations`));
  if (template.spec === undefined) return [...errors, required(`${at}.spec.containers`)];
  if (!judgesPod) return errors;
  const annotations = template.metadata?.annotations ?? {};
  addErrors(errors, validatePodAnnotations(annotations, template.spec, `${at}.annotations`));
  addErrors(errors, validatePodSpec(template.spec, `${at}.spec`));
  return errors;
}

function validateStrategy(strategy: Frozen<DeploymentSpec>["strategy"], at: string): FieldError[] {
  const { type = "", rollingUpdate } = strategy ?? {};
  if (type === "Recreate") {
    if (rollingUpdate === undefined) return [];
    return [forbidden(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type !== "RollingUpdate") return [notSupported(`${at}.type`, type, strategies)];
  if (rollingUpdate === undefined) {
    return [required(`${at}.rollingUpdate`, "this should be defaulted and never be nil")];
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const errors = [
    ...validateIntOrPercent(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${at}.rollingUpdate.maxSurge`),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    const text = "may not be 0 when `maxSurge` is 0";
    errors.push(invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, text));
  }
  if (typeof maxUnavailable === "string" && Number.parseInt(maxUnavailable, 10) > 100) {
    errors.push(invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, "must not be greater than 100%"));
  }
  return errors;
}

function isZero(value: number | string): boolean {
  return jsonEqual(value, 0) || /^0+%$/.test(String(value));
}

/** What is wrong with a number or percentage. */
export function validateIntOrPercent(value: number | string, at: string): FieldError[] {
  if (typeof value === "number") return validateNonNegative(value, at);
  if (/^[0-9]+%$/.test(value)) return [];
  const text =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [invalid(at, value, text)];
}
