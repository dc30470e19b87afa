import { getControllerOf } from "../../actors/api/owner_references.ts";
import { claimNamesOf } from "../../actors/api/pod_claims.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const claimsPrefix = "/registry/persistentvolumeclaims/";
/** Who makes pods knows of what is older. */
const knownMs = 1_500;

/** A StatefulSet makes no pod with a claim that is about to go: it would keep that for ever from going. */
export const whatGoesIsNotGiven: Invariant = {
  name: "no pod is made with a claim that goes",
  watch(world) {
    const goingMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(claimsPrefix)) {
          if (object?.metadata.deletionTimestamp === undefined) goingMs.delete(key);
          else if (!goingMs.has(key)) goingMs.set(key, atMs);
          return undefined;
        }
        if (!key.startsWith("/registry/pods/") || !object || previous || goingMs.size === 0) return undefined;
        const pod = object as Frozen<Pod>;
        if (getControllerOf(pod)?.kind !== "StatefulSet") return undefined;
        const names = claimNamesOf(pod);
        const claim = names.find((name) => {
          const sinceMs = goingMs.get(`${claimsPrefix}${pod.metadata.namespace}/${name}`);
          return sinceMs !== undefined && atMs - sinceMs > knownMs;
        });
        if (!claim || isTroubled(world, { fromMs: atMs - 4 * knownMs, toMs: atMs }, (each) => isOfKubelet(each)))
          return undefined;
        return `${key} was made with the claim ${claim}, which is being deleted`;
      },
    };
  },
};
