import { plugin, skip, unresolvable, unschedulable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";
import { hasClaims, namedClaims } from "../volumes/pod_claims.ts";

const isUsed = unschedulable(
  "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
);

interface State {
  /** The claims that one pod alone may have. */
  readonly names: ReadonlySet<string>;
  /** The nodes where pods have them. */
  readonly users: ReadonlyMap<NodeInfo, number>;
}

/**
 * Keeps a pod waiting as long as another one has a claim of it that one pod alone may have. The other may be made to
 * go, if it is of lower priority.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
 */
export const volumeRestrictions = plugin<State>({
  name: "VolumeRestrictions",
  order: 72,
  events: [
    { on: "assigned-pod.delete", helps: (pod, event) => event.pod !== undefined && shareClaims(pod, event.pod) },
    { on: "claim.change", helps: hasClaims },
  ],
  countsPods: true,
  preFilter(pod, { view, related: { volumes } }) {
    if (!hasClaims(pod)) return skip;
    const names = new Set<string>();
    for (const name of namedClaims(pod)) {
      const claim = volumes.claim(pod.namespace, name);
      if (claim === undefined)
        return { rejection: unresolvable(`persistentvolumeclaim ${JSON.stringify(name)} not found`) };
      if (claim.spec.accessModes?.includes("ReadWriteOncePod")) names.add(name);
    }
    if (names.size === 0) return skip;
    const users = new Map<NodeInfo, number>();
    for (const node of view.nodes()) {
      const count = usersOn(node, pod, names);
      if (count > 0) users.set(node, count);
    }
    return { state: { names, users } };
  },
  filter(pod, node, { names, users }) {
    // Others that are on other nodes keep it from this one, too.
    for (const other of users.keys()) if (other !== node) return isUsed;
    return usersOn(node, pod, names) > 0 ? isUsed : undefined;
  },
});

function usersOn({ pods }: NodeInfo, { namespace, uid }: PodInfo, names: ReadonlySet<string>): number {
  let count = 0;
  for (const other of pods.values()) {
    if (other.namespace !== namespace || other.uid === uid || !other.pod.spec.volumes) continue;
    if (namedClaims(other).some((name) => names.has(name))) count++;
  }
  return count;
}

function shareClaims(pod: PodInfo, other: PodInfo): boolean {
  if (pod.namespace !== other.namespace || !hasClaims(other)) return false;
  const names = new Set(namedClaims(pod));
  return namedClaims(other).some((name) => names.has(name));
}
