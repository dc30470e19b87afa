import type { Variable } from "kubernetes-types/admissionregistration/v1.js";
import { compiledExpression, type Known, type MatchCondition, type PolicyNames } from "../cel/admission.ts";
import { admissionTypes } from "../cel/admission_types.ts";
import { type CelType, checkedType } from "../cel/type_check.ts";
import { addErrors, duplicate, type FieldError, invalid, required, tooMany } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { labelKeyErrors } from "./names.ts";

const conditionsMax = 64;

/** What an expression may name and of which types that is, and of which type its value has to be. */
export interface Expected {
  readonly known: Known;
  /** Default: what requests and namespaces are. */
  readonly types?: ReadonlyMap<string, CelType>;
  /** Default: any. */
  readonly result?: "bool" | "string" | "string or null";
}

/** What is wrong with an expression of admission. */
export function expressionErrors(text: string | undefined, field: string, expected: Expected): FieldError[] {
  if (!text?.trim()) return [required(field, "expression is not specified")];
  const { known, types = admissionTypes, result } = expected;
  const read = compiledExpression(text, known);
  if (!read.ok) return [invalid(field, text, `compilation failed: ${read.failure}`)];
  const { errors, type } = checkedType(text, types);
  if (errors !== undefined) return [invalid(field, text, `compilation failed: ${errors}`)];
  if (result === undefined || type === undefined) return [];
  if (result === "string or null") {
    return type === "string" ? [] : [invalid(field, text, "must evaluate to one of [string null_type]")];
  }
  return type === result ? [] : [invalid(field, text, `must evaluate to ${result}`)];
}

/** What is wrong with the conditions of a webhook or a policy. */
export function conditionErrors(
  conditions: readonly Frozen<MatchCondition>[] | undefined,
  field: string,
  known: Known,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const count = (conditions ?? []).length;
  if (count > conditionsMax) errors.push(tooMany(field, count, conditionsMax));
  conditions?.forEach(({ name = "", expression = "" }, index) => {
    const at = `${field}[${index}]`;
    const trimmed = expression.trim();
    if (trimmed === "") errors.push(required(`${at}.expression`));
    else addErrors(errors, expressionErrors(trimmed, `${at}.expression`, { known, result: "bool" }));
    if (name === "") errors.push(required(`${at}.name`));
    else for (const text of labelKeyErrors(name)) errors.push(invalid(`${at}.name`, name, text));
    if (name !== "" && names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  });
  return errors;
}

/** What is wrong with the variables of a policy; each may use those before it, and adds to what others may name. */
export function variableErrors(variables: readonly Frozen<Variable>[] | undefined, scope: PolicyNames): FieldError[] {
  const errors: FieldError[] = [];
  variables?.forEach(({ name = "", expression }, index) => {
    const at = `spec.variables[${index}]`;
    if (name.trim() === "") errors.push(required(`${at}.name`, "name is not specified"));
    else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      errors.push(invalid(`${at}.name`, name, "name is not a valid CEL identifier"));
    }
    const wrong = expressionErrors(expression, `${at}.expression`, { known: scope.known });
    addErrors(errors, wrong);
    scope.add(name);
  });
  return errors;
}
