import { addQuantities, compareQuantities, parseQuantity, subtractQuantities } from "../quantity.ts";
import { parseInstant } from "../time.ts";
import { addressFunctions } from "./library/addresses.ts";
import { authorizerFunctions } from "./library/authorizing.ts";
import { formatFunctions } from "./library/formats.ts";
import { listFunctions } from "./library/lists.ts";
import { numberFunctions } from "./library/numbers.ts";
import { optionalFunctions } from "./library/optionals.ts";
import { shownText, textFunctions } from "./library/texts.ts";
import { timeFunctions } from "./library/times.ts";
import { urlFunctions } from "./library/urls.ts";
import { versionFunctions } from "./library/versions.ts";
import { isFound } from "./regular.ts";
import {
  type CelFunction,
  compare,
  compareVersions,
  equal,
  error,
  isList,
  isMap,
  isNumber,
  isSpecial,
  noOverload,
  type Special,
  sizeOf,
  tooCostly,
  type Value,
} from "./values.ts";

const int64Max = 2n ** 63n - 1n;
/** A text longer than this costs more than any evaluation may. */
const textCharsMax = 10_000_000;
const overflow = error("integer overflow");
const nanosPerSecond = 1_000_000_000n;

/** A whole number that has room in 64 bits. */
export const whole = (value: bigint): Value => (value > int64Max || value < -int64Max - 1n ? overflow : value);

const characters = (text: string): string[] => [...text];

/** A function of texts alone, the first of which it is called on. */
function texts(of: (...args: string[]) => Value): CelFunction {
  return (args) => (args.every((each) => typeof each === "string") ? of(...(args as string[])) : noOverload);
}

function found(args: readonly Value[], last: boolean, spend: () => boolean): Value {
  const [of, what] = args;
  if (typeof of === "string" && typeof what === "string") {
    const at = last ? of.lastIndexOf(what) : of.indexOf(what);
    return BigInt(at < 0 ? -1 : characters(of.slice(0, at)).length);
  }
  if (of === undefined || what === undefined || !isList(of)) return noOverload;
  const places = [...of.keys()].filter((index) => equal(of[index] ?? null, what, spend));
  return BigInt((last ? places.at(-1) : places[0]) ?? -1);
}

function extreme(args: readonly Value[], sign: number): Value {
  const [of] = args;
  if (of === undefined || !isList(of)) return noOverload;
  let best = of[0];
  if (best === undefined) return error(`${sign < 0 ? "min" : "max"} called on empty list`);
  for (const each of of) {
    const order = compare(each, best);
    if (order === undefined) return noOverload;
    if (order * sign > 0) best = each;
  }
  return best;
}

function substring([of, from, to]: readonly Value[]): Value {
  if (typeof of !== "string" || typeof from !== "bigint") return noOverload;
  const all = characters(of);
  const end = typeof to === "bigint" ? Number(to) : all.length;
  if (from < 0n || Number(from) > all.length) return error(`index out of range: ${from}`);
  if (end < Number(from) || end > all.length) return error(`index out of range: ${end}`);
  return all.slice(Number(from), end).join("");
}

function replace([of, from, to, limit]: readonly Value[]): Value {
  if (typeof of !== "string" || typeof from !== "string" || typeof to !== "string") return noOverload;
  const left = typeof limit === "bigint" && limit >= 0n ? Number(limit) : Number.POSITIVE_INFINITY;
  const count = Math.min(left, of.split(from).length + 1);
  if (of.length + count * to.length > textCharsMax) return tooCostly;
  let done = 0;
  return of.replaceAll(from, (all) => (done++ < left ? to : all));
}

const quantityOf = (value: Value | undefined) =>
  value !== undefined && isSpecial(value) && value.tag === "quantity" ? value.quantity : undefined;

/** Of amounts, and of versions. */
function ofQuantities(of: (order: number) => Value): CelFunction {
  return ([left, right]) => {
    const [a, b] = [quantityOf(left), quantityOf(right)];
    if (left !== undefined && isSpecial(left) && left.tag === "semver") {
      return right !== undefined && isSpecial(right) && right.tag === "semver"
        ? of(compareVersions(left, right))
        : noOverload;
    }
    return a === undefined || b === undefined ? noOverload : of(compareQuantities(a, b));
  };
}

function sumOfQuantities(add: typeof addQuantities): CelFunction {
  return ([left, right]) => {
    const a = quantityOf(left);
    const b = typeof right === "bigint" ? parseQuantity(String(right)) : quantityOf(right);
    return a === undefined || b === undefined ? noOverload : { tag: "quantity", quantity: add(a, b) };
  };
}

function toInt([value]: readonly Value[]): Value {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isFinite(value) ? whole(BigInt(Math.trunc(value))) : overflow;
  if (typeof value === "string") {
    return /^[+-]?\d{1,19}$/.test(value)
      ? whole(BigInt(value))
      : error(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  if (value !== undefined && isSpecial(value) && value.tag === "timestamp") return value.nanos / nanosPerSecond;
  return noOverload;
}

function toDouble([value]: readonly Value[]): Value {
  if (value !== undefined && isNumber(value)) return Number(value);
  if (typeof value !== "string") return noOverload;
  const read = value.trim() === "" ? Number.NaN : Number(value);
  return Number.isNaN(read) ? error(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`) : read;
}

function toText([value]: readonly Value[]): Value {
  if (typeof value === "string") return value;
  if (value !== undefined && (isNumber(value) || typeof value === "boolean")) return String(value);
  if (value === undefined || !isSpecial(value)) return noOverload;
  return shownText(value) ?? noOverload;
}

const units: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

/** A text of a duration such as `1h30m`. */
export function duration(text: string): Special {
  const wrong = error(`time: invalid duration ${JSON.stringify(text)}`);
  if (text === "0") return { tag: "duration", nanos: 0n };
  if (text.length > 64 || !/^-?(?:[\d.]+(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return wrong;
  let nanos = 0;
  for (const [, number = "", unit = ""] of text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) {
    nanos += Number(number) * (units.get(unit) ?? 0);
  }
  if (!Number.isFinite(nanos)) return wrong;
  return { tag: "duration", nanos: BigInt(Math.round(text.startsWith("-") ? -nanos : nanos)) };
}

/** A text of a moment. */
export function timestamp(text: string): Special {
  const instant = parseInstant(text);
  if (instant === undefined) return error(`cannot parse ${JSON.stringify(text)} as a timestamp`);
  return { tag: "timestamp", nanos: BigInt(instant.seconds) * nanosPerSecond + BigInt(instant.nanos) };
}

/** Of a text, or of what is such a value already: the fields of a schema with a format are. */
function converted(tag: "duration" | "timestamp", of: (text: string) => Value): CelFunction {
  const ofText = texts(of);
  return (args, spend) => {
    const [value] = args;
    if (value !== undefined && isSpecial(value) && value.tag === tag) return value;
    if (tag === "timestamp" && typeof value === "bigint") return { tag, nanos: value * nanosPerSecond };
    return ofText(args, spend);
  };
}

function sets(
  of: (has: (list: readonly Value[], value: Value) => boolean, a: readonly Value[], b: readonly Value[]) => boolean,
): CelFunction {
  return ([left, right], spend) => {
    if (left === undefined || right === undefined || !isList(left) || !isList(right)) return noOverload;
    return of((list, value) => list.some((each) => !spend() || equal(each, value, spend)), left, right);
  };
}

function isSorted([of]: readonly Value[]): Value {
  if (of === undefined || !isList(of)) return noOverload;
  return of.every((each, index) => index === 0 || (compare(of[index - 1] ?? null, each) ?? 1) <= 0);
}

function sum([of]: readonly Value[]): Value {
  if (of === undefined || !isList(of)) return noOverload;
  if (of.every((each) => typeof each === "bigint"))
    return whole((of as bigint[]).reduce((all, each) => all + each, 0n));
  return of.every(isNumber) ? (of as number[]).reduce((all, each) => all + Number(each), 0) : noOverload;
}

function join([of, between = ""]: readonly Value[]): Value {
  if (of === undefined || !isList(of) || typeof between !== "string") return noOverload;
  let length = of.length * between.length;
  for (const each of of) {
    if (typeof each !== "string") return noOverload;
    length += each.length;
  }
  // One long text may be in a list many times.
  return length > textCharsMax ? tooCostly : of.join(between);
}

function split([of, by, limit]: readonly Value[]): Value {
  if (typeof of !== "string" || typeof by !== "string") return noOverload;
  const parts = of.split(by);
  if (typeof limit !== "bigint" || limit < 0n || parts.length <= Number(limit)) return parts;
  return limit === 0n ? [] : [...parts.slice(0, Number(limit) - 1), parts.slice(Number(limit) - 1).join(by)];
}

const libraries = [
  ...[addressFunctions, authorizerFunctions, formatFunctions, listFunctions, numberFunctions],
  ...[optionalFunctions, textFunctions, timeFunctions, urlFunctions, versionFunctions],
];

const ascii = (text: string, by: "toLowerCase" | "toUpperCase"): string =>
  text.replace(/[a-z]+/gi, (each) => each[by]());
const matches = texts((text, pattern = "") => isFound(pattern, text) ?? error(`error parsing regexp: ${pattern}`));

/** The functions, by name; what one is called on is its first argument. */
export const functions: ReadonlyMap<string, CelFunction> = new Map<string, CelFunction>([
  [
    "size",
    ([of]) =>
      typeof of === "string"
        ? BigInt(characters(of).length)
        : of !== undefined && (isList(of) || isMap(of))
          ? BigInt(sizeOf(of))
          : noOverload,
  ],
  ["contains", texts((of, what = "") => of.includes(what))],
  ["startsWith", texts((of, what = "") => of.startsWith(what))],
  ["endsWith", texts((of, what = "") => of.endsWith(what))],
  ["matches", matches],
  ["lowerAscii", texts((of) => ascii(of, "toLowerCase"))],
  ["upperAscii", texts((of) => ascii(of, "toUpperCase"))],
  ["trim", texts((of) => of.trim())],
  [
    "charAt",
    ([of, at]) => (typeof of === "string" && typeof at === "bigint" ? (characters(of)[Number(at)] ?? "") : noOverload),
  ],
  ["substring", substring],
  ["replace", replace],
  ["split", split],
  ["join", join],
  ["indexOf", (args, spend) => found(args, false, spend)],
  ["lastIndexOf", (args, spend) => found(args, true, spend)],
  ["isSorted", isSorted],
  ["sum", sum],
  ["min", (args) => extreme(args, -1)],
  ["max", (args) => extreme(args, 1)],
  ["int", toInt],
  ["double", toDouble],
  ["string", toText],
  ["dyn", ([value]) => value ?? noOverload],
  ["duration", converted("duration", duration)],
  ["timestamp", converted("timestamp", timestamp)],
  [
    "quantity",
    texts((text) => {
      const quantity = parseQuantity(text);
      return quantity === undefined ? error("unable to parse quantity") : { tag: "quantity", quantity };
    }),
  ],
  ["isQuantity", texts((text) => parseQuantity(text) !== undefined)],
  ["isGreaterThan", ofQuantities((order) => order > 0)],
  ["isLessThan", ofQuantities((order) => order < 0)],
  ["compareTo", ofQuantities((order) => BigInt(order))],
  ["add", sumOfQuantities(addQuantities)],
  ["sub", sumOfQuantities(subtractQuantities)],
  ["jsonpatch.escapeKey", texts((key) => key.replaceAll("~", "~0").replaceAll("/", "~1"))],
  ["uint", toInt],
  ...libraries.flat(),
  ["sets.contains", sets((has, a, b) => b.every((each) => has(a, each)))],
  ["sets.intersects", sets((has, a, b) => b.some((each) => has(a, each)))],
  ["sets.equivalent", sets((has, a, b) => a.every((each) => has(b, each)) && b.every((each) => has(a, each)))],
  ["optional.none", () => ({ tag: "optional" })],
  ["optional.of", ([value]) => (value === undefined ? noOverload : { tag: "optional", value })],
  [
    "hasValue",
    ([of]) => (of !== undefined && isSpecial(of) && of.tag === "optional" ? of.value !== undefined : noOverload),
  ],
  [
    "value",
    ([of]) =>
      of !== undefined && isSpecial(of) && of.tag === "optional"
        ? (of.value ?? error("optional.none() dereference"))
        : noOverload,
  ],
  [
    "orValue",
    ([of, other]) =>
      of !== undefined && isSpecial(of) && of.tag === "optional" ? (of.value ?? other ?? noOverload) : noOverload,
  ],
]);
