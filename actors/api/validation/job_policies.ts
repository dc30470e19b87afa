/**
 * The rules for when a Job has failed, and when it has succeeded.
 */
import {
  addErrors,
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  omitted,
  required,
  tooLong,
  tooMany,
} from "../field_error.ts";
import type { Frozen } from "../types.ts";
import type { JobSpec } from "./job_spec.ts";
import { validateNonNegative } from "./metadata.ts";
import { labelKeyErrors } from "./names.ts";

const rulesMax = 20;
const exitCodesMax = 255;
const indexesBytesMax = 64 * 1024;
const actions = ["Count", "FailIndex", "FailJob", "Ignore"];
const statuses = ["False", "True", "Unknown"];

/** As Go prints a list of texts. */
function valid(values: readonly string[]): string {
  return `valid values: [${values.map((each) => JSON.stringify(each)).join(" ")}]`;
}

function wordErrors(value: string, at: string, known: readonly string[]): FieldError[] {
  if (value === "") return [required(at, valid(known))];
  return known.includes(value) ? [] : [notSupported(at, value, known)];
}

/** What is wrong with the rules for pods that fail. */
export function validateFailurePolicy(spec: Frozen<JobSpec>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { podFailurePolicy, backoffLimitPerIndex, template } = spec;
  if (podFailurePolicy === undefined) return errors;
  const at = `${path}.podFailurePolicy.rules`;
  const containers = [...(template?.spec?.containers ?? []), ...(template?.spec?.initContainers ?? [])];
  const names = new Set(containers.map(({ name }) => name));
  const rules = podFailurePolicy.rules ?? [];
  if (rules.length > rulesMax) errors.push(tooMany(at, rules.length, rulesMax));
  for (const [index, { action = "", onExitCodes, onPodConditions = [] }] of rules.entries()) {
    const here = `${at}[${index}]`;
    addErrors(errors, wordErrors(action, `${here}.action`, actions));
    if (action === "FailIndex" && backoffLimitPerIndex === undefined) {
      errors.push(invalid(`${here}.action`, action, "requires the backoffLimitPerIndex to be set"));
    }
    if (onExitCodes !== undefined) {
      addErrors(errors, exitCodeErrors(onExitCodes, { at: `${here}.onExitCodes`, names }));
    }
    addErrors(errors, conditionErrors(onPodConditions, `${here}.onPodConditions`));
    if (onExitCodes !== undefined && onPodConditions.length > 0) {
      errors.push(invalid(here, omitted, "specifying both OnExitCodes and OnPodConditions is not supported"));
    }
    if (onExitCodes === undefined && onPodConditions.length === 0) {
      errors.push(invalid(here, omitted, "specifying one of OnExitCodes and OnPodConditions is required"));
    }
  }
  return errors;
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
}

function conditionErrors(conditions: readonly Condition[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (conditions.length > rulesMax) errors.push(tooMany(at, conditions.length, rulesMax));
  for (const [index, { type = "", status = "" }] of conditions.entries()) {
    for (const text of labelKeyErrors(type)) errors.push(invalid(`${at}[${index}].type`, type, text));
    addErrors(errors, wordErrors(status, `${at}[${index}].status`, statuses));
  }
  return errors;
}

type ExitCodes = NonNullable<NonNullable<Frozen<JobSpec>["podFailurePolicy"]>["rules"][number]["onExitCodes"]>;

function exitCodeErrors(codes: ExitCodes, { at, names }: { at: string; names: ReadonlySet<string> }): FieldError[] {
  const { operator = "", values = [], containerName } = codes;
  const errors = wordErrors(operator, `${at}.operator`, ["In", "NotIn"]);
  if (containerName !== undefined && !names.has(containerName)) {
    const text = "must be one of the container or initContainer names in the pod template";
    errors.push(invalid(`${at}.containerName`, containerName, text));
  }
  if (values.length === 0) errors.push(invalid(`${at}.values`, values, "at least one value is required"));
  if (values.length > exitCodesMax) errors.push(tooMany(`${at}.values`, values.length, exitCodesMax));
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

/** What is wrong with the rules for a Job that has done enough. */
export function validateSuccessPolicy(spec: Frozen<JobSpec>, path: string): FieldError[] {
  const { successPolicy, completionMode, completions = 0 } = spec;
  if (successPolicy === undefined) return [];
  const at = `${path}.successPolicy`;
  if (completionMode !== "Indexed") return [invalid(at, successPolicy, "requires indexed completion mode")];
  const errors: FieldError[] = [];
  const rules = successPolicy.rules ?? [];
  if (rules.length === 0) {
    const text = "at least one rules must be specified when the successPolicy is specified";
    errors.push(required(`${at}.rules`, text));
  }
  if (rules.length > rulesMax) errors.push(tooMany(`${at}.rules`, rules.length, rulesMax));
  for (const [index, { succeededCount: count, succeededIndexes: indexes }] of rules.entries()) {
    const here = `${at}.rules[${index}]`;
    if (count === undefined && indexes === undefined) {
      errors.push(required(here, "at least one of succeededCount or succeededIndexes must be specified"));
    }
    const read = indexes === undefined ? undefined : readIndexes(indexes, completions);
    if ((indexes ?? "").length > indexesBytesMax) errors.push(tooLong(`${here}.succeededIndexes`, indexesBytesMax));
    if (read?.problem !== undefined) {
      errors.push(invalid(`${here}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${read.problem}`));
    }
    if (count === undefined) continue;
    addErrors(errors, validateNonNegative(count, `${here}.succeededCount`));
    const atMost = (most: number, what: string) => {
      if (count <= most) return;
      const text = `must be less than or equal to ${most} (the number of ${what})`;
      errors.push(invalid(`${here}.succeededCount`, count, text));
    };
    atMost(completions, "specified completions");
    if (read) atMost(read.count, "indexes in the specified succeededIndexes field");
  }
  return errors;
}

interface ReadIndexes {
  readonly count: number;
  readonly problem?: string;
}

/** How many indexes a text such as `1,3-5` names, in the words of who reads it. */
function readIndexes(text: string, completions: number): ReadIndexes {
  if (text === "") return { count: 0 };
  let [count, last] = [0, -1];
  for (const interval of text.split(",")) {
    const limits = interval.split("-");
    if (limits.length > 2) {
      return {
        count: 0,
        problem: `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`,
      };
    }
    const numbers: number[] = [];
    for (const limit of limits) {
      if (!/^\d+$/.test(limit))
        return { count: 0, problem: `cannot convert string to integer for index: ${JSON.stringify(limit)}` };
      if (Number(limit) >= completions) return { count: 0, problem: `too large index: ${JSON.stringify(limit)}` };
      numbers.push(Number(limit));
    }
    const [from = 0, to = from] = numbers;
    if (numbers.length === 2 && from >= to) {
      return { count: 0, problem: `non-increasing order, previous: ${from}, current: ${to}` };
    }
    if (from <= last) return { count: 0, problem: `non-increasing order, previous: ${last}, current: ${from}` };
    count += to - from + 1;
    last = to;
  }
  return { count };
}
