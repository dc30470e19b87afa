import type { Invariant } from "../engine/invariant.ts";

/** Once the cluster is at rest nothing is still being deleted: no finalizer, no namespace, no pod. */
export const nothingIsStuck: Invariant = {
  name: "nothing is stuck",
  watch() {
    const deleting = new Map<string, readonly string[]>();
    return {
      commit({ key, object }) {
        if (object?.metadata.deletionTimestamp !== undefined) deleting.set(key, object.metadata.finalizers ?? []);
        else deleting.delete(key);
        return undefined;
      },
      end() {
        const [first] = deleting;
        return first && `${first[0]} is still being deleted, its finalizers are [${first[1].join(", ")}]`;
      },
    };
  },
};
