import { type CelFunction, compare, equal, error, isList, none, noOverload, tooCostly, type Value } from "../values.ts";

/** A longer list costs more than any evaluation may. */
const itemsMax = 1_000_000;

function ofList(of: (list: readonly Value[], args: readonly Value[], spend: () => boolean) => Value): CelFunction {
  return ([list, ...args], spend) => (list !== undefined && isList(list) ? of(list, args, spend) : noOverload);
}

function flat(list: readonly Value[], depth: number): Value[] {
  return list.flatMap((each) => (isList(each) && depth > 0 ? flat(each, depth - 1) : [each]));
}

function distinct(list: readonly Value[], spend: () => boolean): Value {
  const kept: Value[] = [];
  for (const each of list) if (!kept.some((other) => !spend() || equal(each, other, spend))) kept.push(each);
  return kept;
}

/** The items in the order of their keys; undefined where those have none. */
export function sortedBy(list: readonly Value[], keys: readonly Value[]): Value {
  const pairs = list.map((value, at) => ({ value, key: keys[at] ?? null }));
  if (pairs.some(({ key }) => compare(key, pairs[0]?.key ?? null) === undefined)) return noOverload;
  return pairs.sort((a, b) => compare(a.key, b.key) ?? 0).map(({ value }) => value);
}

function slice(list: readonly Value[], [from, to]: readonly Value[]): Value {
  if (typeof from !== "bigint" || typeof to !== "bigint") return noOverload;
  if (from < 0n || to < 0n) return error(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to) return error(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (to > BigInt(list.length)) return error(`cannot slice(${from}, ${to}), list is length ${list.length}`);
  return list.slice(Number(from), Number(to));
}

/** @see https://pkg.go.dev/github.com/google/cel-go/ext#Lists */
export const listFunctions: readonly (readonly [string, CelFunction])[] = [
  [
    "flatten",
    ofList((list, [depth = 1n]) => {
      if (typeof depth !== "bigint") return noOverload;
      return depth < 0n ? error("level must be non-negative") : flat(list, Number(depth));
    }),
  ],
  ["distinct", ofList((list, _args, spend) => distinct(list, spend))],
  [
    "reverse",
    ([of]) =>
      typeof of === "string"
        ? [...of].reverse().join("")
        : of !== undefined && isList(of)
          ? [...of].reverse()
          : noOverload,
  ],
  ["sort", ofList((list) => sortedBy(list, list))],
  ["slice", ofList(slice)],
  ["first", ofList(([first]) => (first === undefined ? none : { tag: "optional", value: first }))],
  [
    "last",
    ofList((list) => {
      const value = list.at(-1);
      return value === undefined ? none : { tag: "optional", value };
    }),
  ],
  [
    "lists.range",
    ([count]) => {
      if (typeof count !== "bigint") return noOverload;
      return count > itemsMax
        ? tooCostly
        : Array.from({ length: Math.max(0, Number(count)) }, (_each, at) => BigInt(at));
    },
  ],
];
