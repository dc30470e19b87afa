/**
 * The rules for the specs of the workloads that keep a number of equal pods.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, forbidden, invalid, nothing, notSupported, required } from "../field_error.ts";
import { matchesLabels, toSelector } from "../label_selector.ts";
import type { DeploymentSpec, Frozen, LabelSelector, PodTemplateSpec, ReplicaSetSpec } from "../types.ts";
import { isNothing, validateAtMostAll, validateIntOrPercent } from "./int_or_percent.ts";
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
    ...validateTemplate(spec, { at, what: "ReplicaSet", unreadable: "invalid label selector" }),
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
    ...validateTemplate(spec, { at, what: "ReplicaSet", unreadable: "invalid label selector" }),
  ];
}

/** Whether a selector asks for nothing. */
export function isEmpty(selector: Frozen<LabelSelector>): boolean {
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

/** Where a template is, and whose it is. */
export interface TemplateContext {
  readonly at: string;
  readonly what: string;
  /** What is said of a selector that cannot be read. Default: nothing. */
  readonly unreadable?: string;
}

/**
 * What is wrong with the pod template of a workload, and how it fits the selector; of a template whose selector cannot
 * be read nothing is said.
 */
export function validateTemplate(spec: Templated, { at, what, unreadable }: TemplateContext): FieldError[] {
  const errors: FieldError[] = [];
  if (unreadable !== undefined && spec.selector !== undefined && !toSelector(spec.selector).ok) {
    return [invalid(`${at}.selector`, spec.selector, unreadable)];
  }
  addErrors(errors, mismatchErrors(spec, at));
  addErrors(errors, validateTemplateFields(spec.template, `${at}.template`));
  addErrors(errors, endlessErrors(spec.template, `${at}.template.spec`, what));
  return errors;
}

/** What is wrong with how a template fits the selector of those that count its pods. */
export function mismatchErrors({ selector, template }: Templated, at: string): FieldError[] {
  if (selector === undefined || isEmpty(selector)) return [];
  const read = toSelector(selector);
  const labels = template?.metadata?.labels;
  return read.ok && !matchesLabels(read.value, labels) ? [mismatch(labels, at)] : [];
}

/** Of a template's labels: no selector means them. */
export function mismatch(labels: Readonly<Record<string, string>> | undefined, at: string): FieldError {
  return invalid(`${at}.template.metadata.labels`, labels ?? nothing, "`selector` does not match template `labels`");
}

/** What is wrong with a template whose pods are to run for ever. */
export function endlessErrors(template: Frozen<PodTemplateSpec> | undefined, at: string, what: string): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? { restartPolicy: "Always" };
  const errors: FieldError[] = [];
  if (restartPolicy !== "Always") errors.push(notSupported(`${at}.restartPolicy`, restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    errors.push(forbidden(`${at}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${what} is not Supported`));
  }
  return errors;
}

/** What is wrong with a pod template by itself. */
export function validateTemplateFields(template: Frozen<PodTemplateSpec> | undefined, at: string): FieldError[] {
  const { metadata, spec } = template ?? {};
  const errors = validateLabels(metadata?.labels, `${at}.labels`);
  addErrors(errors, validateAnnotations(metadata?.annotations, `${at}.annotations`));
  if (spec === undefined) return [...errors, required(`${at}.spec.containers`)];
  addErrors(errors, validatePodAnnotations(metadata?.annotations ?? {}, spec, `${at}.annotations`));
  addErrors(errors, validatePodSpec(spec, `${at}.spec`));
  return errors;
}

function validateStrategy(strategy: Frozen<DeploymentSpec>["strategy"], at: string): FieldError[] {
  const { type = "", rollingUpdate } = strategy ?? {};
  if (type === "Recreate") {
    if (rollingUpdate === undefined) return [];
    return [forbidden(`${at}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  // What is within an API server is shown as it is called there.
  if (type !== "RollingUpdate") return [notSupported(at, { Type: type, RollingUpdate: null }, strategies)];
  if (rollingUpdate === undefined) {
    return [required(`${at}.rollingUpdate`, "this should be defaulted and never be nil")];
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const errors = [
    ...validateIntOrPercent(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${at}.rollingUpdate.maxSurge`),
  ];
  if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
    const text = "may not be 0 when `maxSurge` is 0";
    errors.push(invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, text));
  }
  return [...errors, ...validateAtMostAll(maxUnavailable, `${at}.rollingUpdate.maxUnavailable`)];
}
