/**
 * The rules for the specs of Jobs, by themselves and in CronJobs.
 */
import type { JobSpec as BatchJobSpec } from "kubernetes-types/batch/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required, tooLong } from "../field_error.ts";
import { type Frozen, jsonEqual } from "../types.ts";
import { validateTemplateFields } from "./deployment_spec.ts";
import { validateFailurePolicy, validateSuccessPolicy } from "./job_policies.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { immutableText, validateImmutable, validateNonNegative } from "./metadata.ts";
import { prefixedPathErrors } from "./names.ts";

/** A Job's spec; what is newer than the package that gives the other fields is here. */
export interface JobSpec extends BatchJobSpec {
  managedBy?: string;
  successPolicy?: { rules: { succeededIndexes?: string; succeededCount?: number }[] };
}

const indexedMax = 100_000;
const managerCharsMax = 63;
/** Past so many completions with a limit for each, less of all else may be. */
const manyCompletions = 100_000;
const parallelismOfMany = 10_000;
const completionModes = ["NonIndexed", "Indexed"];
const replacements = ["Failed", "TerminatingOrFailed"];

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
    ...limitPerIndexErrors(spec, at),
    ...managerErrors(spec.managedBy, `${at}.managedBy`),
    ...validateIndexes(spec, at),
    ...validateFailurePolicy(spec, at),
    ...validateSuccessPolicy(spec, at),
  ];
  const { podReplacementPolicy: replacement } = spec;
  if (replacement !== undefined) {
    const known = spec.podFailurePolicy === undefined ? replacements : ["Failed"];
    if (!known.includes(replacement)) errors.push(notSupported(`${at}.podReplacementPolicy`, replacement, known));
  }
  addErrors(errors, validateTemplateFields(spec.template, `${at}.template`));
  // Of a template without a pod the policy is what is filled in.
  const { restartPolicy } = spec.template?.spec ?? { restartPolicy: "Always" };
  const field = `${at}.template.spec.restartPolicy`;
  if (restartPolicy === "Always" || restartPolicy === "") {
    errors.push(required(field, 'valid values: "OnFailure", "Never"'));
  } else if (restartPolicy !== undefined && restartPolicy !== "OnFailure" && restartPolicy !== "Never") {
    errors.push(notSupported(field, restartPolicy, ["OnFailure", "Never"]));
  } else if (spec.podFailurePolicy !== undefined && restartPolicy !== "Never" && restartPolicy !== undefined) {
    errors.push(invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
  return errors;
}

function limitPerIndexErrors({ maxFailedIndexes, backoffLimitPerIndex }: Frozen<JobSpec>, at: string): FieldError[] {
  if (maxFailedIndexes === undefined || backoffLimitPerIndex !== undefined) return [];
  return [required(`${at}.backoffLimitPerIndex`, "when maxFailedIndexes is specified")];
}

function managerErrors(name: string | undefined, at: string): FieldError[] {
  if (name === undefined) return [];
  const errors = prefixedPathErrors(name).map((text) => invalid(at, name, text));
  return name.length > managerCharsMax ? [...errors, tooLong(at, managerCharsMax)] : errors;
}

function validateIndexes(spec: Frozen<JobSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { completionMode = "NonIndexed", completions, parallelism = 0, backoffLimitPerIndex } = spec;
  const { maxFailedIndexes: failures } = spec;
  if (!completionModes.includes(completionMode)) {
    errors.push(notSupported(`${at}.completionMode`, completionMode, completionModes));
  }
  if (completionMode === "NonIndexed") {
    for (const [field, value] of Object.entries({ backoffLimitPerIndex, maxFailedIndexes: failures })) {
      if (value !== undefined) errors.push(invalid(`${at}.${field}`, value, "requires indexed completion mode"));
    }
  }
  if (completionMode !== "Indexed") return errors;
  if (completions === undefined) errors.push(required(`${at}.completions`, "when completion mode is Indexed"));
  const atMost = (field: string, value: number, { most, why = "" }: { most: number; why?: string }) => {
    if (value > most) errors.push(invalid(`${at}.${field}`, value, `must be less than or equal to ${most}${why}`));
  };
  atMost("parallelism", parallelism, { most: indexedMax, why: " when completion mode is Indexed" });
  if (completions !== undefined && failures !== undefined && failures > completions) {
    errors.push(invalid(`${at}.maxFailedIndexes`, failures, "must be less than or equal to completions"));
  }
  atMost("maxFailedIndexes", failures ?? 0, { most: indexedMax });
  if (completions === undefined || completions <= manyCompletions || backoffLimitPerIndex === undefined) return errors;
  if (failures === undefined) {
    errors.push(required(`${at}.maxFailedIndexes`, `must be specified when completions is above ${manyCompletions}`));
  }
  const why = ` when completions are above ${manyCompletions} and used with backoff limit per index`;
  atMost("parallelism", parallelism, { most: parallelismOfMany, why });
  atMost("maxFailedIndexes", failures ?? 0, { most: parallelismOfMany, why });
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
