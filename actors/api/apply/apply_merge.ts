/**
 * The merge of server-side apply: what the applied object says goes over what is there, item by item where the schema
 * tells a list's items apart. The rules are those of sigs.k8s.io/structured-merge-diff.
 */
import type { Fields } from "../types.ts";
import { setOwn } from "../types.ts";
import { fieldShape, isObject, partNames, type Shape, structShape } from "./shape.ts";

/** `live` with `config` merged over it; neither is changed, and what is not touched is shared. */
export function applyMerge(live: Fields, { config, schema }: { config: Fields; schema: string }): Fields {
  return merge(live, config, structShape(schema)) as Fields;
}

function merge(live: unknown, config: unknown, shape: Shape): unknown {
  // What is null says nothing of its parts; a whole is set to nothing.
  if (config === null && shape.tag !== "leaf") return live;
  if (shape.tag === "struct" || shape.tag === "map") {
    if (!isObject(live) || !isObject(config)) return config;
    const result: Fields = { ...live };
    for (const [name, value] of Object.entries(config)) {
      const inner = shape.tag === "map" ? shape.value : fieldShape(shape.definition, name);
      const before = Object.hasOwn(live, name) ? live[name] : undefined;
      setOwn(result, { key: name, value: merge(before, value, inner) });
    }
    return result;
  }
  if (shape.tag === "leaf" || !Array.isArray(live) || !Array.isArray(config)) return config;
  return mergeList(live, config, shape);
}

type ListShape = Shape & { readonly tag: "items" | "set" };

/** What both have is in the order of `config`; what only `live` has stays before what it was before. */
function mergeList(live: readonly unknown[], config: readonly unknown[], shape: ListShape): unknown[] {
  const nameOf = (item: unknown): string => {
    return shape.tag === "set" ? partNames.value(item) : partNames.item(item, shape);
  };
  const before = new Map<string, unknown[]>();
  for (const item of live) {
    const name = nameOf(item);
    const same = before.get(name);
    if (same) same.push(item);
    else before.set(name, [item]);
  }
  const wanted = new Set(config.map(nameOf));
  const merged = (item: unknown): unknown => {
    const there = before.get(nameOf(item)) ?? [];
    // Of what is there more than once, none is the one to merge with.
    return shape.tag === "set" ? item : merge(there.length > 1 ? undefined : there[0], item, shape.item);
  };
  const result: unknown[] = [];
  const done = new Set<string>();
  let next = 0;
  const takeConfig = (): void => {
    const item = config[next++];
    done.add(nameOf(item));
    result.push(merged(item));
  };
  for (const item of live) {
    const name = nameOf(item);
    if (!wanted.has(name)) result.push(item);
    else while (!done.has(name)) takeConfig();
  }
  while (next < config.length) takeConfig();
  return result;
}
