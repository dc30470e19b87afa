/**
 * The expressions of webhooks and policies of admission.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
 */
import type { Result } from "../../kit/result.ts";
import type { JsonSchema } from "../custom/json_schema.ts";
import { type Compiled, compile } from "./check.ts";
import { type Budget, evaluate } from "./evaluate.ts";
import { error, isError, type Value } from "./values.ts";

/** What one expression may cost, and what all of a webhook or a policy may, as in Kubernetes. */
const callCostMax = 1_000_000;
export const totalCostMax = 10_000_000;
const conditionsCostMax = 2_500_000;

/** Values by the names that expressions have for them. */
export type Names = ReadonlyMap<string, Value>;

/** What an expression may name, and by which schema that is, where that is known. */
export type Known = ReadonlyMap<string, JsonSchema | undefined>;

const unknown = (...names: string[]): Known => new Map(names.map((name) => [name, undefined]));

/** What a webhook's conditions may name. */
export const webhookNames: Known = unknown("object", "oldObject", "request", "authorizer");
/** What a policy's conditions may name. */
export const conditionNames: Known = unknown(
  ...["object", "oldObject", "request", "authorizer", "params", "namespaceObject"],
);

/** What remains of names without some of them. */
export function withoutNames(known: Known, ...names: string[]): Known {
  return new Map([...known].filter(([name]) => !names.includes(name)));
}

/** What the expressions of a policy may name, while its variables come one after the other. */
export interface PolicyNames {
  readonly known: Known;
  /** A variable that those may use who come after it. */
  add(variable: string): void;
}

/** What the expressions of a policy that changes objects may name beside: the types of what they make. */
export function withMutationTypes(known: Known): Known {
  return new Map([...known, ["Object", undefined], ["JSONPatch", undefined]]);
}

/** What a policy's expressions may name before its first variable. */
export function noVariables(): PolicyNames {
  return variablesOf(conditionNames);
}

/** The same for a policy that may name only these. */
export function variablesOf(names: Known): PolicyNames {
  // Without a prototype: a variable may be called `__proto__`.
  const properties: Record<string, JsonSchema> = Object.create(null);
  const known = new Map<string, JsonSchema | undefined>([...names, ["variables", { type: "object", properties }]]);
  return {
    known,
    add(variable) {
      properties[variable] = {};
    },
  };
}

/** What a policy's other expressions may name: all its variables, too. */
export function policyNames(variables: readonly { readonly name: string }[]): Known {
  const { known, add } = noVariables();
  for (const { name } of variables) add(name);
  return known;
}

const compiled = new Map<string, Result<Compiled, string>>();
const compiledMax = 2_048;

/**
 * An expression that may name what is listed; each is compiled once. Of a policy's variables only those that its text
 * names count, however many there are.
 */
export function compiledExpression(text: string, known: Known): Result<Compiled, string> {
  const properties = known.get("variables")?.properties;
  const named = properties ? [...new Set(text.match(/[A-Za-z_]\w*/g))].filter((word) => word in properties) : [];
  const key = `${[...known.keys()].join(" ")} ${named.join(" ")}\n${text}`;
  let result = compiled.get(key);
  if (result === undefined) {
    const narrow = policyNames(named.map((name) => ({ name }))).get("variables");
    result = compile(text, properties ? new Map([...known, ["variables", narrow]]) : known);
    if (compiled.size >= compiledMax) compiled.clear();
    compiled.set(key, result);
  }
  return result;
}

/** What an expression is evaluated with. */
export interface Evaluating {
  readonly names: Names;
  readonly known: Known;
  readonly budget: Budget;
}

/** The value of an expression; what cannot be told is an error, whatever the reason. */
export function resultOf(text: string, { names, known, budget }: Evaluating): Value {
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

/** What Kubernetes says of an expression whose value could not be told. */
export function errorText(text: string, value: Value): string {
  return `expression '${text}' resulted in error: ${isError(value) ? value.text : "its value is of another type"}`;
}

/** A condition on requests. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** Whether all conditions hold; a text says why it could not be told. One that does not hold decides. */
export function conditionsHold(conditions: readonly MatchCondition[], names: Names, known: Known): boolean | string {
  const budget: Budget = { left: conditionsCostMax };
  const wrongs: string[] = [];
  for (const { expression } of conditions) {
    const value = resultOf(expression, { names, known, budget });
    if (value === false) return false;
    if (value !== true) wrongs.push(errorText(expression, value));
  }
  if (wrongs.length === 0) return true;
  return wrongs.length === 1 ? (wrongs[0] ?? "") : `[${wrongs.join(", ")}]`;
}
