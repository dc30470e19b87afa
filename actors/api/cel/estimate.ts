/**
 * What an expression may cost at most, told from schemas before there is any value. It errs on the low side: what
 * nobody knows counts as little, so that no rule is refused that Kubernetes takes.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#resource-use-by-validation-functions
 */
import { isFields, type JsonSchema } from "../custom/json_schema.ts";
import { macros } from "./evaluate.ts";
import type { Expression } from "./syntax.ts";

/** No object can be larger than a request. */
export const requestBytesMax = 3 * 1024 * 1024;
/** What it costs to go over one character. */
const traversalFactor = 0.1;
const regexFactor = 0.25;
const charBytesMax = 4;
/** What a loop does beside its body, for each item. */
const loopCost = 2;

interface Estimate {
  readonly cost: number;
  /** How many characters, items or entries a value has at most; a plain one counts as one. */
  readonly size: number;
  /** By which schema the value is; undefined: nobody knows. */
  readonly schema?: JsonSchema | undefined;
}

type Scope = ReadonlyMap<string, Pick<Estimate, "size" | "schema">>;

/** The most that an expression can cost whose variables are values of schemas. */
export function costMaxOf(expression: Expression, variables: ReadonlyMap<string, JsonSchema | undefined>): number {
  const scope = new Map([...variables].map(([name, schema]) => [name, knownOf(schema)]));
  return estimate(expression, scope).cost;
}

function knownOf(schema: JsonSchema | undefined): Pick<Estimate, "size" | "schema"> {
  return { schema, size: sizeMaxOf(schema) };
}

/** How many characters, items or entries a value of a schema has at most. */
function sizeMaxOf(schema: JsonSchema | undefined): number {
  if (schema === undefined) return 1;
  const { type, maxLength, maxItems, maxProperties, items, additionalProperties, format, enum: words } = schema;
  if (type === "string") {
    if (words !== undefined) return Math.max(1, ...words.map((each) => String(each).length));
    if (maxLength !== undefined) return maxLength * charBytesMax;
    return format === undefined ? requestBytesMax - 2 : 1;
  }
  if (type === "array") return maxItems ?? Math.floor((requestBytesMax - 2) / (sizeMinOf(items) + 1));
  if (type === "object" && isFields(additionalProperties)) {
    return maxProperties ?? Math.floor((requestBytesMax - 2) / (sizeMinOf(additionalProperties as JsonSchema) + 6));
  }
  return 1;
}

/** What texts of a format take at least, with their quotes. */
const textSizes: Readonly<Record<string, number>> = { date: 12, "date-time": 22, duration: 4 };

/** How many bytes of JSON a value of a schema has at least. */
export function sizeMinOf(schema: JsonSchema | undefined): number {
  if (schema === undefined) return 1;
  const { type, properties = {}, required = [], format = "" } = schema;
  if (type === "string") return textSizes[format] ?? 2;
  if (type !== "object") return type === "array" ? 2 : type === "boolean" ? 4 : 1;
  return required.reduce((sum, name) => sum + name.length + 4 + sizeMinOf(properties[name]), 2);
}

function estimate(expression: Expression, scope: Scope): Estimate {
  switch (expression.tag) {
    case "constant":
      return { cost: 0, size: typeof expression.value === "string" ? Math.max(1, expression.value.length) : 1 };
    case "name": {
      const known = scope.get(expression.name) ?? { size: 1 };
      return { cost: 1, ...known };
    }
    case "select": {
      const of = estimate(expression.of, scope);
      const inner = fieldSchema(of.schema, expression.field);
      return { cost: of.cost + 1, ...knownOf(inner) };
    }
    case "index": {
      const [of, at] = [estimate(expression.of, scope), estimate(expression.index, scope)];
      return { cost: of.cost + at.cost + 1, ...knownOf(itemSchema(of.schema)) };
    }
    case "call":
      return estimateCall(expression, scope);
    case "list": {
      const items = expression.items.map((each) => estimate(each, scope));
      return { cost: sumOf(items), size: Math.max(1, items.length) };
    }
    case "map":
      return { cost: sumOf(expression.entries.flat().map((each) => estimate(each, scope))), size: 1 };
    case "message":
      return { cost: sumOf(expression.fields.map(({ value }) => estimate(value, scope))), size: 1 };
  }
}

const sumOf = (all: readonly Estimate[]): number => all.reduce((sum, { cost }) => sum + cost, 0);

function fieldSchema(schema: JsonSchema | undefined, name: string): JsonSchema | undefined {
  const { properties, additionalProperties } = schema ?? {};
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  return isFields(additionalProperties) ? (additionalProperties as JsonSchema) : undefined;
}

function itemSchema(schema: JsonSchema | undefined): JsonSchema | undefined {
  const { items, additionalProperties } = schema ?? {};
  return items ?? (isFields(additionalProperties) ? (additionalProperties as JsonSchema) : undefined);
}

type Call = Extract<Expression, { tag: "call" }>;

function estimateCall(call: Call, scope: Scope): Estimate {
  const { name, of, args } = call;
  if (of !== undefined && macros.has(name) && args.length >= 2) return estimateLoop(call, scope);
  if (of?.tag === "name" && of.name === "cel" && name === "bind") return estimateBind(call, scope);
  const all = [...(of === undefined ? [] : [of]), ...args].map((each) => estimate(each, scope));
  const cost = sumOf(all);
  const [first = { cost: 0, size: 1 }, second = { cost: 0, size: 1 }, third] = all;
  switch (name) {
    case "_&&_":
    case "_||_":
      return { cost, size: 1 };
    case "_?_:_": {
      const dearer = Math.max(second.cost, third?.cost ?? 0);
      return { cost: first.cost + dearer, size: Math.max(second.size, third?.size ?? 1), schema: second.schema };
    }
    case "_==_":
    case "_!=_":
    case "_<_":
    case "_<=_":
    case "_>_":
    case "_>=_":
      return { cost: cost + Math.ceil(Math.min(first.size, second.size) * traversalFactor), size: 1 };
    case "@in":
      return { cost: cost + (second.schema?.type === "array" ? second.size : 1), size: 1 };
    case "contains":
      return { cost: cost + Math.ceil(first.size * traversalFactor), size: 1 };
    case "startsWith":
    case "endsWith":
      return { cost: cost + Math.ceil(second.size * traversalFactor), size: 1 };
    case "matches":
      return {
        cost: cost + Math.ceil(first.size * traversalFactor) * Math.ceil(second.size * regexFactor),
        size: 1,
      };
    default:
      return { cost: cost + 1, size: 1 };
  }
}

function estimateLoop({ name, of, args }: Call, scope: Scope): Estimate {
  const range = estimate(of as Expression, scope);
  const isMap = range.schema?.type === "object";
  const inner = new Map(scope);
  const variables = args
    .slice(0, -1)
    .filter((each): each is Extract<Expression, { tag: "name" }> => each.tag === "name");
  for (const [index, each] of variables.entries()) {
    const isItem = variables.length === 1 ? !isMap : index === 1;
    inner.set(each.name, isItem ? knownOf(itemSchema(range.schema)) : { size: 1 });
  }
  const last = args.at(-1);
  const body = last === undefined ? 0 : estimate(last, inner).cost;
  const cost = range.cost + range.size * (body + loopCost);
  if (name === "filter") return { cost, size: range.size, schema: range.schema };
  return { cost, size: name === "map" ? range.size : 1 };
}

function estimateBind({ args }: Call, scope: Scope): Estimate {
  const [variable, value, body] = args;
  if (variable?.tag !== "name" || value === undefined || body === undefined) return { cost: 1, size: 1 };
  const bound = estimate(value, scope);
  const whole = estimate(body, new Map(scope).set(variable.name, bound));
  return { ...whole, cost: bound.cost + whole.cost };
}
