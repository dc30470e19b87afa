import { unescaped } from "../programs/_escapes.ts";
import { converted, general, padded } from "../programs/_value_forms.ts";
import { AwkProblem } from "./lexer.ts";

/** A value: a number, a text, or a text that came from outside and looks like a number. */
export type Value = number | string | Seeming;

/** A text that is compared as the number that it looks like. */
export interface Seeming {
  readonly text: string;
  readonly number: number;
}

/** What a variable is before it is set. */
export const unset: Seeming = { text: "", number: 0 };

const numeral = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/;

/** A text from outside: a field, a variable of the command line. */
export function fromOutside(text: string): Value {
  const [found] = numeral.exec(text) ?? [];
  return found !== undefined && text.slice(found.length).trim() === "" ? { text, number: Number(found) } : text;
}

/** The number that a value stands for. */
export function numberOf(value: Value): number {
  if (typeof value === "number") return value;
  return typeof value === "string" ? Number(numeral.exec(value)?.[0] ?? 0) : value.number;
}

/** The text that a value stands for; numbers in `form`: `%.6g`. */
export function textOf(value: Value, form = "%.6g"): string {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return value.text;
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
  const [, digits] = /^%\.(\d+)g$/.exec(form) ?? [];
  return digits === undefined ? formatted(form, [value]) : general(value, Math.max(1, Number(digits)));
}

/** Whether a value counts as true. */
export function isTrue(value: Value): boolean {
  if (typeof value === "object" && value !== unset) return value.number !== 0;
  return typeof value === "string" ? value !== "" : numberOf(value) !== 0;
}

/** Which of two values comes first: below 0 it is the left one. */
export function compared(left: Value, right: Value): number {
  if (typeof left !== "string" && typeof right !== "string") return numberOf(left) - numberOf(right);
  const [a, b] = [textOf(left), textOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What an operator makes of two numbers. */
export function calculated(operator: string, left: Value, right: Value): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if ((operator === "/" || operator === "%") && b === 0) throw new AwkProblem("Division by zero");
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  if (operator === "*") return a * b;
  return operator === "/" ? a / b : operator === "%" ? a % b : a ** b;
}

/** Values in a form, as `printf` has it. */
export function formatted(form: string, values: readonly Value[]): string {
  const rest = [...values];
  let text = "";
  for (const [piece, flags = "", width, precision, kind] of form.matchAll(
    /%%|%([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?([diouxXcseEfFgG])|[^%]+|%/g,
  )) {
    if (kind === undefined) {
      text += piece === "%%" ? "%" : piece;
      continue;
    }
    const size = (given: string | undefined) => (given === "*" ? numberOf(rest.shift() ?? 0) : Number(given ?? 0));
    const wide = Math.min(10_000, size(width));
    const exact = precision === undefined ? undefined : Math.min(10_000, size(precision));
    const value = rest.shift() ?? "";
    const shown = shownAs(kind, value);
    const made = converted(kind.replace("F", "f").replace("c", "s"), shown, {
      exact: kind === "c" ? undefined : exact,
      flags,
    });
    text += padded(made ?? "0", /[sc]/.test(kind) ? flags.replace("0", "") : flags, wide);
  }
  return text;
}

function shownAs(kind: string, value: Value): string {
  if (kind === "s") return textOf(value);
  if (kind === "c") return typeof value === "string" ? value.slice(0, 1) : String.fromCharCode(numberOf(value) & 0xff);
  if (/[eEfFgG]/.test(kind)) return String(numberOf(value));
  return String(integerOf(value));
}

const [integerMin, integerMax] = [-(2n ** 63n), 2n ** 63n - 1n];

/** The whole number of 64 bits that a value stands for, or is nearest to. */
export function integerOf(value: Value): bigint {
  const number = Math.trunc(numberOf(value)) || 0;
  return number >= 2 ** 63 ? integerMax : number <= -(2 ** 63) ? integerMin : BigInt(number);
}

/** The escapes of a text that was given on the command line. */
export function unescapedText(text: string): string {
  return unescaped(text, /^[0-7]{1,3}/).bytes;
}
