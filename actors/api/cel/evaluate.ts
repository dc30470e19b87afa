import { functions, whole } from "./functions.ts";
import { typeNames } from "./library/texts.ts";
import type { Expression } from "./syntax.ts";
import { optionally, optionalMacros, transform, transforms } from "./transforms.ts";
import {
  compare,
  equal,
  error,
  isError,
  isList,
  isMap,
  isNumber,
  isSpecial,
  none,
  noOverload,
  sizeOf,
  tooCostly,
  type Value,
} from "./values.ts";

/** What an evaluation may still cost, and what it has cost. */
export interface Budget {
  left: number;
}

interface Scope {
  readonly names: ReadonlyMap<string, Value>;
  readonly budget: Budget;
  /** What loops have named, the innermost first: a loop may go round a million times. */
  readonly bound?: Bound;
}

interface Bound {
  readonly name: string;
  readonly value: Value;
  readonly outer: Bound | undefined;
}

/** Evaluates an expression; each step costs, and who has nothing left ends. */
export function evaluate(expression: Expression, names: ReadonlyMap<string, Value>, budget: Budget): Value {
  return valueIn(expression, { names, budget });
}

function pay({ budget }: Scope, cost = 1): boolean {
  budget.left -= cost;
  return budget.left >= 0;
}

/** What it costs to make one, whatever is in it, as in Kubernetes' library. */
const listCost = 10;
const mapCost = 30;
/** What it costs to ask who may do what. */
const authorizationCost = 350_000;

function valueIn(expression: Expression, scope: Scope): Value {
  if (expression.tag === "constant") return expression.value;
  if (!pay(scope)) return tooCostly;
  if (expression.tag === "name") {
    const value = named(expression.name, scope);
    return value === undefined ? error(`no such attribute(s): ${expression.name}`) : value;
  }
  if (expression.tag === "select") return select(expression, scope);
  if (expression.tag === "index") return index(expression, scope);
  if (expression.tag === "call") return call(expression, scope);
  if (expression.tag === "message") return message(expression, scope);
  if (!pay(scope, expression.tag === "list" ? listCost : mapCost)) return tooCostly;
  const items = expression.tag === "list" ? expression.items : expression.entries.flat();
  const values: Value[] = [];
  for (const item of items) {
    const value = valueIn(item, scope);
    if (isError(value)) return value;
    values.push(value);
  }
  if (expression.tag === "list") return values;
  return new Map(expression.entries.map((_entry, at) => [values[at * 2] ?? null, values[at * 2 + 1] ?? null]));
}

function message({ fields }: Extract<Expression, { tag: "message" }>, scope: Scope): Value {
  if (!pay(scope, mapCost)) return tooCostly;
  const made = new Map<Value, Value>();
  for (const { field, value: expression, optional } of fields) {
    const value = valueIn(expression, scope);
    if (isError(value)) return value;
    if (!optional) made.set(unescapedField(field), value);
    else if (!isSpecial(value) || value.tag !== "optional") return noOverload;
    else if (value.value !== undefined) made.set(unescapedField(field), value.value);
  }
  return made;
}

const escapedSigns: ReadonlyMap<string, string> = new Map([
  ["__underscores__", "__"],
  ["__dot__", "."],
  ["__dash__", "-"],
  ["__slash__", "/"],
]);

/** A field's own name, where an expression has to write it in another way. */
export function unescapedField(name: string): string {
  const reserved = /^__([a-z]+)__$/.exec(name)?.[1];
  if (reserved !== undefined && !escapedSigns.has(name)) return reserved;
  return name.replace(/__(?:underscores|dot|dash|slash)__/g, (each) => escapedSigns.get(each) ?? each);
}

function fieldOf(of: Value, name: string): Value | undefined {
  if (!isMap(of)) return undefined;
  return of.get(name) ?? (name.startsWith("__") || name.includes("__") ? of.get(unescapedField(name)) : undefined);
}

function select({ of, field, optional }: Extract<Expression, { tag: "select" }>, scope: Scope): Value {
  const whole = valueIn(of, scope);
  if (isError(whole)) return whole;
  if (isSpecial(whole) && whole.tag === "authorizer" && field === "requestResource") {
    return { tag: "authorizer", authorizer: { ...whole.authorizer, asked: { ...whole.authorizer.request } } };
  }
  const isOptional = isSpecial(whole) && whole.tag === "optional";
  const inner = isOptional ? whole.value : whole;
  const value = inner === undefined ? undefined : fieldOf(inner, field);
  if (optional || isOptional) return value === undefined ? none : { tag: "optional", value };
  return value ?? (isMap(whole) ? error(`no such key: ${field}`) : noOverload);
}

function index({ of, index: at, optional }: Extract<Expression, { tag: "index" }>, scope: Scope): Value {
  const whole = valueIn(of, scope);
  const key = valueIn(at, scope);
  if (isError(whole)) return whole;
  if (isError(key)) return key;
  const isOptional = isSpecial(whole) && whole.tag === "optional";
  const inner = isOptional ? whole.value : whole;
  let value: Value | undefined;
  if (inner !== undefined && isList(inner) && isNumber(key)) value = inner[Number(key)];
  else if (inner !== undefined && isMap(inner)) value = inner.get(key);
  else if (inner !== undefined) return noOverload;
  if (optional || isOptional) return value === undefined ? none : { tag: "optional", value };
  return value ?? error(isMap(inner ?? null) ? `no such key: ${String(key)}` : `index out of bounds: ${String(key)}`);
}

type Call = Extract<Expression, { tag: "call" }>;

function call(expression: Call, scope: Scope): Value {
  const { name, of, args } = expression;
  const [first, second] = args;
  if ((name === "_||_" || name === "_&&_") && first && second) return junction(name === "_||_", [first, second], scope);
  if (name === "_?_:_") return choice(args, scope);
  if (name === "has" && of === undefined && first?.tag === "select") return presence(first, scope);
  if (of !== undefined && macros.has(name) && args.length >= 2) {
    if (optionalMacros.has(name)) return maybe(expression, of, scope);
    return transforms.has(name) ? transformed(expression, of, scope) : fold(expression, of, scope);
  }
  if (name === "bind" && of?.tag === "name" && of.name === "cel" && first?.tag === "name" && second && args[2]) {
    const value = valueIn(second, scope);
    return isError(value) ? value : valueIn(args[2], inScope(scope, [[first.name, value]]));
  }
  const isSpaced = of?.tag === "name" && functions.has(`${of.name}.${name}`);
  const values: Value[] = [];
  for (const each of of === undefined || isSpaced ? args : [of, ...args]) {
    const value = valueIn(each, scope);
    if (isError(value)) return value;
    values.push(value);
  }
  // Whatever walks through its arguments is paid for before it does.
  const size = values.reduce((total: number, each) => total + sizeOf(each), 0);
  if (!pay(scope, name === "matches" ? size * Math.ceil(1 + sizeOf(values[1] ?? "") / 4) * 0.1 : size * 0.1))
    return tooCostly;
  if (name === "check" && !pay(scope, authorizationCost)) return tooCostly;
  const spend = () => pay(scope);
  const operated = operator(name, values, spend);
  const value = operated ?? functions.get(isSpaced ? `${of.name}.${name}` : name)?.(values, spend) ?? noOverload;
  return scope.budget.left < 0 || !pay(scope, sizeOf(value) * 0.1) ? tooCostly : value;
}

function named(name: string, { names, bound }: Scope): Value | undefined {
  for (let each = bound; each !== undefined; each = each.outer) if (each.name === name) return each.value;
  const value = names.get(name);
  return value === undefined && typeNames.has(name) ? { tag: "type", name } : value;
}

function inScope({ names, budget, bound }: Scope, more: readonly (readonly [string, Value])[]): Scope {
  let inner = bound;
  for (const [name, value] of more) inner = { name, value, outer: inner };
  return inner === undefined ? { names, budget } : { names, budget, bound: inner };
}

/** One side is enough where it decides, whatever is wrong with the other. */
function junction(decides: boolean, sides: readonly Expression[], scope: Scope): Value {
  let wrong: Value | undefined;
  for (const side of sides) {
    const value = valueIn(side, scope);
    if (value === decides || (isError(value) && value.fatal)) return value;
    if (typeof value !== "boolean") wrong ??= isError(value) ? value : noOverload;
  }
  return wrong ?? !decides;
}

function choice([condition, then, otherwise]: readonly Expression[], scope: Scope): Value {
  if (!condition || !then || !otherwise) return noOverload;
  const value = valueIn(condition, scope);
  if (typeof value !== "boolean") return isError(value) ? value : noOverload;
  return valueIn(value ? then : otherwise, scope);
}

function presence({ of, field }: Extract<Expression, { tag: "select" }>, scope: Scope): Value {
  const whole = valueIn(of, scope);
  if (isError(whole)) return whole;
  if (isSpecial(whole) && whole.tag === "optional")
    return whole.value !== undefined && fieldOf(whole.value, field) !== undefined;
  return isMap(whole) ? fieldOf(whole, field) !== undefined : noOverload;
}

/** The calls that are loops over the items of a list or the keys of a map. */
export const macros: ReadonlySet<string> = new Set([
  ...["all", "exists", "exists_one", "existsOne", "filter", "map"],
  ...transforms,
  ...optionalMacros,
]);

/** The names that a loop's first arguments are. */
function loopNames(args: readonly Expression[]): readonly string[] {
  return args.flatMap((each) => (each.tag === "name" ? [each.name] : []));
}

function transformed({ name, args }: Call, of: Expression, scope: Scope): Value {
  const range = valueIn(of, scope);
  if (isError(range)) return range;
  if (!isList(range) && !isMap(range)) return noOverload;
  const count = name === "sortBy" ? 1 : 2;
  const [first = "", second] = loopNames(args.slice(0, count));
  const [only, last] = args.length > count + 1 ? [args[count], args[count + 1]] : [undefined, args[count]];
  if (!last) return noOverload;
  const within = (at: Value, value: Value) =>
    inScope(
      scope,
      second === undefined
        ? [[first, value]]
        : [
            [first, at],
            [second, value],
          ],
    );
  return transform(name, {
    range,
    wants: (at, value) => (only ? valueIn(only, within(at, value)) : true),
    make: (at, value) => valueIn(last, within(at, value)),
  });
}

function maybe({ name, args }: Call, of: Expression, scope: Scope): Value {
  const value = valueIn(of, scope);
  const [named = ""] = loopNames(args.slice(0, 1));
  const last = args[1];
  if (isError(value)) return value;
  return last ? optionally(name, value, (each) => valueIn(last, inScope(scope, [[named, each]]))) : noOverload;
}

function fold({ name, args }: Call, of: Expression, scope: Scope): Value {
  const range = valueIn(of, scope);
  if (isError(range)) return range;
  if (!isList(range) && !isMap(range)) return noOverload;
  const names = args.slice(0, -1).filter((each): each is Extract<Expression, { tag: "name" }> => each.tag === "name");
  const [first, second] = [names[0]?.name ?? "", name === "map" ? undefined : names[1]?.name];
  const last = args.at(-1) as Expression;
  const only = name === "map" && args.length === 3 ? args[1] : undefined;
  const found: Value[] = [];
  let wrong: Value | undefined;
  let count = 0;
  for (const [key, value] of range.entries()) {
    const at: Value = isList(range) ? BigInt(key as number) : (key as Value);
    const single = isList(range) ? value : at;
    const inner = inScope(
      scope,
      second === undefined
        ? [[first, single]]
        : [
            [first, at],
            [second, value],
          ],
    );
    if (only !== undefined) {
      const wanted = valueIn(only, inner);
      if (isError(wanted)) return wanted;
      if (wanted !== true) continue;
    }
    const each = valueIn(last, inner);
    if (isError(each) && (each.fatal || (name !== "all" && name !== "exists"))) return each;
    if (name === "map") found.push(each);
    else if (typeof each !== "boolean") wrong ??= isError(each) ? each : noOverload;
    else if (name === "all" && !each) return false;
    else if (name === "exists" && each) return true;
    else if (each) {
      count++;
      found.push(single);
    }
  }
  if (wrong !== undefined) return wrong;
  if (name === "all" || name === "exists") return name === "all";
  return name === "map" || name === "filter" ? found : count === 1;
}

function operator(
  name: string,
  [left = null, right = null]: readonly Value[],
  spend: () => boolean,
): Value | undefined {
  if (name === "_==_") return equal(left, right, spend);
  if (name === "_!=_") return !equal(left, right, spend);
  if (name === "!_") return typeof left === "boolean" ? !left : noOverload;
  if (name === "-_") return typeof left === "bigint" ? whole(-left) : typeof left === "number" ? -left : noOverload;
  if (name === "@in") {
    if (isList(right)) return right.some((each) => equal(left, each, spend));
    return isMap(right) ? right.has(left) : noOverload;
  }
  if (/^_[<>]=?_$/.test(name)) {
    const order = compare(left, right);
    if (order === undefined) return noOverload;
    if (name.includes("<")) return order < 0 || (order === 0 && name.includes("="));
    return order > 0 || (order === 0 && name.includes("="));
  }
  return /^_[-+*/%]_$/.test(name) ? arithmetic(name[1] ?? "", left, right) : undefined;
}

function arithmetic(sign: string, left: Value, right: Value): Value {
  if (sign === "+" && typeof left === "string" && typeof right === "string") return left + right;
  if (sign === "+" && isList(left) && isList(right)) return [...left, ...right];
  if (typeof left === "bigint" && typeof right === "bigint") {
    if (right === 0n && (sign === "/" || sign === "%"))
      return error(sign === "/" ? "division by zero" : "modulus by zero");
    if (sign === "+") return whole(left + right);
    if (sign === "-") return whole(left - right);
    if (sign === "*") return whole(left * right);
    return whole(sign === "/" ? left / right : left % right);
  }
  if (typeof left === "number" && typeof right === "number") {
    if (sign === "+") return left + right;
    if (sign === "-") return left - right;
    if (sign === "*") return left * right;
    return sign === "/" ? left / right : noOverload;
  }
  if (!isSpecial(left) || !isSpecial(right) || !("nanos" in left) || !("nanos" in right)) return noOverload;
  if (sign !== "+" && sign !== "-") return noOverload;
  const nanos = sign === "+" ? left.nanos + right.nanos : left.nanos - right.nanos;
  const isSpan = left.tag === right.tag;
  if (isSpan && left.tag === "timestamp" && sign === "+") return noOverload;
  return { tag: isSpan ? "duration" : "timestamp", nanos };
}
