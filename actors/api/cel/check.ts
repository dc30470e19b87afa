import { failed, ok, type Result } from "../../kit/result.ts";
import { isFields, type JsonSchema } from "../custom/json_schema.ts";
import { macros, unescapedField } from "./evaluate.ts";
import { functions } from "./functions.ts";
import { typeNames } from "./library/texts.ts";
import { type Expression, readExpression } from "./syntax.ts";
import { transforms } from "./transforms.ts";
import { objectProperties } from "./typed_value.ts";

/** An expression that can be evaluated. */
export interface Compiled {
  readonly expression: Expression;
  readonly names: ReadonlySet<string>;
  /** The functions of Kubernetes that it calls and that are not here. */
  readonly missing: readonly string[];
}

/** What Kubernetes has and this cluster does not. */
const missingFunctions: ReadonlySet<string> = new Set(["bytes", "base64.encode", "base64.decode"]);

const operators = /^(?:_.*_|[-!]_|@in)$/;

interface Checking {
  readonly schemas: ReadonlyMap<string, JsonSchema | undefined>;
  readonly names: Set<string>;
  readonly missing: Set<string>;
  readonly wrongs: { readonly at: number; readonly text: string }[];
}

/** Reads an expression and looks whether all that it names is there; failures are in the words of Kubernetes' compiler. */
export function compile(
  text: string,
  variables: ReadonlyMap<string, JsonSchema | undefined>,
): Result<Compiled, string> {
  const read = readExpression(text);
  if (!read.ok) return failed(located(text, read.failure));
  const checking: Checking = { schemas: variables, names: new Set(), missing: new Set(), wrongs: [] };
  check(read.value, checking);
  if (checking.wrongs.length > 0) return failed(checking.wrongs.map((wrong) => located(text, wrong)).join("\n"));
  return ok({ expression: read.value, names: checking.names, missing: [...checking.missing] });
}

/** What is wrong with an expression, with the line that it is in and a sign under the place. */
export function located(text: string, { at, text: wrong }: { readonly at: number; readonly text: string }): string {
  const before = text.slice(0, at).split("\n");
  const column = before.at(-1)?.length ?? 0;
  const line = text.split("\n")[before.length - 1] ?? "";
  return `ERROR: <input>:${before.length}:${column + 1}: ${wrong}\n | ${line}\n | ${".".repeat(column)}^`;
}

/** Checks an expression and says by which schema its value is, where that is known. */
function check(expression: Expression, checking: Checking): JsonSchema | undefined {
  const { schemas, names, wrongs } = checking;
  const { at } = expression;
  if (expression.tag === "constant") return undefined;
  if (expression.tag === "name") {
    names.add(expression.name);
    if (schemas.has(expression.name)) return schemas.get(expression.name);
    if (typeNames.has(expression.name)) return undefined;
    wrongs.push({ at, text: `undeclared reference to '${expression.name}' (in container '')` });
    return undefined;
  }
  if (expression.tag === "select") {
    const of = check(expression.of, checking);
    const field = fieldOf(of, expression.field);
    if (field === false) wrongs.push({ at, text: `undefined field '${expression.field}'` });
    return field === false ? undefined : field;
  }
  if (expression.tag === "index") {
    const of = check(expression.of, checking);
    check(expression.index, checking);
    return isFields(of?.additionalProperties) ? (of?.additionalProperties as JsonSchema) : of?.items;
  }
  if (expression.tag === "call") return checkCall(expression, checking);
  if (expression.tag === "message") return checkMessage(expression, checking);
  const inner = expression.tag === "list" ? expression.items : expression.entries.flat();
  for (const each of inner) check(each, checking);
  return undefined;
}

const patchFields: ReadonlySet<string> = new Set(["op", "path", "from", "value"]);

/** Looks at an object whose type is named: its parts have the types that their place says. */
function checkMessage({ name, fields, at }: Extract<Expression, { tag: "message" }>, checking: Checking): undefined {
  const root = name.split(".")[0] ?? "";
  if (!checking.schemas.has(root) || (root === "JSONPatch" && name !== root)) {
    checking.wrongs.push({ at, text: `undeclared reference to '${name}' (in container '')` });
  }
  for (const { field, value } of fields) {
    if (root === "JSONPatch" && !patchFields.has(field)) {
      checking.wrongs.push({ at: value.at, text: `undefined field '${field}'` });
    }
    const wanted = `${name}.${field}`;
    for (const each of value.tag === "list" ? value.items : [value]) {
      if (root !== "Object" || each.tag !== "message" || each.name === wanted) continue;
      const text = `expected type of field '${field}' is '${wanted}' but provided type is '${each.name}'`;
      checking.wrongs.push({ at: each.at, text });
    }
    check(value, checking);
  }
  return undefined;
}

/** The schema of a field; false where an object has none of that name. */
function fieldOf(schema: JsonSchema | undefined, name: string): JsonSchema | undefined | false {
  if (schema === undefined || schema.type !== "object") return undefined;
  const { properties, additionalProperties } = schema;
  if (isFields(additionalProperties)) return additionalProperties as JsonSchema;
  if (schema["x-kubernetes-embedded-resource"] === true && Object.hasOwn(objectProperties, name))
    return objectProperties[name];
  for (const each of [name, unescapedField(name)]) {
    if (properties !== undefined && Object.hasOwn(properties, each)) return properties[each];
  }
  return false;
}

function checkCall(
  { name, of, args, at }: Extract<Expression, { tag: "call" }>,
  checking: Checking,
): JsonSchema | undefined {
  const isBind = of?.tag === "name" && of.name === "cel" && name === "bind";
  const variables = args.slice(0, -1);
  if (isBind || (of !== undefined && macros.has(name) && args.length >= 2)) {
    const range = isBind ? undefined : check(of, checking);
    const items = range?.items;
    const schemas = new Map(checking.schemas);
    const declared = transforms.has(name) ? variables.slice(0, name === "sortBy" ? 1 : 2) : variables;
    const named = declared.filter((each): each is Extract<Expression, { tag: "name" }> => each.tag === "name");
    for (const [index, each] of (isBind ? named.slice(0, 1) : named).entries()) {
      schemas.set(each.name, named.length === 1 || index === 1 ? items : undefined);
    }
    const between = transforms.has(name)
      ? args.slice(name === "sortBy" ? 1 : 2, -1)
      : name === "map"
        ? args.slice(1, -1)
        : [];
    for (const each of between) check(each, { ...checking, schemas });
    if (isBind && args[1]) check(args[1], checking);
    const last = args.at(-1);
    if (last !== undefined) check(last, { ...checking, schemas });
    return name === "filter" ? range : undefined;
  }
  const spaced = of?.tag === "name" && !checking.schemas.has(of.name) ? `${of.name}.${name}` : undefined;
  if (of !== undefined && spaced === undefined) check(of, checking);
  for (const each of args) check(each, checking);
  const known = spaced ?? name;
  if (functions.has(known) || operators.test(known) || (known === "has" && args[0]?.tag === "select")) return undefined;
  if (missingFunctions.has(known) || missingFunctions.has(name)) checking.missing.add(known);
  else checking.wrongs.push({ at, text: `undeclared reference to '${known}' (in container '')` });
  return undefined;
}
