import type { Fields } from "../../../actors/api/types.ts";

/** Whether an object is one that a watcher of these fields wants: `status.phase!=Failed,spec.nodeName=node-1`. */
export function isSelected(object: Fields, fieldSelector = ""): boolean {
  return fieldSelector
    .split(",")
    .filter((term) => term !== "")
    .every((term) => {
      const [, path = "", sign, value] = /^([^!=]+)(!=|=)(.*)$/.exec(term) ?? [];
      const found = path.split(".").reduce<unknown>((at, name) => (at as Fields | undefined)?.[name], object) ?? "";
      return (found === value) === (sign === "=");
    });
}

/** Whether an object has these labels: `app=web`. */
export function isLabelled({ metadata }: Fields, labelSelector = ""): boolean {
  const labels = ((metadata as Fields).labels ?? {}) as Readonly<Record<string, string>>;
  return labelSelector
    .split(",")
    .filter((term) => term !== "")
    .every((term) => labels[term.split("=")[0] ?? ""] === term.split("=")[1]);
}

const mergeKeys: Readonly<Record<string, string>> = { conditions: "type" };

/** As much of merge patches, and of strategic ones, as components need: conditions by their type, other lists replaced. */
export function merged(before: unknown, patch: unknown, field = ""): unknown {
  const key = mergeKeys[field];
  if (Array.isArray(patch) && key !== undefined) return mergedList((before ?? []) as readonly Fields[], patch, key);
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Fields = { ...(before as Fields | undefined) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null && name !== "lastProbeTime") delete result[name];
    else result[name] = merged(result[name], value, name);
  }
  return result;
}

function mergedList(before: readonly Fields[], patch: readonly Fields[], key: string): readonly Fields[] {
  const result = [...before];
  for (const item of patch) {
    const index = result.findIndex((each) => each[key] === item[key]);
    if (index < 0) result.push(item);
    else result[index] = { ...result[index], ...item };
  }
  return result;
}
