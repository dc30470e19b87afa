/** What an expression comes to. */
export type Value = string | number | boolean | null | readonly Value[];

/** What names mean where an expression stands. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly env: ReadonlyMap<string, string>;
  readonly hostname: string;
}

/** A script's own error, or something that is not played. */
export class PythonError extends Error {
  override readonly name = "PythonError";
  readonly kind: "unknown" | "raised";
  constructor(kind: "unknown" | "raised", message: string) {
    super(message);
    this.kind = kind;
  }
}

const token =
  /\s*(?:(\d+(?:\.\d+)?)|([fr]?)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_][\w.]*)|(\*\*|\/\/|[=!<>]=|[-+*/%<>()[\],]))/y;

interface Token {
  readonly kind: "number" | "text" | "name" | "sign";
  readonly text: string;
}

/** How tightly operators bind. */
const strength: Readonly<Record<string, number>> = {
  ...{ or: 1, and: 2, in: 4, "==": 4, "!=": 4, "<": 4, ">": 4, "<=": 4, ">=": 4 },
  ...{ "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6 },
};
const depthMax = 50;

/** Works out an expression. */
export function evaluated(expression: string, scope: Scope): Value {
  const tokens = tokensOf(expression, scope);
  let at = 0;
  const take = (text: string) => tokens[at]?.kind !== "text" && tokens[at]?.text === text && ++at > 0;
  const need = (text: string) => {
    if (!take(text)) throw unknown(expression);
  };

  function list(end: string, depth: number): Value[] {
    const values: Value[] = [];
    while (!take(end)) {
      values.push(operation(0, depth));
      if (!take(",")) {
        need(end);
        break;
      }
    }
    return values;
  }

  function operand(depth: number): Value {
    if (depth > depthMax) throw unknown(expression);
    if (take("not")) return !truth(operation(3, depth + 1));
    if (take("-")) return -Number(operand(depth + 1));
    if (take("[")) return list("]", depth + 1);
    if (take("(")) {
      const value = operation(0, depth + 1);
      need(")");
      return value;
    }
    const next = tokens[at++];
    if (!next || next.kind === "sign") throw unknown(expression);
    if (next.kind === "number") return Number(next.text);
    if (next.kind === "text") return next.text;
    if (take("(")) return called(next.text, list(")", depth + 1), scope);
    if (next.text === "os.environ" && take("[")) {
      const [name] = list("]", depth + 1);
      const value = scope.env.get(textOf(name ?? null));
      if (value === undefined) throw new PythonError("raised", `KeyError: '${textOf(name ?? null)}'`);
      return value;
    }
    return named(next.text, scope);
  }

  function operation(least: number, depth: number): Value {
    let left = operand(depth);
    for (let { text = "", kind } = tokens[at] ?? {}; kind !== "text"; { text = "", kind } = tokens[at] ?? {}) {
      const isNotIn = text === "not" && tokens[at + 1]?.text === "in";
      const binds = strength[isNotIn ? "in" : text];
      if (binds === undefined || binds <= least) break;
      at += isNotIn ? 2 : 1;
      const right = operation(binds, depth + 1);
      left = isNotIn ? !truth(combined("in", left, right)) : combined(text, left, right);
    }
    return left;
  }

  const value = operation(0, 0);
  if (at < tokens.length) throw unknown(expression);
  return value;
}

function unknown(expression: string): PythonError {
  return new PythonError("unknown", `of Python conditions, numbers, texts and the environment, but not: ${expression}`);
}

function tokensOf(expression: string, scope: Scope): Token[] {
  const tokens: Token[] = [];
  for (token.lastIndex = 0; token.lastIndex < expression.trimEnd().length; ) {
    const [, number, prefix, quoted, name, sign] = token.exec(expression) ?? [];
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (quoted !== undefined) {
      const { lastIndex } = token;
      const text = prefix === "r" ? quoted.slice(1, -1) : unescaped(quoted.slice(1, -1));
      const filled = (hole: string) => textOf(evaluated(hole, scope));
      tokens.push({
        kind: "text",
        text: prefix === "f" ? text.replace(/\{([^{}]+)\}/g, (_, hole) => filled(hole)) : text,
      });
      token.lastIndex = lastIndex;
    } else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else throw unknown(expression);
  }
  return tokens;
}

function unescaped(text: string): string {
  const letters: Readonly<Record<string, string>> = { n: "\n", t: "\t" };
  return text.replace(/\\(.)/g, (_, letter: string) => letters[letter] ?? letter);
}

function named(name: string, scope: Scope): Value {
  const known = new Map<string, Value>([
    ["True", true],
    ["False", false],
    ["None", null],
    ["sys.argv", ["-c"]],
  ]);
  const value = scope.names.get(name) ?? known.get(name);
  if (value === undefined && name.includes(".")) throw unknown(name);
  if (value === undefined) throw new PythonError("raised", `NameError: name '${name}' is not defined`);
  return value;
}

function called(name: string, values: readonly Value[], { env, hostname }: Scope): Value {
  const [first = null, second = null, third = 1] = values;
  switch (name) {
    case "int":
      return integer(first);
    case "str":
      return textOf(first);
    case "len":
      return typeof first === "string" || Array.isArray(first) ? first.length : 0;
    case "os.environ.get":
    case "os.getenv":
      return env.get(textOf(first)) ?? second;
    case "socket.gethostname":
    case "platform.node":
      return hostname;
    case "range": {
      const [from, to] = values.length > 1 ? [Number(first), Number(second)] : [0, Number(first)];
      const count = Math.ceil((to - from) / Number(third));
      if (!(count <= 1_000_000)) throw unknown(`range(${values.map(textOf).join(", ")})`);
      return Array.from({ length: Math.max(0, count) }, (_, index) => from + index * Number(third));
    }
    default:
      throw unknown(`${name}()`);
  }
}

function integer(value: Value): number {
  if (typeof value === "string" && !/^\s*[-+]?\d+\s*$/.test(value))
    throw new PythonError("raised", `ValueError: invalid literal for int() with base 10: '${value}'`);
  if (value === null || Array.isArray(value)) {
    const kind = value === null ? "NoneType" : "list";
    const wanted = "a string, a bytes-like object or a real number";
    throw new PythonError("raised", `TypeError: int() argument must be ${wanted}, not '${kind}'`);
  }
  return Math.trunc(Number(value));
}

function combined(operator: string, left: Value, right: Value): Value {
  const [a, b] = [Number(left), Number(right)];
  switch (operator) {
    case "or":
      return truth(left) ? left : right;
    case "and":
      return truth(left) ? right : left;
    case "in":
      return typeof right === "string" ? right.includes(textOf(left)) : Array.isArray(right) && right.includes(left);
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    case "+":
      return typeof left === "string" && typeof right === "string" ? left + right : a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    default:
      if (b === 0) throw new PythonError("raised", "ZeroDivisionError: division by zero");
      return operator === "/" ? a / b : operator === "//" ? Math.floor(a / b) : a - b * Math.floor(a / b);
  }
}

/** Whether a value counts as true. */
export function truth(value: Value): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** A value as `print` shows it. */
export function textOf(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string" || typeof value === "number") return String(value);
  return `[${value.map((each) => (typeof each === "string" ? `'${each}'` : textOf(each))).join(", ")}]`;
}
