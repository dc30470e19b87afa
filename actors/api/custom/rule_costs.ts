import { compile } from "../cel/check.ts";
import { costMaxOf, requestBytesMax, sizeMinOf } from "../cel/estimate.ts";
import { type FieldError, forbidden } from "../field_error.ts";
import { isFields, type JsonSchema } from "./json_schema.ts";
import { compiledRules, hasRules } from "./rules.ts";

/** What one rule may cost for all values in an object, and all rules of a schema together, as in Kubernetes. */
const ruleCostMax = 10_000_000;
const schemaCostMax = 100_000_000;
const dearestCount = 4;
const depthMax = 64;
const advice =
  "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";

/** How the costs of rules are judged. */
export interface CostOptions {
  /** Whether a single rule may cost what it likes, as it does where it was there before; by default it may not. */
  readonly allowsDear?: boolean;
}

interface Costs {
  readonly errors: FieldError[];
  readonly all: { readonly at: string; readonly cost: number }[];
}

interface Place {
  readonly at: string;
  /** How often there is such a value in an object at most; undefined: as often as there is room for it. */
  readonly count: number | undefined;
  readonly depth: number;
}

/** Which rules of a schema could cost more than they may, told before there is an object. */
export function ruleCostErrors(schema: JsonSchema, at: string, { allowsDear = false }: CostOptions = {}): FieldError[] {
  if (!hasRules(schema)) return [];
  const costs: Costs = { errors: [], all: [] };
  look(schema, { at, count: 1, depth: 0 }, costs);
  const single = allowsDear ? [] : costs.errors;
  const total = costs.all.reduce((sum, { cost }) => sum + cost, 0);
  if (total <= schemaCostMax) return single;
  const dearest = [...costs.all].sort((a, b) => b.cost - a.cost).slice(0, dearestCount);
  const contributed = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
  const what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
  return [
    ...single,
    ...dearest.map((each) => forbidden(each.at, contributed)),
    forbidden(at, exceeded(what, total / schemaCostMax)),
  ];
}

function look(schema: JsonSchema, { at, count, depth }: Place, costs: Costs): void {
  if (depth > depthMax || !hasRules(schema)) return;
  const often = count ?? Math.floor(requestBytesMax / (sizeMinOf(schema) + 1));
  for (const [index, compiled] of compiledRules(schema).entries()) {
    if (!compiled?.ok) continue;
    const here = `${at}.x-kubernetes-validations[${index}]`;
    const variables = new Map([
      ["self", schema],
      ["oldSelf", schema],
    ]);
    const add = (field: string, what: string, cost: number) => {
      const where = `${here}.${field}`;
      if (cost > ruleCostMax) costs.errors.push(forbidden(where, exceeded(what, cost / ruleCostMax)));
      costs.all.push({ at: where, cost });
    };
    add("rule", "estimated rule cost", costMaxOf(compiled.value.expression, variables) * often);
    const message = schema["x-kubernetes-validations"]?.[index]?.messageExpression ?? "";
    const read = message.trim() === "" ? undefined : compile(message, variables);
    if (read?.ok) {
      add("messageExpression", "estimated messageExpression cost", costMaxOf(read.value.expression, variables));
    }
  }
  const { items, additionalProperties, properties = {}, maxItems, maxProperties } = schema;
  const times = (most: number | undefined) => (count === undefined || most === undefined ? undefined : count * most);
  if (items !== undefined) look(items, { at: `${at}.items`, count: times(maxItems), depth: depth + 1 }, costs);
  if (isFields(additionalProperties)) {
    const place = { at: `${at}.additionalProperties`, count: times(maxProperties), depth: depth + 1 };
    look(additionalProperties as JsonSchema, place, costs);
  }
  for (const [name, inner] of Object.entries(properties)) {
    look(inner, { at: `${at}.properties[${name}]`, count, depth: depth + 1 }, costs);
  }
}

function exceeded(what: string, factor: number): string {
  const times = factor > 100 ? "more than 100x" : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${times} ${advice}`;
}
