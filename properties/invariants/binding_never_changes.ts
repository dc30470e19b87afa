import type { Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** A pod that is bound to a node stays bound to it for as long as it lives. */
export const bindingNeverChanges: Invariant = {
  name: "a binding never changes",
  watch: () => ({
    commit({ key, object, previous }) {
      if (!key.startsWith("/registry/pods/") || !object || !previous) return undefined;
      const [after, before] = [object as unknown as Pod, previous as unknown as Pod];
      const bound = before.spec.nodeName;
      if (!bound || after.metadata.uid !== before.metadata.uid || after.spec.nodeName === bound) return undefined;
      return `Pod ${after.metadata.name} was bound to ${bound} and is now bound to ${after.spec.nodeName ?? "no node"}`;
    },
  }),
};
