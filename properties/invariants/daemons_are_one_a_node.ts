import type { DaemonSet } from "../../actors/api/kinds/daemon_set.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodTerminated } from "../../actors/api/pod.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
const quietMs = 5_000;

/** A DaemonSet makes one pod for a node, and another one beside it only where it surges, where nothing else is wrong. */
export const daemonsAreOneANode: Invariant = {
  name: "a node has one daemon of a set",
  watch: (world) => ({
    commit({ key, object, previous, atMs }) {
      if (!key.startsWith(podsPrefix) || !object || previous) return undefined;
      const owner = getControllerOf(object as Frozen<Pod>);
      if (owner?.kind !== "DaemonSet") return undefined;
      const set = world.get<DaemonSet>(`/registry/daemonsets/${object.metadata.namespace}/${owner.name}`);
      if (set?.metadata.uid !== owner.uid) return undefined;
      const node = nodeOf(object as Frozen<Pod>);
      const beside = world
        .list<Pod>(podsPrefix)
        .filter((pod) => getControllerOf(pod)?.uid === owner.uid && nodeOf(pod) === node)
        .filter((pod) => !isPodTerminated(pod) && pod.metadata.deletionTimestamp === undefined);
      const allowed = isZero(set.spec.updateStrategy?.rollingUpdate?.maxSurge) ? 1 : 2;
      if (beside.length <= allowed || isTroubled(world, { fromMs: atMs - quietMs, toMs: atMs })) return undefined;
      return `${key} is one of ${beside.length} of DaemonSet ${owner.name} for ${node}`;
    },
  }),
};

const isZero = (value: number | string | undefined) => Number.parseInt(String(value ?? 0), 10) === 0;

/** The node that a daemon is made for, whether it is bound yet or not. */
function nodeOf({ spec }: Frozen<Pod>): string | undefined {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return spec.nodeName ?? required?.[0]?.matchFields?.[0]?.values?.[0];
}
