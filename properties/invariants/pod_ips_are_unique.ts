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
        const [after, before] = [livingIps(object), livingIps(previous)];
        for (const ip of before) if (!after.includes(ip) && holders.get(ip) === key) holders.delete(ip);
        for (const ip of after) {
          const holder = holders.get(ip);
          if (holder !== undefined && holder !== key) return `${ip} is the IP of ${holder} and of ${key}`;
          holders.set(ip, key);
        }
        return undefined;
      },
    };
  },
};

function livingIps(object: unknown): readonly string[] {
  const pod = object as Pod | undefined;
  // A pod that is being deleted may have given its address back before its object goes.
  const isLiving = pod && !pod.metadata.deletionTimestamp && pod.status?.phase === "Running" && !pod.spec.hostNetwork;
  return isLiving ? (pod.status?.podIPs ?? [{ ip: pod.status?.podIP }]).flatMap(({ ip }) => ip ?? []) : [];
}
