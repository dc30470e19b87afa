/**
 * What an expression may cost at most, told from schemas before there is any value: as Kubernetes and the library that it
 * uses tell it, which is what decides whether a rule is taken. What nobody knows counts as little.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#resource-use-by-validation-functions
 */

import { isFields, type JsonSchema } from "../custom/json_schema.ts";
import { ownValue } from "../types.ts";
import { macros } from "./evaluate.ts";
import type { Expression } from "./syntax.ts";

/** No object can be larger than a request. */
export const requestBytesMax = 3 * 1024 * 1024;
/** What a value of a request may take beside its quotes or brackets. */
const valueBytesMax = requestBytesMax - 2;
/** What it costs to go over one character. */
const traversalFactor = 0.1;
const regexFactor = 0.25;
const charBytesMax = 4;
/** What it costs to make one. */
const [listCost, mapCost, messageCost] = [10, 30, 40];

interface Estimate {
  readonly cost: number;
  /** How many characters, items or entries a value has at most; undefined: nobody knows. */
  readonly size: number | undefined;
  /** By which schema the value is; undefined: nobody knows. */
  readonly schema?: JsonSchema | undefined;
}

type Known = Pick<Estimate, "size" | "schema">;
type Scope = ReadonlyMap<string, Known>;

/** The most that an expression can cost whose variables are values of schemas. */
export function costMaxOf(expression: Expression, variables: ReadonlyMap<string, JsonSchema | undefined>): number {
  const scope = new Map([...variables].map(([name, schema]) => [name, knownOf(schema)]));
  return estimate(expression, scope).cost;
}

function knownOf(schema: JsonSchema | undefined): Known {
  return { schema, size: sizeMaxOf(schema) };
}

/** What times and their spans take at most as texts. */
const timeSizesMax: Readonly<Record<string, number>> = { date: 12, "date-time": 35, duration: 32 };

/** How many characters, items or entries a value of a schema has at most; 0 for what has none. */
function sizeMaxOf(schema: JsonSchema | undefined): number | undefined {
  if (schema === undefined) return undefined;
  const { type, maxLength, maxItems, maxProperties, items, additionalProperties, format = "", enum: words } = schema;
  if (schema["x-kubernetes-int-or-string"]) return valueBytesMax;
  if (type === "string") {
    const timeSizeMax = ownValue(timeSizesMax, format);
    if (timeSizeMax !== undefined) return timeSizeMax;
    if (maxLength !== undefined) return maxLength * (format === "byte" ? 1 : charBytesMax);
    return words === undefined
      ? valueBytesMax
      : Math.max(0, ...words.map((each) => (typeof each === "string" ? each.length : 0)));
  }
  if (type === "array") return maxItems ?? Math.floor(valueBytesMax / (sizeMinOf(items) + 1));
  if (type === "object" && isFields(additionalProperties)) {
    return maxProperties ?? Math.floor(valueBytesMax / (sizeMinOf(additionalProperties as JsonSchema) + 6));
  }
  return 0;
}

/** What texts of a format take at least, with their quotes. */
const textSizes: Readonly<Record<string, number>> = { date: 12, "date-time": 21, duration: 3 };

/** How many bytes of JSON a value of a schema has at least. */
export function sizeMinOf(schema: JsonSchema | undefined): number {
  if (schema === undefined) return 1;
  const { type, properties = {}, required = [], format = "" } = schema;
  if (type === "string") return ownValue(textSizes, format) ?? 2;
  if (type !== "object") return type === "array" ? 2 : type === "boolean" ? 4 : 1;
  return required.reduce((sum, name) => sum + name.length + 4 + sizeMinOf(properties[name]), 2);
}

/** What has one size and no other: numbers, and whatever else a function answers with. */
const plain = 1;

function estimate(expression: Expression, scope: Scope): Estimate {
  switch (expression.tag) {
    case "constant":
      return { cost: 0, size: typeof expression.value === "string" ? expression.value.length : plain };
    case "name":
      return { cost: 1, ...(scope.get(expression.name) ?? { size: undefined }) };
    case "select":
      return estimateSelect(estimate(expression.of, scope), expression.field);
    case "index": {
      const [of, at] = [estimate(expression.of, scope), estimate(expression.index, scope)];
      return { cost: of.cost + at.cost + 1, ...knownOf(itemSchema(of.schema)) };
    }
    case "call":
      return estimateCall(expression, scope);
    case "list": {
      const items = expression.items.map((each) => estimate(each, scope));
      return { cost: listCost + sumOf(items), size: items.length };
    }
    case "map":
      return {
        cost: mapCost + sumOf(expression.entries.flat().map((each) => estimate(each, scope))),
        size: expression.entries.length,
      };
    case "message":
      return { cost: messageCost + sumOf(expression.fields.map(({ value }) => estimate(value, scope))), size: plain };
  }
}

function estimateSelect({ cost, schema }: Estimate, field: string): Estimate {
  const { properties } = schema ?? {};
  // Of an entry of a map that is named like a field nobody knows the size.
  if (properties === undefined || !Object.hasOwn(properties, field))
    return { cost: cost + 1, schema: itemSchema(schema), size: undefined };
  return { cost: cost + 1, ...knownOf(properties[field]) };
}

const sumOf = (all: readonly Estimate[]): number => all.reduce((sum, { cost }) => sum + cost, 0);

/** What it costs to go over so much. */
const traversal = (size: number | undefined, factor = traversalFactor): number => Math.ceil((size ?? plain) * factor);

function itemSchema(schema: JsonSchema | undefined): JsonSchema | undefined {
  const { items, additionalProperties } = schema ?? {};
  return items ?? (isFields(additionalProperties) ? (additionalProperties as JsonSchema) : undefined);
}

type Call = Extract<Expression, { tag: "call" }>;

function estimateCall(call: Call, scope: Scope): Estimate {
  const { name, of, args } = call;
  if (of !== undefined && macros.has(name) && args.length >= 2) return estimateLoop(call, scope);
  if (of?.tag === "name" && of.name === "cel" && name === "bind") return estimateBind(call, scope);
  const [asked] = args;
  // Whether a field is there costs no more than what it is a field of.
  if (of === undefined && name === "has" && asked?.tag === "select")
    return { cost: estimate(asked.of, scope).cost, size: plain };
  const all = [...(of === undefined ? [] : [of]), ...args].map((each) => estimate(each, scope));
  const own = calls[name]?.(all) ?? { cost: 1, size: plain };
  return { ...own, cost: sumOf(all) + own.cost };
}

/** What a call costs beside its arguments, of which whose function it is comes first, and what is known of its result. */
type CallCost = (all: readonly Estimate[]) => Estimate;

const none: Estimate = { cost: 0, size: undefined };
const isText = ({ schema }: Estimate): boolean => schema === undefined || schema.type === "string";
const isLonger = (a: number | undefined, b: number | undefined) => a === undefined || (b !== undefined && a > b);

/** Both are gone over, as far as the shorter one goes. */
const compared: CallCost = ([{ size: a } = none, { size: b } = none]) => ({
  cost: traversal(isLonger(a, b) ? b : a),
  size: plain,
});
/** Which of two comes first: numbers are not gone over. */
const ordered: CallCost = (all) => (all.every(isText) ? compared(all) : { cost: 1, size: plain });
const joined: CallCost = ([a = none, b = none]) => {
  const size = (a.size ?? 0) + (b.size ?? 0);
  if (a.schema?.type === "string" || b.schema?.type === "string") return { cost: traversal(size), size, schema: text };
  const isList = a.schema?.type === "array" || b.schema?.type === "array";
  return isList ? { cost: 1, size, schema: a.schema ?? b.schema } : { cost: 1, size: plain };
};
const text: JsonSchema = { type: "string" };
/** A text is gone over so many times, and what comes of it is as long. */
const passes =
  (times: number): CallCost =>
  ([{ size } = none]) => ({ cost: traversal(size, times * traversalFactor), size, schema: text });
const prefixed: CallCost = ([, { size } = none]) => ({ cost: traversal(size), size: plain });
/** A regular expression is gone over for each character of a text, one of which is thought to be there always. */
const searched: CallCost = ([{ size = 0 } = none, { size: pattern } = none]) => ({
  cost: traversal(size + 1) * traversal(pattern, regexFactor),
  size,
});
/** All items of a list are compared, or a text is gone over. */
const gone: CallCost = ([{ schema, size } = none]) => {
  if (schema?.type !== "array") return { cost: traversal(size), size: plain };
  const item = schema.items?.type === "string" ? traversal(sizeMaxOf(schema.items)) : 0;
  return { cost: (size ?? plain) * (1 + item), size: plain };
};

const calls: Readonly<Record<string, CallCost>> = {
  "_&&_": () => ({ cost: 0, size: plain }),
  "_||_": () => ({ cost: 0, size: plain }),
  "_?_:_": ([, a = none, b = none]) => ({
    cost: -Math.min(a.cost, b.cost),
    size: isLonger(a.size, b.size) ? a.size : b.size,
    schema: a.schema,
  }),
  ...{ "_==_": compared, "_!=_": compared, "_<_": ordered, "_<=_": ordered, "_>_": ordered, "_>=_": ordered },
  "_+_": joined,
  "@in": ([, list = none]) => ({ cost: list.schema?.type === "array" ? (list.size ?? plain) : 1, size: plain }),
  contains: ([of = none, part = none]) => ({ cost: traversal(of.size) * traversal(part.size), size: plain }),
  ...{ startsWith: prefixed, endsWith: prefixed },
  ...{ matches: searched, find: searched, findAll: searched },
  ...{ lowerAscii: passes(1), upperAscii: passes(1), substring: passes(1), trim: passes(1) },
  split: ([of = none]) => ({ cost: traversal(of.size, 2 * traversalFactor), size: of.size, schema: texts }),
  replace: ([of = none, , by = none]) => ({
    cost: traversal(of.size, 2 * traversalFactor),
    // Between all characters something can be put.
    size: of.size === undefined ? undefined : (of.size + 1) * (by.size ?? plain) + of.size,
    schema: text,
  }),
  join: ([of = none, between]) => {
    const items = of.size ?? plain;
    const size = items * (sizeMaxOf(of.schema?.items) ?? plain) + (between?.size ?? 0) * Math.max(0, items - 1);
    return { cost: traversal(size), size, schema: text };
  },
  ...{ isSorted: gone, sum: gone, max: gone, min: gone, indexOf: gone, lastIndexOf: gone },
};
const texts: JsonSchema = { type: "array", items: text };

/** What a loop costs for each item beside what is said of it, and what its result costs. */
const loops: Readonly<Record<string, readonly [each: number, result: number]>> = {
  all: [3, 1],
  exists: [4, 1],
  exists_one: [2, 2],
  existsOne: [2, 2],
  filter: [listCost + 3, 1],
  map: [listCost + 2, 1],
};
const anyLoop = [2, 1] as const;

function estimateLoop({ name, of, args }: Call, scope: Scope): Estimate {
  const range = estimate(of as Expression, scope);
  const isMap = range.schema?.type === "object";
  const variable = args[0]?.tag === "name" ? [args[0]] : [];
  const second = args.length > 2 && name !== "map" && args[1]?.tag === "name" ? [args[1]] : [];
  const variables = [...variable, ...second];
  const inner = new Map(scope);
  for (const [index, each] of variables.entries()) {
    const isItem = variables.length === 1 ? !isMap : index === 1;
    inner.set(each.name, isItem ? knownOf(itemSchema(range.schema)) : { size: 0, schema: text });
  }
  const body = sumOf(args.slice(variables.length).map((each) => estimate(each, inner)));
  const [each, result] = loops[name] ?? anyLoop;
  const cost = range.cost + (range.size ?? plain) * (body + each) + result;
  if (name === "filter") return { cost, size: range.size, schema: range.schema };
  return { cost, size: name === "map" ? range.size : plain };
}

function estimateBind({ args }: Call, scope: Scope): Estimate {
  const [variable, value, body] = args;
  if (variable?.tag !== "name" || value === undefined || body === undefined) return { cost: 1, size: plain };
  const bound = estimate(value, scope);
  const whole = estimate(body, new Map(scope).set(variable.name, bound));
  return { ...whole, cost: bound.cost + whole.cost };
}
