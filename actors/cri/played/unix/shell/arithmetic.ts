/** Where an expression finds and leaves the values of its variables. */
export interface Variables {
  get(name: string): string;
  /** Why it may not be set, if so. */
  set(name: string, value: string): string | undefined;
}

/** An expression that has no value. */
export class ArithmeticProblem extends Error {}

const tokenPattern =
  /\s*(0[xX][\da-fA-F]+|\d+|[A-Za-z_]\w*(?:\[[^[\]]*\])?|\*\*|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^]=|[-+*/%&|^!~<>=?:(),])/y;

/** How strongly operators of two sides bind. */
const strengths: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  ">": 7,
  "<=": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
  "**": 11,
};
const assigning = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="]);
const depthMax = 200;
/** Each level may ask for the one below it twice, or more. */
const nestingMax = 8;

/**
 * The value of an expression in whole numbers of 64 bits, as `$((...))` has it.
 *
 * @throws ArithmeticProblem when it has none
 */
export function arithmetic(text: string, variables: Variables, nesting = 0): bigint {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;
  /** In the way that is not gone of `a ? b : c`, `&&`, `||` nothing is set and nothing fails. */
  let idle = 0;

  const peek = () => tokens[at] ?? "";
  const problem = (what: string) => new ArithmeticProblem(what);
  const wrapped = (value: bigint) => BigInt.asIntN(64, value);

  function named(name: string): bigint {
    const value = variables.get(name).trim();
    if (value === "") return 0n;
    return /^[+-]?(0[xX][\da-fA-F]+|\d+)$/.test(value) ? numberOf(value) : nested(value);
  }

  /** A variable may hold an expression. */
  function nested(value: string): bigint {
    if (nesting >= nestingMax) throw problem("expression recursion level exceeded");
    return arithmetic(value, variables, nesting + 1);
  }

  function assign(name: string, value: bigint): bigint {
    if (idle > 0) return value;
    const refused = variables.set(name, String(value));
    if (refused !== undefined) throw problem(refused);
    return value;
  }

  function expression(): bigint {
    let value = assignment();
    while (peek() === ",") {
      at++;
      value = assignment();
    }
    return value;
  }

  function assignment(): bigint {
    if (++depth > depthMax) throw problem("expression recursion level exceeded");
    try {
      const name = peek();
      const operator = tokens[at + 1] ?? "";
      if (!/^[A-Za-z_]/.test(name) || !assigning.has(operator)) return conditional();
      at += 2;
      const value = assignment();
      return assign(name, operator === "=" ? value : binary(operator.slice(0, -1), named(name), value));
    } finally {
      depth--;
    }
  }

  function conditional(): bigint {
    const condition = operation(1);
    if (peek() !== "?") return condition;
    at++;
    const yes = unless(condition === 0n, assignment);
    if (tokens[at++] !== ":") throw problem("expecting ':'");
    const no = unless(condition !== 0n, assignment);
    return condition === 0n ? no : yes;
  }

  function unless(isIdle: boolean, body: () => bigint): bigint {
    if (isIdle) idle++;
    const value = body();
    if (isIdle) idle--;
    return value;
  }

  function operation(least: number): bigint {
    let left = unary();
    for (;;) {
      const operator = peek();
      const strength = strengths[operator];
      if (strength === undefined || strength < least) return left;
      at++;
      const next = operator === "**" ? strength : strength + 1;
      const isDecided = (operator === "&&" && left === 0n) || (operator === "||" && left !== 0n);
      const right = unless(isDecided, () => operation(next));
      left = binary(operator, left, right);
    }
  }

  function binary(operator: string, a: bigint, b: bigint): bigint {
    const truth = (holds: boolean) => (holds ? 1n : 0n);
    switch (operator) {
      case "+":
        return wrapped(a + b);
      case "-":
        return wrapped(a - b);
      case "*":
        return wrapped(a * b);
      case "/":
      case "%":
        if (b === 0n) {
          if (idle > 0) return 0n;
          throw problem("divide by zero");
        }
        return wrapped(operator === "/" ? a / b : a % b);
      case "**":
        return power(a, b);
      case "<<":
        return wrapped(a << (b & 63n));
      case ">>":
        return a >> (b & 63n);
      case "&":
        return a & b;
      case "|":
        return a | b;
      case "^":
        return a ^ b;
      case "==":
        return truth(a === b);
      case "!=":
        return truth(a !== b);
      case "<":
        return truth(a < b);
      case ">":
        return truth(a > b);
      case "<=":
        return truth(a <= b);
      case ">=":
        return truth(a >= b);
      case "&&":
        return truth(a !== 0n && b !== 0n);
      default:
        return truth(a !== 0n || b !== 0n);
    }
  }

  function power(base: bigint, exponent: bigint): bigint {
    if (exponent < 0n) throw problem("exponent less than 0");
    let result = 1n;
    for (let [square, left] = [base, exponent]; left > 0n; left >>= 1n) {
      if (left & 1n) result = wrapped(result * square);
      square = wrapped(square * square);
    }
    return result;
  }

  function unary(): bigint {
    const token = tokens[at++] ?? "";
    if (++depth > depthMax) throw problem("expression recursion level exceeded");
    try {
      if (token === "-") return wrapped(-unary());
      if (token === "+") return unary();
      if (token === "!") return unary() === 0n ? 1n : 0n;
      if (token === "~") return ~unary();
      if (token === "++" || token === "--") {
        const name = tokens[at++] ?? "";
        if (!/^[A-Za-z_]/.test(name)) throw problem("syntax error");
        return assign(name, wrapped(named(name) + (token === "++" ? 1n : -1n)));
      }
      if (token === "(") {
        const value = expression();
        if (tokens[at++] !== ")") throw problem("syntax error");
        return value;
      }
      if (/^\d/.test(token)) return numberOf(token);
      if (!/^[A-Za-z_]/.test(token)) throw problem("syntax error");
      const value = named(token);
      const after = peek();
      if (after !== "++" && after !== "--") return value;
      at++;
      assign(token, wrapped(value + (after === "++" ? 1n : -1n)));
      return value;
    } finally {
      depth--;
    }
  }

  function numberOf(digits: string): bigint {
    const sign = digits.startsWith("-") ? -1n : 1n;
    const plain = digits.replace(/^[+-]/, "");
    const isOctal = /^0\d/.test(plain);
    if (isOctal && /[89]/.test(plain)) throw problem("syntax error");
    // What is longer than any number of 64 bits is cut, as the C library does.
    const cut = BigInt(isOctal ? `0o${plain.slice(1, 40)}` : plain.slice(0, 40));
    const most = 0x7fff_ffff_ffff_ffffn;
    return sign * (cut > most ? most : cut);
  }

  if (tokens.length === 0) return 0n;
  const value = expression();
  if (at < tokens.length) throw problem("syntax error");
  return value;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(tokenPattern);
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const [, token] = pattern.exec(trimmed) ?? [];
    if (token === undefined) throw new ArithmeticProblem("syntax error");
    tokens.push(token);
  }
  return tokens;
}
