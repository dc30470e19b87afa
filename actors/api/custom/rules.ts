/**
 * The rules of a schema: what its `x-kubernetes-validations` say of an object, and of a change of it.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import type { Result } from "../../kit/result.ts";
import { type Compiled, compile } from "../cel/check.ts";
import { type Budget, evaluate } from "../cel/evaluate.ts";
import { objectProperties, typedValue } from "../cel/typed_value.ts";
import { isError, type Value } from "../cel/values.ts";
import { duplicate, type FieldError, forbidden, invalid, required } from "../field_error.ts";
import { jsonEqual } from "../types.ts";
import { fieldPathOf } from "./field_path.ts";
import { isFields, type JsonSchema, type Rule } from "./json_schema.ts";
import { oldItems } from "./old_items.ts";

/** What one rule may cost, and all of an object together, as in Kubernetes. */
const perCallMax = 1_000_000;
const perObjectMax = 10_000_000;
const messageBytesMax = 5_120;

/** A schema as its rules see it: every object has a name. */
export function withCommon(schema: JsonSchema): JsonSchema {
  return { ...schema, properties: { ...schema.properties, ...objectProperties } };
}

const compiled = new WeakMap<JsonSchema, readonly (Result<Compiled, string> | undefined)[]>();

/** The rules of a schema's own level, compiled; undefined where one is empty. */
export function compiledRules(schema: JsonSchema): readonly (Result<Compiled, string> | undefined)[] {
  let rules = compiled.get(schema);
  if (rules === undefined) {
    rules = (schema["x-kubernetes-validations"] ?? []).map(({ rule = "", optionalOldSelf }) => {
      const variables = new Map([
        ["self", schema],
        ["oldSelf", optionalOldSelf === true ? undefined : schema],
      ]);
      return rule.trim() === "" ? undefined : compile(rule, variables);
    });
    compiled.set(schema, rules);
  }
  return rules;
}

const ruled = new WeakMap<JsonSchema, boolean>();

/** Whether a schema has rules, at any level. */
export function hasRules(schema: JsonSchema): boolean {
  let has = ruled.get(schema);
  if (has === undefined) {
    const { items, additionalProperties, properties = {} } = schema;
    const inner = [items, additionalProperties, ...Object.values(properties)];
    has =
      (schema["x-kubernetes-validations"] ?? []).length > 0 ||
      inner.some((each) => isFields(each) && hasRules(each as JsonSchema));
    ruled.set(schema, has);
  }
  return has;
}

interface Place {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly old: unknown;
  readonly path: string;
}

interface Judging {
  readonly errors: FieldError[];
  readonly budget: Budget;
}

/** What is wrong with an object, or with a change of it, by the rules of its schema. */
export function ruleErrors(schema: JsonSchema, value: unknown, old?: unknown): FieldError[] {
  if (!hasRules(schema)) return [];
  const judging: Judging = { errors: [], budget: { left: perObjectMax } };
  judge({ schema, value, old, path: "" }, judging);
  return judging.errors;
}

function judge(place: Place, judging: Judging): void {
  const { schema, value, old, path } = place;
  if (value === undefined || value === null || judging.budget.left < 0 || !hasRules(schema)) return;
  judgeRules(place, judging);
  if (Array.isArray(value)) {
    if (schema.items === undefined || !hasRules(schema.items)) return;
    const before = oldItems(schema, old);
    for (const [index, item] of value.entries()) {
      judge({ schema: schema.items, value: item, old: before(item), path: `${path}[${index}]` }, judging);
    }
  }
  if (!isFields(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    const { properties, additionalProperties } = schema;
    const own = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const other = isFields(additionalProperties) ? (additionalProperties as JsonSchema) : undefined;
    const here = own ?? other;
    if (here === undefined) continue;
    const before = isFields(old) && Object.hasOwn(old, name) ? old[name] : undefined;
    const at = own === undefined ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
    judge({ schema: here, value: inner, old: before, path: at }, judging);
  }
}

function judgeRules(place: Place, judging: Judging): void {
  const { schema, value, old, path } = place;
  const rules = schema["x-kubernetes-validations"] ?? [];
  if (rules.length === 0) return;
  const at = path === "" ? "<nil>" : path;
  const wrong = (text: string) => judging.errors.push(invalid(at, schema.type ?? "", text));
  const names = new Map([["self", typedValue(value, schema)]]);
  const before = old === undefined || old === null ? undefined : typedValue(old, schema);
  for (const [index, each] of compiledRules(schema).entries()) {
    const rule = rules[index];
    if (each === undefined || rule === undefined || judging.budget.left < 0) continue;
    if (!each.ok) {
      wrong(`rule compile error: compilation failed: ${each.failure}`);
      continue;
    }
    const { missing, names: used } = each.value;
    if (missing.length > 0) continue;
    const isTransition = used.has("oldSelf");
    if (isTransition && before === undefined && rule.optionalOldSelf !== true) continue;
    const optional: Value = before === undefined ? { tag: "optional" } : { tag: "optional", value: before };
    const variables = isTransition
      ? new Map(names).set("oldSelf", rule.optionalOldSelf === true ? optional : (before ?? null))
      : names;
    const verdict = withinBudget(each.value, variables, judging);
    if (verdict === true) continue;
    if (judging.budget.left < 0) {
      wrong(outOfBudget(verdict, rule));
      return;
    }
    // What was wrong before, and is as it was, keeps nobody from changing something else.
    if (!isTransition && old !== undefined && jsonEqual(value, old)) continue;
    if (isError(verdict)) wrong(evaluationError(verdict.text, rule));
    else judging.errors.push(refusal(rule, { place, at, variables, judging }));
  }
}

function withinBudget({ expression }: Compiled, names: ReadonlyMap<string, Value>, { budget }: Judging): Value {
  const own: Budget = { left: perCallMax };
  const value = evaluate(expression, names, own);
  budget.left = own.left < 0 ? -1 : budget.left - (perCallMax - own.left);
  return value;
}

const said = ({ message = "", rule }: Rule): string => (message === "" ? rule : message).trim();

function outOfBudget(verdict: Value, rule: Rule): string {
  if (isError(verdict) && verdict.fatal) {
    return `'${verdict.text}': no further validation rules will be run due to call cost exceeds limit for rule: ${said(rule)}`;
  }
  return "validation failed due to running out of cost budget, no further validation rules will be run";
}

function evaluationError(text: string, rule: Rule): string {
  if (!text.startsWith("no such overload")) return `${text} evaluating rule: ${said(rule)}`;
  return `'${text}': call arguments did not match a supported operator, function or macro signature for rule: ${said(rule)}`;
}

interface Refusing {
  readonly place: Place;
  readonly at: string;
  readonly variables: ReadonlyMap<string, Value>;
  readonly judging: Judging;
}

function refusal(rule: Rule, { place, at, variables, judging }: Refusing): FieldError {
  const { fieldPath = "", reason } = rule;
  const named = fieldPath === "" ? undefined : fieldPathOf(fieldPath, place.schema);
  const below = named?.ok ? named.value.text : fieldPath.replace(/^\./, "");
  const field = below === "" ? at : place.path === "" ? below : `${place.path}.${below}`;
  const value = place.schema.type ?? "";
  const fixed = (rule.message ?? "") === "" ? `failed rule: ${said(rule)}` : said(rule);
  const detail = messageOf(rule, { place, variables, judging }) ?? fixed;
  if (reason === "FieldValueForbidden") return forbidden(field, detail);
  if (reason === "FieldValueRequired") return required(field, detail);
  return reason === "FieldValueDuplicate" ? duplicate(field, value) : invalid(field, value, detail);
}

function messageOf(
  { messageExpression = "" }: Rule,
  { place, variables, judging }: Omit<Refusing, "at">,
): string | undefined {
  if (messageExpression === "") return undefined;
  const read = compile(
    messageExpression,
    new Map([
      ["self", place.schema],
      ["oldSelf", undefined],
    ]),
  );
  if (!read.ok || read.value.missing.length > 0) return undefined;
  const value = withinBudget(read.value, variables, judging);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text.length > messageBytesMax || text.includes("\n") ? undefined : text;
}
