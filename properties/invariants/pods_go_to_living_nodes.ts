import type { Pod } from "../../actors/api/types.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Invariant } from "../engine/invariant.ts";

const folder = "/registry/minions/";

/** A scheduler may not have heard of a deletion for so long, where faults are about. */
const staleMsMax = 60_000;
/** Where nothing is wrong but that watches lag; longer than any lag. */
const gentleStaleMsMax = 4_000;

/** No pod is bound to a node that was deleted long ago and has not come back. */
export const podsGoToLivingNodes: Invariant = {
  name: "no pod is bound to a node that is gone",
  watch({ definition }) {
    const goneAtMs = new Map<string, number>();
    const allowedMs = definition.faults.every(isGentle) ? gentleStaleMsMax : staleMsMax;
    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(folder)) {
          if (object) goneAtMs.delete(key.slice(folder.length));
          else goneAtMs.set(key.slice(folder.length), atMs);
          return undefined;
        }
        if (!key.startsWith("/registry/pods/") || !object) return undefined;
        const { nodeName } = (object as unknown as Pod).spec;
        if (!nodeName || (previous as unknown as Pod | undefined)?.spec.nodeName) return undefined;
        const goneMs = atMs - (goneAtMs.get(nodeName) ?? atMs);
        if (goneMs <= allowedMs) return undefined;
        return `${key} was bound to ${nodeName}, which was deleted ${Math.round(goneMs / 1000)} s before`;
      },
    };
  },
};

function isGentle({ kind, parameters }: Fault): boolean {
  if (kind === "lag" || kind === "clockSkew") return true;
  return (kind === "crash" || kind === "pause") && parameters.actor.startsWith("kubelet/");
}
