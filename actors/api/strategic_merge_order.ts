/**
 * The order of a merged list: what the patch orders comes in that order, and what only the server has keeps its
 * place among its neighbours.
 */
import type { Fields } from "./types.ts";

/** How the items of a list are told apart and ordered. */
export interface ElementOrder {
  /** Items with the merge key alone, or primitives. */
  readonly order: readonly unknown[];
  readonly mergeKey: string | undefined;
  /** The list as it was before the patch: what was not in it has no neighbours to keep to. */
  readonly server: readonly unknown[];
}

/** The list in the order that a `$setElementOrder` asks for. */
export function orderBySetElementOrder(list: readonly unknown[], { order, mergeKey, server }: ElementOrder): unknown[] {
  // An item that is no object has no key: it is for the schema to refuse.
  const keyOfItem = (item: unknown): unknown =>
    mergeKey === undefined ? item : (item as Fields | null | undefined)?.[mergeKey];
  const place = new Map(order.map((item, index) => [keyOfItem(item), index]));
  const before = new Map(server.map((item, index) => [keyOfItem(item), index]));
  const ordered = list
    .filter((item) => place.has(keyOfItem(item)))
    .sort((a, b) => (place.get(keyOfItem(a)) ?? 0) - (place.get(keyOfItem(b)) ?? 0));
  const others = list.filter((item) => !place.has(keyOfItem(item)));
  const result: unknown[] = [];
  let next = 0;
  for (const item of ordered) {
    const limit = before.get(keyOfItem(item)) ?? -1;
    for (; next < others.length; next++) {
      const index = before.get(keyOfItem(others[next])) ?? limit;
      if (index >= limit) break;
      result.push(others[next]);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}
