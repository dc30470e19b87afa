import { callOf } from "./functions.ts";
import type { Reader } from "./reader.ts";
import { SqlError } from "./sql_error.ts";
import { compareValues, type Expression, isLike, isTrue, numberOf, type Scope, type Value } from "./values.ts";

const depthMax = 64;
type Binary = (left: Value, right: Value) => Value;

const ordered =
  (judge: (order: number) => boolean): Binary =>
  (left, right) =>
    left === null || right === null ? null : Number(judge(compareValues(left, right)));
const counted =
  (work: (left: number, right: number) => number): Binary =>
  (left, right) =>
    left === null || right === null ? null : work(numberOf(left), numberOf(right));

const comparisons: Readonly<Record<string, Binary>> = {
  "=": ordered((order) => order === 0),
  "<=>": (left, right) =>
    Number(left === right || (left !== null && right !== null && compareValues(left, right) === 0)),
  "<>": ordered((order) => order !== 0),
  "!=": ordered((order) => order !== 0),
  "<": ordered((order) => order < 0),
  ">": ordered((order) => order > 0),
  "<=": ordered((order) => order <= 0),
  ">=": ordered((order) => order >= 0),
};
const sums: Readonly<Record<string, Binary>> = {
  "+": counted((left, right) => left + right),
  "-": counted((left, right) => left - right),
};
const products: Readonly<Record<string, Binary>> = {
  "*": counted((left, right) => left * right),
  "/": (left, right) => (numberOf(right) === 0 ? null : counted((one, other) => one / other)(left, right)),
  "%": (left, right) => (numberOf(right) === 0 ? null : counted((one, other) => one % other)(left, right)),
};

/** Reads an expression. */
export function readExpression(reader: Reader, depth = 0): Expression {
  if (depth > depthMax) throw SqlError.unplayed("expressions that are nested so deeply");
  const down = () => readAnd(reader, depth + 1);
  let left = down();
  while (reader.take("OR") || reader.take("||")) left = joined("OR", left, down());
  return left;
}

function readAnd(reader: Reader, depth: number): Expression {
  let left = readNot(reader, depth);
  while (reader.take("AND") || reader.take("&&")) left = joined("AND", left, readNot(reader, depth));
  return left;
}

function joined(word: "AND" | "OR", left: Expression, right: Expression): Expression {
  const isAnd = word === "AND";
  return combined(`${left.text} ${word} ${right.text}`, [left, right], (one, other) => {
    const [first, second] = [isTrue(one), isTrue(other)];
    if (isAnd ? first === false || second === false : first || second) return Number(!isAnd);
    return first === undefined || second === undefined ? null : Number(isAnd);
  });
}

function combined(text: string, [left, right]: readonly [Expression, Expression], work: Binary): Expression {
  const isOverall = left.isOverall || right.isOverall;
  return { text, isOverall, of: (scope) => work(left.of(scope), right.of(scope)) };
}

function readNot(reader: Reader, depth: number): Expression {
  if (!reader.take("NOT") && !reader.take("!")) return readComparison(reader, depth);
  if (depth > depthMax) throw SqlError.unplayed("expressions that are nested so deeply");
  return negated(readNot(reader, depth + 1));
}

function negated(inner: Expression): Expression {
  const of = (scope: Scope) => {
    const truth = isTrue(inner.of(scope));
    return truth === undefined ? null : Number(!truth);
  };
  return { text: `NOT ${inner.text}`, isOverall: inner.isOverall, of };
}

function readComparison(reader: Reader, depth: number): Expression {
  let left = readChain(reader, depth, sums);
  for (;;) {
    const sign = reader.peek();
    const work = sign?.sort === "sign" && Object.hasOwn(comparisons, sign.text) ? comparisons[sign.text] : undefined;
    if (sign && work) {
      reader.next();
      const right = readChain(reader, depth, sums);
      left = combined(`${left.text} ${sign.text} ${right.text}`, [left, right], work);
    } else if (reader.take("IS", "NOT", "NULL")) left = tested(left, "IS NOT NULL", (value) => value !== null);
    else if (reader.take("IS", "NULL")) left = tested(left, "IS NULL", (value) => value === null);
    else if (reader.take("NOT", "IN")) left = negated(readList(reader, left, depth));
    else if (reader.take("IN")) left = readList(reader, left, depth);
    else if (reader.take("NOT", "LIKE")) left = negated(readLike(reader, left, depth));
    else if (reader.take("LIKE")) left = readLike(reader, left, depth);
    else if (reader.take("BETWEEN")) left = readBetween(reader, left, depth);
    else return left;
  }
}

function tested(inner: Expression, words: string, test: (value: Value) => boolean): Expression {
  return { text: `${inner.text} ${words}`, isOverall: inner.isOverall, of: (scope) => Number(test(inner.of(scope))) };
}

function readList(reader: Reader, left: Expression, depth: number): Expression {
  reader.expect("(");
  const all = readSome(reader, depth);
  reader.expect(")");
  const text = `${left.text} IN (${all.map((each) => each.text).join(", ")})`;
  const of = (scope: Scope) => {
    const value = left.of(scope);
    return value === null ? null : Number(all.some((each) => compareValues(each.of(scope), value) === 0));
  };
  return { text, isOverall: left.isOverall, of };
}

function readLike(reader: Reader, left: Expression, depth: number): Expression {
  const right = readChain(reader, depth, sums);
  return combined(`${left.text} LIKE ${right.text}`, [left, right], (value, pattern) =>
    value === null || pattern === null ? null : Number(isLike(String(value), String(pattern))),
  );
}

function readBetween(reader: Reader, left: Expression, depth: number): Expression {
  const low = readChain(reader, depth, sums);
  reader.expect("AND");
  const high = readChain(reader, depth, sums);
  const of = (scope: Scope) => {
    const value = left.of(scope);
    return Number(compareValues(value, low.of(scope)) >= 0 && compareValues(value, high.of(scope)) <= 0);
  };
  return { text: `${left.text} BETWEEN ${low.text} AND ${high.text}`, isOverall: left.isOverall, of };
}

/** What is added, or multiplied, one after the other. */
function readChain(reader: Reader, depth: number, works: Readonly<Record<string, Binary>>): Expression {
  const down = () => (works === sums ? readChain(reader, depth, products) : readTerm(reader, depth));
  let left = down();
  for (;;) {
    const sign = reader.peek();
    const work = sign?.sort === "sign" && Object.hasOwn(works, sign.text) ? works[sign.text] : undefined;
    if (!sign || !work) return left;
    reader.next();
    const right = down();
    left = combined(`${left.text} ${sign.text} ${right.text}`, [left, right], work);
  }
}

const constants: Readonly<Record<string, Value>> = { NULL: null, TRUE: 1, FALSE: 0 };

function readTerm(reader: Reader, depth: number): Expression {
  if (depth > depthMax) throw SqlError.unplayed("expressions that are nested so deeply");
  const isOverall = false;
  if (reader.take("(")) {
    const inner = readExpression(reader, depth + 1);
    reader.expect(")");
    return { ...inner, text: `(${inner.text})` };
  }
  if (reader.take("-")) {
    const inner = readTerm(reader, depth + 1);
    const of = (scope: Scope) => {
      const value = inner.of(scope);
      return value === null ? null : -numberOf(value);
    };
    return { text: `-${inner.text}`, isOverall: inner.isOverall, of };
  }
  const word = reader.next();
  const { text, sort } = word;
  if (sort === "number") return { text, isOverall, of: () => Number(text) };
  if (sort === "text") return { text, isOverall, of: () => text };
  if (sort === "variable") return { text, isOverall, of: ({ around }) => around.variable(text) };
  if (sort === "sign") throw reader.fault();
  const upper = text.toUpperCase();
  if (sort === "name" && reader.peek()?.text === "(" && reader.take("(")) return readCall(reader, text, depth);
  if (sort === "name" && Object.hasOwn(constants, upper))
    return { text: upper, isOverall, of: () => constants[upper] ?? null };
  if (sort === "name" && /^CURRENT_(TIMESTAMP|USER|DATE)$/.test(upper)) return { ...callOf(text, []), text };
  // A column may be told with its table.
  let name = text;
  while (reader.take(".")) name = reader.name();
  return { text: name, isOverall, of: (scope) => scope.column(name) };
}

function readCall(reader: Reader, name: string, depth: number): Expression {
  if (reader.take("*")) {
    reader.expect(")");
    return { text: `${name}(*)`, isOverall: true, of: ({ group = [] }) => group.length };
  }
  const given = reader.peek()?.text === ")" ? [] : readSome(reader, depth);
  reader.expect(")");
  return callOf(name, given);
}

function readSome(reader: Reader, depth: number): Expression[] {
  const all = [readExpression(reader, depth + 1)];
  while (reader.take(",")) all.push(readExpression(reader, depth + 1));
  return all;
}
