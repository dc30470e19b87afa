import type { Invariant } from "../engine/invariant.ts";

/** Nothing is removed while a finalizer holds it. */
export const finalizersAreHonoured: Invariant = {
  name: "finalizers are honoured",
  watch: () => ({
    commit({ key, object, previous }) {
      const held = previous?.metadata.finalizers ?? [];
      if (object || held.length === 0) return undefined;
      return `${key} was removed while it had the finalizers ${held.join(", ")}`;
    },
  }),
};
