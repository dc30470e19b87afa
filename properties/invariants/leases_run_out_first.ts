import type { Lease } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** Leases that say who leads; those of nodes have one holder for ever. */
const folder = "/registry/leases/kube-system/";

/** Who leads is never replaced before its Lease has run out since it was renewed last, unless it gave the Lease back. */
export const leasesRunOutFirst: Invariant = {
  name: "a Lease is taken only when it has run out",
  watch() {
    const renewedAtMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (!key.startsWith(folder)) return undefined;
        const [after, before] = [object as unknown as Lease | undefined, previous as unknown as Lease | undefined];
        const sinceMs = atMs - (renewedAtMs.get(key) ?? atMs);
        renewedAtMs.set(key, atMs);
        const { holderIdentity: holder = "", leaseDurationSeconds = 0 } = before?.spec ?? {};
        const taker = after?.spec.holderIdentity ?? "";
        if (holder === "" || taker === "" || taker === holder || sinceMs >= leaseDurationSeconds * 1000)
          return undefined;
        return `${key} was taken from ${holder} by ${taker} ${Math.round(sinceMs)} ms after it was renewed for ${leaseDurationSeconds} s`;
      },
    };
  },
};
