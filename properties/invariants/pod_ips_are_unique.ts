import type { Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** No two living pods report one IP. */
export const podIpsAreUnique: Invariant = {
  name: "no pod IP is given twice",
  watch() {
    const holders = new Map<string, string>();
    return {
      commit({ key, object, previous }) {
        if (!key.startsWith("/registry/pods/")) return undefined;
        const [after, before] = [livingIp(object), livingIp(previous)];
        if (before && before !== after && holders.get(before) === key) holders.delete(before);
        if (!after) return undefined;
        const holder = holders.get(after);
        if (holder !== undefined && holder !== key) return `${after} is the IP of ${holder} and of ${key}`;
        holders.set(after, key);
        return undefined;
      },
    };
  },
};

function livingIp(object: unknown): string | undefined {
  const pod = object as Pod | undefined;
  // A pod that is being deleted may have given its address back before its object goes.
  const isLiving = pod && !pod.metadata.deletionTimestamp && pod.status?.phase === "Running" && !pod.spec.hostNetwork;
  return isLiving ? pod.status?.podIP : undefined;
}
