/**
 * The rules for the specs of Jobs, by themselves and in CronJobs.
 */
import type { JobSpec as BatchJobSpec } from "kubernetes-types/batch/v1.js";
import { addErrors, duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { type Frozen, jsonEqual } from "../types.ts";
import { validateTemplateFields } from "./deployment_spec.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { immutableText, validateImmutable, validateNonNegative } from "./metadata.ts";
import { labelKeyErrors } from "./names.ts";

/** A Job's spec; what is newer than the package that gives the other fields is here. */
export interface JobSpec extends BatchJobSpec {
  managedBy?: string;
  successPolicy?: { rules: { succeededIndexes?: string; succeededCount?: number }[] };
}

const indexedMax = 100_000;
const exitCodesMax = 255;
const completionModes = ["NonIndexed", "Indexed"];
const replacements = ["TerminatingOrFailed", "Failed"];
const actions = ["FailJob", "FailIndex", "Count", "Ignore"];

/** What is wrong with a Job's spec, but for its selector. */
export function validateJobSpec(spec: Frozen<JobSpec>, at: string): FieldError[] {
  const errors = [
    ...validateNonNegative(spec.parallelism, `${at}.parallelism`),
    ...validateNonNegative(spec.completions, `${at}.completions`),
    ...validateNonNegative(spec.activeDeadlineSeconds, `${at}.activeDeadlineSeconds`),
    ...validateNonNegative(spec.backoffLimit, `${at}.backoffLimit`),
    ...validateNonNegative(spec.ttlSecondsAfterFinished, `${at}.ttlSecondsAfterFinished`),
    ...validateNonNegative(spec.backoffLimitPerIndex, `${at}.backoffLimitPerIndex`),
    ...validateNonNegative(spec.maxFailedIndexes, `${at}.maxFailedIndexes`),
    ...validateIndexes(spec, at),
    ...validateFailurePolicy(spec, at),
    ...validateSuccessPolicy(spec, at),
  ];
  if (spec.managedBy !== undefined) {
    for (const text of labelKeyErrors(spec.managedBy)) errors.push(invalid(`${at}.managedBy`, spec.managedBy, text));
    if (!spec.managedBy.includes("/")) {
      errors.push(invalid(`${at}.managedBy`, spec.managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    }
  }
  const { podReplacementPolicy: replacement } = spec;
  if (replacement !== undefined) {
    if (!replacements.includes(replacement)) {
      errors.push(notSupported(`${at}.podReplacementPolicy`, replacement, [...replacements].sort()));
    } else if (spec.podFailurePolicy !== undefined && replacement !== "Failed") {
      errors.push(notSupported(`${at}.podReplacementPolicy`, replacement, ["Failed"]));
    }
  }
  addErrors(errors, validateTemplateFields({ template: spec.template }, at));
  const restartPolicy = spec.template?.spec?.restartPolicy;
  const field = `${at}.template.spec.restartPolicy`;
  if (restartPolicy === "Always") errors.push(required(field, 'valid values: "OnFailure", "Never"'));
  else if (spec.podFailurePolicy !== undefined && restartPolicy !== "Never" && restartPolicy !== undefined) {
    errors.push(invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
  return errors;
}

function validateIndexes(spec: Frozen<JobSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { completionMode = "NonIndexed", completions, parallelism = 0 } = spec;
  if (!completionModes.includes(completionMode)) {
    errors.push(notSupported(`${at}.completionMode`, completionMode, [...completionModes].sort()));
  }
  if (completionMode === "Indexed") {
    if (completions === undefined) {
      errors.push(required(`${at}.completions`, "when completion mode is Indexed"));
    }
    if (parallelism > indexedMax) {
      const text = `must be less than or equal to ${indexedMax} when completion mode is Indexed`;
      errors.push(invalid(`${at}.parallelism`, parallelism, text));
    }
  } else {
    if (spec.backoffLimitPerIndex !== undefined) {
      errors.push(invalid(`${at}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, "requires indexed completion mode"));
    }
  }
  if (spec.maxFailedIndexes !== undefined) {
    const { maxFailedIndexes: max } = spec;
    if (spec.backoffLimitPerIndex === undefined) {
      errors.push(required(`${at}.backoffLimitPerIndex`, "when maxFailedIndexes is specified"));
    }
    if (completions !== undefined && max > completions) {
      errors.push(invalid(`${at}.maxFailedIndexes`, max, "must be less than or equal to completions"));
    }
  }
  return errors;
}

function validateFailurePolicy({ podFailurePolicy, backoffLimitPerIndex, template }: Frozen<JobSpec>, path: string) {
  const errors: FieldError[] = [];
  if (podFailurePolicy === undefined) return errors;
  const at = `${path}.podFailurePolicy.rules`;
  const names = new Set(
    [...(template?.spec?.containers ?? []), ...(template?.spec?.initContainers ?? [])].map((c) => c.name),
  );
  const rules = podFailurePolicy.rules ?? [];
  if (rules.length > 20)
    errors.push({ type: "FieldValueTooMany", field: at, value: rules.length, detail: "must have at most 20 items" });
  rules.forEach((rule, index) => {
    const here = `${at}[${index}]`;
    const { action = "", onExitCodes, onPodConditions = [] } = rule;
    if (action === "")
      errors.push(required(`${here}.action`, 'valid values: ["Count" "FailIndex" "FailJob" "Ignore"]'));
    else if (!actions.includes(action)) errors.push(notSupported(`${here}.action`, action, [...actions].sort()));
    else if (action === "FailIndex" && backoffLimitPerIndex === undefined) {
      errors.push(invalid(`${here}.action`, action, "requires the backoffLimitPerIndex to be set"));
    }
    if (onExitCodes !== undefined && onPodConditions.length > 0) {
      errors.push(invalid(here, rule, "specifying both OnExitCodes and OnPodConditions is not supported"));
    }
    if (onExitCodes === undefined && onPodConditions.length === 0) {
      errors.push(invalid(here, rule, "specifying one of OnExitCodes and OnPodConditions is required"));
    }
    if (onExitCodes !== undefined)
      addErrors(errors, validateExitCodes(onExitCodes, { at: `${here}.onExitCodes`, names }));
  });
  return errors;
}

type ExitCodes = NonNullable<NonNullable<Frozen<JobSpec>["podFailurePolicy"]>["rules"][number]["onExitCodes"]>;

function validateExitCodes(codes: ExitCodes, { at, names }: { at: string; names: ReadonlySet<string> }): FieldError[] {
  const errors: FieldError[] = [];
  const { operator = "", values = [], containerName } = codes;
  if (operator === "") errors.push(required(`${at}.operator`, 'valid values: ["In" "NotIn"]'));
  else if (operator !== "In" && operator !== "NotIn")
    errors.push(notSupported(`${at}.operator`, operator, ["In", "NotIn"]));
  if (containerName !== undefined && !names.has(containerName)) {
    const text = "must be one of the container or initContainer names in the pod template";
    errors.push(invalid(`${at}.containerName`, containerName, text));
  }
  if (values.length === 0) errors.push(invalid(`${at}.values`, values, "at least one value is required"));
  if (values.length > exitCodesMax) {
    const detail = `must have at most ${exitCodesMax} items`;
    errors.push({ type: "FieldValueTooMany", field: `${at}.values`, value: values.length, detail });
  }
  const seen = new Set<number>();
  for (const [index, value] of values.entries()) {
    const here = `${at}.values[${index}]`;
    if (value === 0 && operator === "In") errors.push(invalid(here, value, "must not be 0 for the In operator"));
    if (seen.has(value)) errors.push(duplicate(here, value));
    seen.add(value);
  }
  if (values.some((value, index) => index > 0 && value < (values[index - 1] ?? value))) {
    errors.push(invalid(`${at}.values`, values, "must be ordered"));
  }
  return errors;
}

function validateSuccessPolicy({ successPolicy, completionMode, completions }: Frozen<JobSpec>, path: string) {
  const errors: FieldError[] = [];
  if (successPolicy === undefined) return errors;
  const at = `${path}.successPolicy`;
  if (completionMode !== "Indexed") errors.push(invalid(at, successPolicy, "requires indexed completion mode"));
  const rules = successPolicy.rules ?? [];
  if (rules.length === 0)
    errors.push(required(`${at}.rules`, "at least one rules must be specified when the successPolicy is specified"));
  rules.forEach((rule, index) => {
    const here = `${at}.rules[${index}]`;
    if (rule.succeededCount === undefined && rule.succeededIndexes === undefined) {
      errors.push(required(here, "at least one of succeededCount or succeededIndexes must be specified"));
    }
    const { succeededCount: count = 0 } = rule;
    if (rule.succeededCount !== undefined && count <= 0)
      errors.push(invalid(`${here}.succeededCount`, count, "must be greater than 0"));
    if (completions !== undefined && count > completions) {
      errors.push(
        invalid(
          `${here}.succeededCount`,
          count,
          `must be less than or equal to ${completions} (the number of specified completions)`,
        ),
      );
    }
  });
  return errors;
}

/** What is wrong with the selector of a Job that is made: the server has made it, unless the client says otherwise. */
export function validateJobSelector(spec: Frozen<JobSpec>, at: string): FieldError[] {
  if (spec.selector === undefined) return [required(`${at}.selector`)];
  return validateLabelSelector(spec.selector, `${at}.selector`);
}

const immutables = [
  "selector",
  "completionMode",
  "podFailurePolicy",
  "backoffLimitPerIndex",
  "managedBy",
  "successPolicy",
] as const;

/** What is wrong with a change of a Job's spec. */
export function validateJobSpecUpdate(
  spec: Frozen<JobSpec>,
  old: Frozen<JobSpec>,
  { isStarted }: { isStarted: boolean },
): FieldError[] {
  const errors: FieldError[] = [];
  // An indexed Job may grow and shrink as long as it runs all its indexes at once.
  const isElastic =
    spec.completionMode === "Indexed" && spec.completions !== undefined && spec.completions === spec.parallelism;
  if (!isElastic)
    addErrors(errors, validateImmutable("spec.completions", { value: spec.completions, old: old.completions }));
  if (isElastic && old.completions === undefined)
    errors.push(invalid("spec.completions", spec.completions, immutableText));
  for (const field of immutables) {
    addErrors(errors, validateImmutable(`spec.${field}`, { value: spec[field], old: old[field] }));
  }
  const mayMove = old.suspend === true && !isStarted;
  const template = mayMove ? withoutDirectives(spec.template) : spec.template;
  const before = mayMove ? withoutDirectives(old.template) : old.template;
  if (!jsonEqual(template, before)) errors.push(invalid("spec.template", spec.template, immutableText));
  if (spec.podReplacementPolicy === undefined && old.podReplacementPolicy !== undefined) {
    errors.push(forbidden("spec.podReplacementPolicy", "may not be removed"));
  }
  return errors;
}

/** A template without what says where its pods go, which a Job that never began may still change. */
function withoutDirectives(template: Frozen<JobSpec>["template"]): unknown {
  const { labels: _labels, annotations: _annotations, ...metadata } = template.metadata ?? {};
  const {
    nodeSelector: _selector,
    affinity: _affinity,
    tolerations: _tolerations,
    ...spec
  } = template.spec ?? {
    containers: [],
  };
  const { schedulingGates: _gates, ...rest } = spec as typeof spec & { schedulingGates?: unknown };
  return { ...template, metadata, spec: rest };
}
