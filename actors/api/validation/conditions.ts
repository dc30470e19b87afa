/**
 * The rules for the conditions of a status, as k8s.io/apimachinery has them for those of one form.
 */
import { addErrors, duplicate, type FieldError, invalid, notSupported, required, tooLong } from "../field_error.ts";
import { labelKeyErrors } from "./names.ts";

const statuses = ["False", "True", "Unknown"];
const reasonMax = 1_024;
const messageMax = 32 * 1_024;
const reasonPattern = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";
const reasonForm = new RegExp(`^${reasonPattern}$`);
const reasonExamples = ["my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB"];
const reasonText = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. ${reasonExamples.map((each) => `'${each}', `).join(" or ")}regex used for validation is '${reasonPattern}')`;

/** A condition, as a client may have written it. */
export interface WrittenCondition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string | null;
}

/** What is wrong with conditions, of which there is one of each type. */
export function validateConditions(conditions: readonly WrittenCondition[] | undefined, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  for (const [index, condition] of (conditions ?? []).entries()) {
    const { type = "" } = condition;
    if (types.has(type)) errors.push(duplicate(`${at}[${index}].type`, type));
    types.add(type);
    addErrors(errors, conditionErrors(condition, `${at}[${index}]`));
  }
  return errors;
}

function conditionErrors(condition: WrittenCondition, at: string): FieldError[] {
  const { type = "", status = "", reason = "", message = "", observedGeneration = 0 } = condition;
  const errors = labelKeyErrors(type).map((text) => invalid(`${at}.type`, type, text));
  if (!statuses.includes(status)) errors.push(notSupported(`${at}.status`, status, statuses));
  if (observedGeneration < 0) {
    errors.push(invalid(`${at}.observedGeneration`, observedGeneration, "must be greater than or equal to zero"));
  }
  if (!condition.lastTransitionTime) errors.push(required(`${at}.lastTransitionTime`, "must be set"));
  if (reason === "") errors.push(required(`${at}.reason`, "must be set"));
  else if (!reasonForm.test(reason)) errors.push(invalid(`${at}.reason`, reason, reasonText));
  if (reason.length > reasonMax) errors.push(tooLong(`${at}.reason`, reasonMax));
  if (message.length > messageMax) errors.push(tooLong(`${at}.message`, messageMax));
  return errors;
}
