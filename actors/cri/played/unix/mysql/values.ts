import { SqlError } from "./sql_error.ts";

/** What is in a field. */
export type Value = null | number | string;

/** Where an expression is worked out. */
export interface Scope {
  readonly around: Surroundings;
  column(name: string): Value;
  /** All rows, for what is counted over them. Default: there are none. */
  readonly group?: readonly Scope[];
}

/** An expression that was read. */
export interface Expression {
  /** As it is written, which is what its column is called. */
  readonly text: string;
  /** It is about all rows together. */
  readonly isOverall: boolean;
  of(scope: Scope): Value;
}

/** What an expression may know of the server and its connection. */
export interface Surroundings {
  readonly nowMs: number;
  readonly database: string | undefined;
  /** Who asks, as `root@10.244.1.5`. */
  readonly user: string;
  readonly version: string;
  readonly connection: number;
  readonly lastInsertId: number;
  /** What a variable is set to, by its name with its signs. */
  variable(name: string): Value;
}

/** A value as a number; a text counts as what it begins with. */
export function numberOf(value: Value): number {
  return typeof value === "number" ? value : Number.parseFloat(value ?? "0") || 0;
}

/** Numbers by size, texts without regard to case. */
export function compareValues(left: Value, right: Value): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === "number" || typeof right === "number") return Math.sign(numberOf(left) - numberOf(right));
  const [one, other] = [left.toLowerCase(), right.toLowerCase()];
  return one < other ? -1 : Number(one > other);
}

/** Undefined: it is not known. */
export function isTrue(value: Value): boolean | undefined {
  return value === null ? undefined : numberOf(value) !== 0;
}

/** How many characters are looked at for one pattern: a text of `a`s and a pattern of them take the product of the two. */
const lookedAtMax = 10_000_000;

/** Whether a text fits a pattern with `%` for anything and `_` for one character. */
export function isLike(value: string, pattern: string): boolean {
  const [text, form] = [value.toLowerCase(), pattern.toLowerCase()];
  let [at, of, star, from, lookedAt] = [0, 0, -1, 0, 0];
  while (at < text.length) {
    if (++lookedAt > lookedAtMax) throw SqlError.unplayed("LIKE with so long a pattern and text");
    const isEscaped = form[of] === "\\" && of + 1 < form.length;
    const wanted = isEscaped ? form[of + 1] : form[of];
    if (!isEscaped && wanted === "%") [star, from] = [of++, at];
    else if (wanted !== undefined && ((!isEscaped && wanted === "_") || wanted === text[at])) {
      at++;
      of += isEscaped ? 2 : 1;
    } else if (star >= 0) [of, at] = [star + 1, ++from];
    else return false;
  }
  return /^%*$/.test(form.slice(of));
}
