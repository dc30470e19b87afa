/**
 * The merge of server-side apply: what the applied object says goes over what is there, item by item where the schema
 * tells a list's items apart.
 *
 * Source: `Merge` of sigs.k8s.io/structured-merge-diff.
 */
import type { Fields } from "../types.ts";
import { setOwn } from "../types.ts";
import { itemElement, valueElement } from "./elements.ts";
import { fieldShape, isObject, type ListOfItems, type ListOfValues, type Shape, shapeFor } from "./shape.ts";

/** `live` with `config` merged over it; neither is changed, and what is not touched is shared. */
export function mergeOver(live: unknown, config: unknown, shape: Shape): unknown {
  if (config === undefined) return live;
  // A null is something that is said, too.
  if (live === undefined) return config;
  const own = shapeFor(shape, config);
  if (shape.tag === "mixed" && shapeFor(shape, live) !== own) return config;
  if (own.tag === "leaf") return config;
  if (own.tag === "struct") {
    // What is null says nothing of its parts.
    if (config === null) return live;
    if (!isObject(live) || !isObject(config)) return config;
    const result: Fields = { ...live };
    for (const [name, value] of Object.entries(config)) {
      const before = Object.hasOwn(live, name) ? live[name] : undefined;
      setOwn(result, { key: name, value: mergeOver(before, value, fieldShape(own, name)) });
    }
    return result;
  }
  if (config === null) return live;
  return Array.isArray(live) && Array.isArray(config) ? mergeList(live, config, own) : config;
}

type List = ListOfItems | ListOfValues;

/** What both have is in the order of `config`; what only `live` has stays before what it was before. */
function mergeList(live: readonly unknown[], config: readonly unknown[], shape: List): unknown[] {
  const nameOf = (item: unknown): string => (shape.tag === "set" ? valueElement(item) : itemElement(item, shape));
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
    return shape.tag === "set" ? item : mergeOver(there.length > 1 ? undefined : there[0], item, shape.item);
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
