/** How one field is merged. */
export interface MergeRule {
  /** For strategic merge patch. */
  readonly strategies: readonly ("merge" | "replace" | "retainKeys")[];
  /** The field by which strategic merge patch tells list items apart. */
  readonly mergeKey?: string;
  /** For server-side apply. */
  readonly listType?: "atomic" | "set" | "map";
  readonly listKeys?: readonly string[];
  /** What a key is when an item does not say it. */
  readonly keyDefaults?: Readonly<Record<string, unknown>>;
  /** For a map or a struct: whether server-side apply takes or leaves it as a whole, whatever its type says. */
  readonly mapType?: "atomic" | "granular";
}

/** A list whose items are told apart by a field; server-side apply may need more fields to do so. */
export function byKey(mergeKey: string, listKeys: readonly string[] = [mergeKey]): MergeRule {
  return { strategies: ["merge"], mergeKey, listType: "map", listKeys };
}

/** A list that server-side apply tells apart by fields, and that strategic merge patch replaces. */
export function applyByKey(...listKeys: string[]): MergeRule {
  return { strategies: [], listType: "map", listKeys };
}

/** A list that is taken or left as a whole. */
export const atomic: MergeRule = { strategies: [], listType: "atomic" };
/** A list of values that are there or not. */
export const set: MergeRule = { strategies: [], listType: "set" };
/** The same, merged by strategic merge patch too. */
export const mergedSet: MergeRule = { strategies: ["merge"], listType: "set" };
/** A map that is taken or left as a whole. */
export const atomicMap: MergeRule = { strategies: [], mapType: "atomic" };
/** Ports are told apart by their protocol, too, which is TCP unless they say otherwise. */
export const byPort = (mergeKey: string): MergeRule => ({
  ...byKey(mergeKey, [mergeKey, "protocol"]),
  keyDefaults: { protocol: "TCP" },
});
/** A struct that is merged field by field, though its type is taken as a whole elsewhere. */
export const granular: MergeRule = { strategies: [], mapType: "granular" };
/** A union: what a patch does not name goes. */
export const retainKeys: MergeRule = { strategies: ["retainKeys"] };
/** A list that strategic merge patch tells apart by a field, and server-side apply takes as a whole. */
export const mergedAtomic = (mergeKey: string): MergeRule => ({ strategies: ["merge"], mergeKey, listType: "atomic" });
