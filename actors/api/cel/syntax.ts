import { failed, ok, type Result } from "../../kit/result.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** An expression as it was read; `at` is where it begins in its text. */
export type Expression = { readonly at: number } & (
  | { readonly tag: "constant"; readonly value: bigint | number | string | boolean | null }
  | { readonly tag: "name"; readonly name: string }
  | { readonly tag: "select"; readonly of: Expression; readonly field: string; readonly optional: boolean }
  | { readonly tag: "index"; readonly of: Expression; readonly index: Expression; readonly optional: boolean }
  | { readonly tag: "call"; readonly name: string; readonly of?: Expression; readonly args: readonly Expression[] }
  | { readonly tag: "list"; readonly items: readonly Expression[] }
  | { readonly tag: "map"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly tag: "message"; readonly name: string; readonly fields: readonly MessageField[] }
);

/** A field of an object whose type is named; one that is optional is left out when there is nothing to say. */
export interface MessageField {
  readonly field: string;
  readonly value: Expression;
  readonly optional: boolean;
}

/** Deeper ones are refused, as in Kubernetes: nobody writes them, and they would be too deep for a stack. */
const depthMax = 250;

/** Why a text is no expression, and where. */
export interface SyntaxError {
  readonly at: number;
  readonly text: string;
}

interface Reader {
  readonly tokens: readonly Token[];
  position: number;
  depth: number;
  wrong?: SyntaxError;
}

/** Reads an expression of the Common Expression Language. */
export function readExpression(text: string): Result<Expression, SyntaxError> {
  const tokens = tokensOf(text);
  if (!tokens.ok) return tokens;
  const reader: Reader = { tokens: tokens.value, position: 0, depth: 0 };
  const expression = conditional(reader);
  if (reader.wrong === undefined && peek(reader).tag !== "end") complain(reader);
  return reader.wrong === undefined ? ok(expression) : failed(reader.wrong);
}

const nothing: Expression = { tag: "constant", value: null, at: 0 };
const end: Token = { tag: "end", text: "<EOF>", at: 0 };

function peek({ tokens, position }: Reader): Token {
  return tokens[position] ?? tokens[tokens.length - 1] ?? end;
}

function complain(reader: Reader): Expression {
  const { at, text } = peek(reader);
  reader.wrong ??= { at, text: `Syntax error: mismatched input '${text}'` };
  return nothing;
}

function take(reader: Reader, ...texts: readonly string[]): Token | undefined {
  const token = peek(reader);
  if (reader.wrong !== undefined || token.tag !== "sign" || !texts.includes(token.text)) return undefined;
  reader.position++;
  return token;
}

function expect(reader: Reader, text: string): void {
  if (take(reader, text) === undefined) complain(reader);
}

function conditional(reader: Reader): Expression {
  if (++reader.depth > depthMax) {
    reader.wrong ??= { at: peek(reader).at, text: `expression recursion limit exceeded: ${depthMax}` };
    return nothing;
  }
  const condition = binary(reader, 0);
  const sign = take(reader, "?");
  let whole = condition;
  if (sign !== undefined) {
    const then = conditional(reader);
    expect(reader, ":");
    whole = { tag: "call", name: "_?_:_", args: [condition, then, conditional(reader)], at: sign.at };
  }
  reader.depth--;
  return whole;
}

/** From those that bind the least to those that bind the most. */
const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
];

function binary(reader: Reader, level: number): Expression {
  const signs = levels[level];
  if (signs === undefined) return unary(reader);
  let left = binary(reader, level + 1);
  let count = 0;
  for (let sign = take(reader, ...signs); sign !== undefined; sign = take(reader, ...signs)) {
    // A long chain is as deep as one in brackets.
    if (++count > depthMax) return complain(reader);
    const name = sign.text === "in" ? "@in" : `_${sign.text}_`;
    left = { tag: "call", name, args: [left, binary(reader, level + 1)], at: sign.at };
  }
  return left;
}

function unary(reader: Reader): Expression {
  const sign = take(reader, "!", "-");
  if (sign === undefined) return member(reader, primary(reader));
  if (++reader.depth > depthMax) return complain(reader);
  const of = unary(reader);
  reader.depth--;
  if (sign.text === "-" && of.tag === "constant" && (typeof of.value === "bigint" || typeof of.value === "number")) {
    return { ...of, value: -of.value };
  }
  return { tag: "call", name: sign.text === "!" ? "!_" : "-_", args: [of], at: sign.at };
}

function member(reader: Reader, first: Expression): Expression {
  let of = message(reader, first);
  let count = 0;
  for (let sign = take(reader, ".", "["); sign !== undefined; sign = take(reader, ".", "[")) {
    if (++count > depthMax) return complain(reader);
    const optional = take(reader, "?") !== undefined;
    if (sign.text === "[") {
      of = { tag: "index", of, index: conditional(reader), optional, at: sign.at };
      expect(reader, "]");
      continue;
    }
    const token = peek(reader);
    if (token.tag !== "name") return complain(reader);
    reader.position++;
    if (take(reader, "(") === undefined) {
      of = message(reader, { tag: "select", of, field: token.text, optional, at: sign.at });
    } else of = { tag: "call", name: token.text, of, args: listUntil(reader, ")"), at: token.at };
  }
  return of;
}

/** A type's name: names with dots between; undefined for all else. */
function typeName(of: Expression): string | undefined {
  if (of.tag === "name") return of.name;
  const outer = of.tag === "select" && !of.optional ? typeName(of.of) : undefined;
  return outer === undefined || of.tag !== "select" ? undefined : `${outer}.${of.field}`;
}

/** An object of a named type, where one begins behind a name. */
function message(reader: Reader, of: Expression): Expression {
  const name = peek(reader).text === "{" ? typeName(of) : undefined;
  if (name === undefined || take(reader, "{") === undefined) return of;
  const fields: MessageField[] = [];
  while (reader.wrong === undefined && take(reader, "}") === undefined) {
    const optional = take(reader, "?") !== undefined;
    const token = peek(reader);
    if (token.tag !== "name") return complain(reader);
    reader.position++;
    expect(reader, ":");
    fields.push({ field: token.text, value: conditional(reader), optional });
    if (take(reader, ",") !== undefined) continue;
    expect(reader, "}");
    break;
  }
  return { tag: "message", name, fields, at: of.at };
}

function listUntil(reader: Reader, close: string): Expression[] {
  const items: Expression[] = [];
  while (reader.wrong === undefined && take(reader, close) === undefined) {
    items.push(conditional(reader));
    if (take(reader, ",") !== undefined) continue;
    expect(reader, close);
    break;
  }
  return items;
}

function primary(reader: Reader): Expression {
  take(reader, ".");
  const token = peek(reader);
  const { at } = token;
  if (reader.wrong !== undefined) return nothing;
  if (token.tag === "constant") {
    reader.position++;
    return { tag: "constant", value: token.value, at };
  }
  if (token.tag === "name") {
    reader.position++;
    if (take(reader, "(") === undefined) return { tag: "name", name: token.text, at };
    return { tag: "call", name: token.text, args: listUntil(reader, ")"), at };
  }
  if (take(reader, "(") !== undefined) {
    const inner = conditional(reader);
    expect(reader, ")");
    return inner;
  }
  if (take(reader, "[") !== undefined) return { tag: "list", items: listUntil(reader, "]"), at };
  if (take(reader, "{") === undefined) return complain(reader);
  const entries: (readonly [Expression, Expression])[] = [];
  while (reader.wrong === undefined && take(reader, "}") === undefined) {
    const key = conditional(reader);
    expect(reader, ":");
    entries.push([key, conditional(reader)]);
    if (take(reader, ",") !== undefined) continue;
    expect(reader, "}");
    break;
  }
  return { tag: "map", entries, at };
}
