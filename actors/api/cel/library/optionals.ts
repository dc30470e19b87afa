import { type CelFunction, isList, isMap, isSpecial, none, noOverload, type Value } from "../values.ts";

function isZero(value: Value): boolean {
  if (value === null || value === "" || value === false || value === 0 || value === 0n) return true;
  return (isList(value) && value.length === 0) || (isMap(value) && value.size === 0);
}

/** @see https://pkg.go.dev/github.com/google/cel-go/cel#OptionalTypes */
export const optionalFunctions: readonly (readonly [string, CelFunction])[] = [
  [
    "optional.ofNonZeroValue",
    ([value]) => (value === undefined ? noOverload : isZero(value) ? none : { tag: "optional", value }),
  ],
  [
    "or",
    ([of, other]) => {
      if (of === undefined || !isSpecial(of) || of.tag !== "optional") return noOverload;
      return of.value === undefined ? (other ?? noOverload) : of;
    },
  ],
  [
    "unwrapOpt",
    ([of]) => {
      if (of === undefined || !isList(of)) return noOverload;
      return of.flatMap((each) =>
        typeof each === "object" && each !== null && "tag" in each && each.tag === "optional"
          ? each.value === undefined
            ? []
            : [each.value]
          : [each],
      );
    },
  ],
];
