import { type Compiled, compile } from "../../../api/cel/check.ts";
import { dynamicValue } from "../../../api/cel/dynamic_value.ts";
import { type Budget, evaluate } from "../../../api/cel/evaluate.ts";
import { error, isError, type Value } from "../../../api/cel/values.ts";
import type { Result } from "../../../kit/result.ts";
import type { AdmissionRequest } from "./request.ts";

/** What one expression may cost, and what all of a webhook or a policy may, as in Kubernetes. */
export const callCostMax = 1_000_000;
export const totalCostMax = 10_000_000;
export const conditionsCostMax = 2_500_000;

/** What every expression of admission may name. */
export const requestNames: readonly string[] = ["object", "oldObject", "request", "authorizer"];

/** Values by the names that expressions have for them. */
export type Names = ReadonlyMap<string, Value>;

const compiled = new Map<string, Result<Compiled, string>>();
const compiledMax = 2_048;

/** An expression that may name what is listed; each is compiled once. */
export function compiledExpression(text: string, names: readonly string[]): Result<Compiled, string> {
  const key = `${names.join(" ")}\n${text}`;
  let known = compiled.get(key);
  if (known === undefined) {
    known = compile(text, new Map(names.map((name) => [name, undefined])));
    if (compiled.size >= compiledMax) compiled.clear();
    compiled.set(key, known);
  }
  return known;
}

/** What expressions know of a request. */
export function namesOf(request: AdmissionRequest): Map<string, Value> {
  const { object, oldObject, ...rest } = request;
  return new Map<string, Value>([
    ["object", dynamicValue(object)],
    ["oldObject", dynamicValue(oldObject)],
    ["request", dynamicValue({ subResource: "", requestSubResource: "", name: "", namespace: "", ...rest })],
  ]);
}

/** The value of an expression; what cannot be told is an error, whatever the reason. */
export function resultOf(
  text: string,
  names: Names,
  { budget, known }: { budget: Budget; known: readonly string[] },
): Value {
  const read = compiledExpression(text, known);
  if (!read.ok) return error(`compilation error: compilation failed: ${read.failure}`);
  const { expression, missing } = read.value;
  if (missing.length > 0) return error(`this cluster has no function ${missing.join(", ")}`);
  const own: Budget = { left: Math.min(callCostMax, budget.left) };
  const before = own.left;
  const value = evaluate(expression, names, own);
  budget.left -= before - own.left;
  return value;
}

/** A condition on requests. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** Whether all conditions hold; a text says why it could not be told. One that does not hold decides. */
export function conditionsHold(
  conditions: readonly MatchCondition[],
  names: Names,
  known: readonly string[] = requestNames,
): boolean | string {
  const budget: Budget = { left: conditionsCostMax };
  const wrongs: string[] = [];
  for (const { expression } of conditions) {
    const value = resultOf(expression, names, { budget, known });
    if (value === false) return false;
    if (value === true) continue;
    const why = isError(value) ? value.text : "it is neither true nor false";
    wrongs.push(`expression '${expression}' resulted in error: ${why}`);
  }
  if (wrongs.length === 0) return true;
  return wrongs.length === 1 ? (wrongs[0] ?? "") : `[${wrongs.join(", ")}]`;
}
