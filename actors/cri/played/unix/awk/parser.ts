import { type Expression as Pattern, parseExpression } from "../patterns/expression.ts";
import { AwkProblem, type Token, tokensOf } from "./lexer.ts";
import type { AwkFunction, AwkProgram, Expr, Place, Rule, Statement } from "./syntax.ts";

const depthMax = 200;

/** Compiles a regular expression as awk writes them. */
export function patternOf(text: string): Pattern {
  const pattern = parseExpression(text, { isFixed: false, isExtended: true, isFolded: false });
  if (!pattern) throw new AwkProblem(`bad regex '${text}'`);
  return pattern;
}

/** Parses a program; throws an `AwkProblem` where it is none. */
export function parseAwk(source: string): AwkProgram {
  const tokens = tokensOf(source);
  let at = 0;
  let depth = 0;
  /** In a list that `print` writes, `>` says where it goes. */
  let isPrinting = false;
  const peek = (ahead = 0): Token => tokens[at + ahead] ?? { kind: "end", text: "" };
  const is = (...texts: string[]) => ["sign", "word"].includes(peek().kind) && texts.includes(peek().text);
  const next = () => tokens[at++] ?? { kind: "end", text: "" };
  const accept = (text: string) => is(text) && next() !== undefined;
  function expect(text: string): void {
    if (!accept(text)) throw new AwkProblem(`Unexpected token ${JSON.stringify(peek().text)}, not ${text}`);
  }
  function skipLines(alsoEnds = false): void {
    while (peek().kind === "line" || (alsoEnds && is(";"))) at++;
  }
  function nameOf(): string {
    const token = next();
    if (token.kind !== "name" && token.kind !== "call")
      throw new AwkProblem(`Unexpected token ${JSON.stringify(token.text)}, not a name`);
    return token.text;
  }

  function list(end: string): Expr[] {
    const values: Expr[] = [];
    skipLines();
    while (!is(end)) {
      values.push(expression());
      skipLines();
      if (!accept(",")) break;
      skipLines();
    }
    expect(end);
    return values;
  }

  /** What is in brackets, where `>` compares again. */
  function within<Value>(read: () => Value): Value {
    const before = isPrinting;
    isPrinting = false;
    const value = read();
    isPrinting = before;
    return value;
  }

  function primary(): Expr {
    const token = next();
    const { kind, text } = token;
    if (kind === "number") return { kind, value: Number(text) };
    if (kind === "text") return { kind, value: text };
    if (kind === "pattern") return { kind, pattern: patternOf(text) };
    if (kind === "name") {
      if (text === "length") return { kind: "call", name: text, values: [] };
      return accept("[")
        ? { kind: "element", name: text, keys: within(() => list("]")) }
        : { kind: "variable", name: text };
    }
    if (kind === "call") {
      expect("(");
      return { kind: "call", name: text, values: within(() => list(")")) };
    }
    if (text === "$") {
      const step = accept("++") ? 1 : accept("--") ? -1 : undefined;
      const of = primary();
      return {
        kind: "field",
        of: step === undefined ? of : { kind: "step", place: placeOf(of), by: step, isBefore: true },
      };
    }
    if (text === "(") {
      const values = within(() => list(")"));
      if (values.length > 1) {
        expect("in");
        return { kind: "in", keys: values, name: nameOf() };
      }
      const [of] = values;
      if (!of) throw new AwkProblem("Empty sequence");
      return { kind: "unary", operator: "(", of };
    }
    if (text === "-" || text === "+" || text === "!")
      return { kind: "unary", operator: text, of: power(unaryOperand()) };
    if (text === "++" || text === "--")
      return { kind: "step", place: placeOf(primary()), by: text === "++" ? 1 : -1, isBefore: true };
    if (text === "getline") {
      const into = placeThere();
      const from = accept("<") ? ({ kind: "file", of: unaryOperand() } as const) : undefined;
      return { kind: "getline", from, into };
    }
    throw new AwkProblem(`Unexpected token ${JSON.stringify(text)}`);
  }

  /** Where a record is to go, if that is said. */
  function placeThere(): Place | undefined {
    return peek().kind === "name" || is("$") ? placeOf(primary()) : undefined;
  }

  const unaryOperand = () => postfix(primary());

  function placeOf(of: Expr): Place {
    if (of.kind === "variable" || of.kind === "field" || of.kind === "element") return of;
    throw new AwkProblem("Not an lvalue");
  }

  function postfix(of: Expr): Expr {
    if (!is("++", "--") || !/^(variable|field|element)$/.test(of.kind)) return of;
    return { kind: "step", place: placeOf(of), by: next().text === "++" ? 1 : -1, isBefore: false };
  }

  function power(left: Expr): Expr {
    if (!is("^", "**")) return left;
    next();
    return { kind: "binary", operator: "^", left, right: power(unaryOperand()) };
  }

  function binary(operators: readonly string[], operand: () => Expr): Expr {
    let left = operand();
    while (is(...operators) && !(isPrinting && is(">"))) {
      const operator = next().text;
      skipLines();
      left = { kind: "binary", operator, left, right: operand() };
    }
    return left;
  }

  const product = () => binary(["*", "/", "%"], () => power(unaryOperand()));
  const sum = () => binary(["+", "-"], product);

  function joined(): Expr {
    let left = sum();
    const begins = () => /number|text|name|call|pattern/.test(peek().kind) || is("$", "(", "++", "--");
    while (begins()) left = { kind: "binary", operator: " ", left, right: sum() };
    while (is("|") && peek(1).text === "getline") {
      at += 2;
      left = { kind: "getline", from: { kind: "command", of: left }, into: placeThere() };
    }
    return left;
  }

  const compared = () => binary(["<", "<=", "==", "!=", ">", ">="], joined);
  const matched = () => binary(["~", "!~"], compared);

  function contained(): Expr {
    let left = matched();
    while (is("in")) {
      next();
      left = { kind: "in", keys: [left], name: nameOf() };
    }
    return left;
  }

  const both = () => binary(["&&"], contained);
  const either = () => binary(["||"], both);

  function expression(): Expr {
    if (++depth > depthMax) throw new AwkProblem("Nested too deep");
    const test = either();
    const made = assignment(test) ?? choice(test);
    depth--;
    return made;
  }

  function assignment(place: Expr): Expr | undefined {
    if (!is("=", "+=", "-=", "*=", "/=", "%=", "^=", "**=")) return undefined;
    const operator = next().text.replace("**", "^").slice(0, -1);
    skipLines();
    return { kind: "assign", operator, place: placeOf(place), value: expression() };
  }

  function choice(test: Expr): Expr {
    if (!accept("?")) return test;
    skipLines();
    const yes = expression();
    skipLines();
    expect(":");
    skipLines();
    return { kind: "choice", test, yes, no: expression() };
  }

  function block(): Statement[] {
    expect("{");
    const statements: Statement[] = [];
    for (skipLines(true); !is("}"); skipLines(true)) {
      if (peek().kind === "end") throw new AwkProblem("Unexpected end of string");
      statements.push(...statement());
    }
    expect("}");
    return statements;
  }

  /** A statement, or several in braces; what ends it is taken, too. */
  function body(): Statement[] {
    skipLines();
    if (accept(";")) return [];
    return statement();
  }

  function end(): void {
    if (is("}") || peek().kind === "end") return;
    if (peek().kind === "line" || is(";")) at++;
    else throw new AwkProblem(`Unexpected token ${JSON.stringify(peek().text)}`);
  }

  function statement(): Statement[] {
    if (++depth > depthMax) throw new AwkProblem("Nested too deep");
    const made = is("{") ? block() : [compound() ?? simpleAndEnd()];
    depth--;
    return made;
  }

  function simpleAndEnd(): Statement {
    const made = simple();
    end();
    return made;
  }

  function compound(): Statement | undefined {
    if (accept("if")) {
      expect("(");
      const test = expression();
      expect(")");
      const yes = body();
      const back = at;
      skipLines(true);
      if (accept("else")) return { kind: "if", test, yes, no: body() };
      at = back;
      return { kind: "if", test, yes, no: [] };
    }
    if (accept("while")) {
      expect("(");
      const test = expression();
      expect(")");
      return { kind: "loop", first: [], loop: { test, body: body(), after: [], isAskedLater: false } };
    }
    if (accept("do")) {
      const done = body();
      skipLines(true);
      expect("while");
      expect("(");
      const test = expression();
      expect(")");
      end();
      return { kind: "loop", first: [], loop: { test, body: done, after: [], isAskedLater: true } };
    }
    return accept("for") ? forLoop() : undefined;
  }

  function forLoop(): Statement {
    expect("(");
    if (peek(1).text === "in" && peek(3).text === ")") {
      const name = nameOf();
      next();
      const of = nameOf();
      expect(")");
      return { kind: "each", name, of, body: body() };
    }
    const first = is(";") ? [] : [simple()];
    expect(";");
    skipLines();
    const test = is(";") ? undefined : expression();
    expect(";");
    skipLines();
    const after = is(")") ? [] : [simple()];
    expect(")");
    return { kind: "loop", first, loop: { test, body: body(), after, isAskedLater: false } };
  }

  function simple(): Statement {
    const { kind, text } = peek();
    if (kind !== "word" || text === "getline") return { kind: "value", of: expression() };
    next();
    const isOver = () => peek().kind === "line" || peek().kind === "end" || is(";", "}");
    if (text === "break" || text === "continue" || text === "next") return { kind: text };
    if (text === "exit" || text === "return") return { kind: text, value: isOver() ? undefined : expression() };
    if (text === "delete") {
      const name = nameOf();
      return { kind: "delete", name, keys: accept("[") ? list("]") : undefined };
    }
    if (text !== "print" && text !== "printf") throw new AwkProblem(`Unexpected token ${JSON.stringify(text)}`);
    return printing(text, isOver);
  }

  function printing(kind: "print" | "printf", isOver: () => boolean): Statement {
    isPrinting = true;
    const values: Expr[] = [];
    const isBracketed = is("(") && isWholeList();
    if (isBracketed) {
      next();
      values.push(...within(() => list(")")));
    } else {
      while (!isOver() && !is(">", ">>", "|")) {
        values.push(expression());
        if (!accept(",")) break;
        skipLines();
      }
    }
    isPrinting = false;
    const appends = is(">>");
    const target = is("|") ? ("command" as const) : ("file" as const);
    const into = accept(">") || accept(">>") || accept("|") ? { kind: target, appends, path: joined() } : undefined;
    return { kind, values, into };
  }

  /** Whether the bracket that is here closes at the end of what is printed. */
  function isWholeList(): boolean {
    let open = 0;
    for (let ahead = 0; ; ahead++) {
      const { kind, text } = peek(ahead);
      if (kind === "end") return false;
      if (kind === "sign" && text === "(") open++;
      if (kind === "sign" && text === ")" && --open === 0) {
        const after = peek(ahead + 1);
        return after.kind === "line" || after.kind === "end" || [";", "}", ">", ">>", "|"].includes(after.text);
      }
    }
  }

  const begin: Statement[] = [];
  const last: Statement[] = [];
  const rules: Rule[] = [];
  const functions = new Map<string, AwkFunction>();
  for (skipLines(true); peek().kind !== "end"; skipLines(true)) {
    if (accept("BEGIN")) begin.push(...block());
    else if (accept("END")) last.push(...block());
    else if (accept("function") || accept("func")) {
      const name = nameOf();
      expect("(");
      const parameters: string[] = [];
      while (!is(")")) {
        skipLines();
        parameters.push(nameOf());
        skipLines();
        accept(",");
      }
      expect(")");
      skipLines();
      functions.set(name, { parameters, body: block() });
    } else {
      const from = is("{") ? undefined : expression();
      const to = from && accept(",") ? expression() : undefined;
      const whole: Statement = { kind: "print", values: [], into: undefined };
      rules.push({ from, to, body: is("{") ? block() : [whole] });
    }
  }
  return { begin, end: last, rules, functions };
}
