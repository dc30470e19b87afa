/**
 * What scalars of YAML stand for, as sigs.k8s.io/yaml reads them: YAML 1.1 as go-yaml 2 knows it, so `yes` is true and
 * `0644` is 420; what looks like a time stays text.
 */

import { failed, ok, type Result } from "../kit/result.ts";

/** What a scalar stands for. */
export type ScalarValue = string | number | boolean | null;

/** A scalar as it is written. */
export interface WrittenScalar {
  readonly text: string;
  /** Neither quoted nor a block: it may be a number, say. */
  readonly isPlain: boolean;
  /** As `!!int`, or empty. */
  readonly tag: string;
}

const words = new Map<string, ScalarValue>();
const teach = (value: ScalarValue, texts: string) => {
  for (const text of texts.split(" ")) words.set(text, value);
};
teach(null, "~ null Null NULL");
teach(true, "y Y yes Yes YES true True TRUE on On ON");
teach(false, "n N no No NO false False FALSE off Off OFF");
teach(Number.NaN, ".nan .NaN .NAN");
teach(Number.POSITIVE_INFINITY, ".inf .Inf .INF +.inf +.Inf +.INF");
teach(Number.NEGATIVE_INFINITY, "-.inf -.Inf -.INF");
words.set("", null);

const prefixedInteger = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/;
const decimal = /^[+-]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][+-]?[0-9]+)?$/;
/** What an integer with a prefix may be: Go keeps 64 bits, and leaves the rest text. */
const integerMax = 2 ** 64;

/** The value of a scalar, or why it cannot be what its tag says. */
export function scalarValue({ text, isPlain, tag }: WrittenScalar): Result<ScalarValue, string> {
  const type = tag.startsWith("!<tag:yaml.org,2002:") ? `!!${tag.slice(20, -1)}` : tag;
  switch (type) {
    case "":
      return ok(isPlain ? plainValue(text) : text);
    case "!!binary":
      return binaryText(text);
    case "!!int":
    case "!!bool":
    case "!!null":
    case "!!float": {
      const value = plainValue(text);
      return typeName(value) === type || (type === "!!float" && typeof value === "number")
        ? ok(value)
        : failed(`cannot decode ${typeName(value)} \`${text.slice(0, shownMax)}\` as a ${type}`);
    }
    default:
      return ok(text);
  }
}

const shownMax = 100;

function typeName(value: ScalarValue): string {
  if (value === null) return "!!null";
  if (typeof value === "boolean") return "!!bool";
  if (typeof value === "string") return "!!str";
  return Number.isInteger(value) ? "!!int" : "!!float";
}

function plainValue(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const mayBeNumber = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  if (!mayBeNumber) return text;
  const digits = first === 0x2e ? text : text.replaceAll("_", "");
  const [, sign, integer] = prefixedInteger.exec(digits) ?? [];
  if (integer !== undefined) {
    const value = Number(/^0[0-7]/.test(integer) ? `0o${integer.slice(1)}` : integer);
    if (value < integerMax) return sign === "-" ? -value : value;
    return /^0[0-7]/.test(integer) ? (finite(digits) ?? text) : text;
  }
  return decimal.test(digits) ? (finite(digits) ?? text) : text;
}

/** The number, unless it is too large for one. */
function finite(digits: string): number | undefined {
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

function binaryText(text: string): Result<string, string> {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    return ok(new TextDecoder().decode(bytes));
  } catch {
    return failed("!!binary value contains invalid base64 data");
  }
}
