import type { Variable } from "kubernetes-types/admissionregistration/v1.js";
import { compiledExpression, type Known, type MatchCondition, noVariables } from "../cel/admission.ts";
import { duplicate, type FieldError, invalid, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { labelKeyErrors } from "./names.ts";

const conditionsMax = 64;

/** What is wrong with an expression of admission. */
export function expressionErrors(text: string | undefined, field: string, known: Known): FieldError[] {
  if (!text?.trim()) return [required(field, "expression is not specified")];
  const read = compiledExpression(text, known);
  return read.ok ? [] : [invalid(field, text, `compilation failed: ${read.failure}`)];
}

/** What is wrong with the conditions of a webhook or a policy. */
export function conditionErrors(
  conditions: readonly Frozen<MatchCondition>[] | undefined,
  field: string,
  known: Known,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  if ((conditions ?? []).length > conditionsMax) {
    errors.push(invalid(field, conditions?.length, `must have at most ${conditionsMax} items`));
  }
  conditions?.forEach(({ name = "", expression }, index) => {
    const at = `${field}[${index}]`;
    errors.push(...expressionErrors(expression, `${at}.expression`, known));
    if (name === "") errors.push(required(`${at}.name`));
    else for (const text of labelKeyErrors(name)) errors.push(invalid(`${at}.name`, name, text));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  });
  return errors;
}

/** What is wrong with the variables of a policy; each may use those before it. */
export function variableErrors(variables: readonly Frozen<Variable>[] = []): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const scope = noVariables();
  variables.forEach(({ name, expression }, index) => {
    const at = `spec.variables[${index}]`;
    if (!name) errors.push(required(`${at}.name`, "name is not specified"));
    else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      errors.push(invalid(`${at}.name`, name, "name is not a valid CEL identifier"));
    errors.push(...expressionErrors(expression, `${at}.expression`, scope.known));
    scope.add(name);
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  });
  return errors;
}
