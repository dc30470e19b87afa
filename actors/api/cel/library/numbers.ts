import { type CelFunction, compare, error, isList, isNumber, isSpecial, noOverload, type Value } from "../values.ts";

const nanosPerUnit = 1_000_000_000n;

function extreme(sign: number): CelFunction {
  return (args) => {
    const all = args.length === 1 && args[0] !== undefined && isList(args[0]) ? args[0] : args;
    let best = all[0];
    if (best === undefined) return error(`math.${sign < 0 ? "least" : "greatest"}() empty list`);
    for (const each of all) {
      if (!isNumber(each)) return noOverload;
      if ((compare(each, best) ?? 0) * sign > 0) best = each;
    }
    return best;
  };
}

function ofDouble(of: (value: number) => Value): CelFunction {
  return ([value]) => (typeof value === "number" ? of(value) : noOverload);
}

function ofQuantity(of: (nanos: bigint) => Value): CelFunction {
  return ([value]) =>
    value !== undefined && isSpecial(value) && value.tag === "quantity" ? of(value.quantity.nanos) : noOverload;
}

function ofWhole(of: (left: bigint, right: bigint) => bigint): CelFunction {
  return ([left, right = 0n]) =>
    typeof left === "bigint" && typeof right === "bigint" ? BigInt.asIntN(64, of(left, right)) : noOverload;
}

const shift =
  (by: (left: bigint, right: bigint) => bigint): CelFunction =>
  (args, spend) => {
    const [, right] = args;
    if (typeof right === "bigint" && right < 0n) return error(`math.bitShift() negative offset: ${right}`);
    return typeof right === "bigint" && right > 63n ? 0n : ofWhole(by)(args, spend);
  };

/** @see https://pkg.go.dev/github.com/google/cel-go/ext#Math */
export const numberFunctions: readonly (readonly [string, CelFunction])[] = [
  ["math.greatest", extreme(1)],
  ["math.least", extreme(-1)],
  ["math.ceil", ofDouble(Math.ceil)],
  ["math.floor", ofDouble(Math.floor)],
  ["math.round", ofDouble((value) => Math.sign(value) * Math.round(Math.abs(value)))],
  ["math.trunc", ofDouble(Math.trunc)],
  ["math.isNaN", ofDouble(Number.isNaN)],
  ["math.isInf", ofDouble((value) => !Number.isFinite(value) && !Number.isNaN(value))],
  ["math.isFinite", ofDouble(Number.isFinite)],
  [
    "math.abs",
    ([value]) =>
      typeof value === "number"
        ? Math.abs(value)
        : typeof value === "bigint"
          ? value < 0n
            ? -value
            : value
          : noOverload,
  ],
  [
    "math.sign",
    ([value]) =>
      typeof value === "number"
        ? Math.sign(value)
        : typeof value === "bigint"
          ? BigInt(Math.sign(Number(value)))
          : noOverload,
  ],
  ["math.bitAnd", ofWhole((left, right) => left & right)],
  ["math.bitOr", ofWhole((left, right) => left | right)],
  ["math.bitXor", ofWhole((left, right) => left ^ right)],
  ["math.bitNot", ofWhole((left) => ~left)],
  ["math.bitShiftLeft", shift((left, right) => left << right)],
  ["math.bitShiftRight", shift((left, right) => BigInt.asUintN(64, left) >> right)],
  ["sign", ofQuantity((nanos) => (nanos === 0n ? 0n : nanos < 0n ? -1n : 1n))],
  ["isInteger", ofQuantity((nanos) => nanos % nanosPerUnit === 0n)],
  [
    "asInteger",
    ofQuantity((nanos) =>
      nanos % nanosPerUnit === 0n ? nanos / nanosPerUnit : error("cannot convert value to integer"),
    ),
  ],
  ["asApproximateFloat", ofQuantity((nanos) => Number(nanos) / 1e9)],
];
