import { parseExpression, search } from "../patterns/expression.ts";

/** What comes of a calculation, or what is wrong with it. */
export type Calculated = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string };

/** The operators between two operands, those that bind the least first. Source: POSIX, expr. */
const levels: readonly (readonly string[])[] = [
  ["|"],
  ["&"],
  ["=", "==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/", "%"],
  [":"],
];

class Refusal extends Error {}

/** Calculates what the words of `expr` say. */
export function calculate(words: readonly string[]): Calculated {
  let at = 0;

  function level(depth: number): string {
    const operators = levels[depth];
    if (!operators) return operand();
    let value = level(depth + 1);
    while (operators.includes(words[at] ?? "")) value = apply(words[at++] ?? "", value, level(depth + 1));
    return value;
  }

  function operand(): string {
    const word = words[at++];
    if (word === undefined) throw new Refusal("syntax error");
    if (word === "(") {
      const value = level(0);
      if (words[at++] !== ")") throw new Refusal("syntax error");
      return value;
    }
    switch (word) {
      case "length":
        return String([...operand()].length);
      case "match":
        return matched(operand(), operand());
      case "index": {
        const [text, letters] = [[...operand()], [...operand()]];
        return String(text.findIndex((letter) => letters.includes(letter)) + 1);
      }
      case "substr": {
        const [text, from, length] = [[...operand()], Number(operand()), Number(operand())];
        return from >= 1 && length > 0 ? text.slice(from - 1, from - 1 + length).join("") : "";
      }
      default:
        return word;
    }
  }

  try {
    const value = level(0);
    if (at < words.length) throw new Refusal("syntax error");
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.message };
    throw error;
  }
}

function apply(operator: string, left: string, right: string): string {
  switch (operator) {
    case "|":
      return isNothing(left) ? (isNothing(right) ? "0" : right) : left;
    case "&":
      return isNothing(left) || isNothing(right) ? "0" : left;
    case ":":
      return matched(left, right);
  }
  if (levels[2]?.includes(operator)) return holds(operator, left, right) ? "1" : "0";
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) throw new Refusal("non-numeric argument");
  if (b === 0n && (operator === "/" || operator === "%")) throw new Refusal("division by zero");
  switch (operator) {
    case "+":
      return String(BigInt.asIntN(64, a + b));
    case "-":
      return String(BigInt.asIntN(64, a - b));
    case "*":
      return String(BigInt.asIntN(64, a * b));
    case "/":
      return String(a / b);
    default:
      return String(a % b);
  }
}

function holds(operator: string, left: string, right: string): boolean {
  const [a, b] = [numberOf(left), numberOf(right)];
  const order =
    a === undefined || b === undefined ? (left < right ? -1 : left > right ? 1 : 0) : a < b ? -1 : a > b ? 1 : 0;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return (order === 0) === (operator !== "!=");
  }
}

/** How much of a text's beginning a pattern is found in. */
function matched(text: string, pattern: string): string {
  if (pattern.includes("\\("))
    throw new Refusal("kubetroupe plays this container, and its expr takes no groups: use length, index or substr");
  const options = { isFixed: false, isExtended: false, isFolded: false };
  const expression = parseExpression(pattern.startsWith("^") ? pattern : `^${pattern}`, options);
  if (!expression) throw new Refusal(`bad regex '${pattern}'`);
  return String(search(expression, text)?.[1] ?? 0);
}

function isNothing(text: string): boolean {
  return /^-?0*$/.test(text);
}

function numberOf(text: string): bigint | undefined {
  return /^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}
