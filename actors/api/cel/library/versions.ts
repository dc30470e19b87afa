import { type CelFunction, error, isSpecial, noOverload, type Special, type Value } from "../values.ts";

type Version = Extract<Special, { readonly tag: "semver" }>;

const pattern =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** `v1.2` as `1.2.0`: what people write for it. */
function normalized(text: string): string {
  const [, numbers = "", rest = ""] = /^v?([\d.]*)(.*)$/.exec(text) ?? [];
  const parts = numbers.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  while (parts.length < 3 && rest === "") parts.push("0");
  return `${parts.join(".")}${rest}`;
}

function versionOf(args: readonly Value[]): Version | undefined {
  const [text, isLoose] = args;
  if (typeof text !== "string") return undefined;
  const [, major, minor, patch, pre] = pattern.exec(isLoose === true ? normalized(text) : text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { tag: "semver", numbers: [BigInt(major), BigInt(minor), BigInt(patch)], pre: pre?.split(".") ?? [] };
}

function number(at: 0 | 1 | 2): CelFunction {
  return ([value]) =>
    value !== undefined && isSpecial(value) && value.tag === "semver" ? value.numbers[at] : noOverload;
}

/** @see https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-semver-library */
export const versionFunctions: readonly (readonly [string, CelFunction])[] = [
  ["semver", (args) => versionOf(args) ?? error("No Major.Minor.Patch elements found")],
  ["isSemver", (args) => (typeof args[0] === "string" ? versionOf(args) !== undefined : noOverload)],
  ["major", number(0)],
  ["minor", number(1)],
  ["patch", number(2)],
];
