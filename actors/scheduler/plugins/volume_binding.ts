import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import type { Frozen } from "../../api/types.ts";
import { plugin, type Rejection, skip, unresolvable } from "../framework.ts";
import type { PodInfo } from "../pod_info.ts";
import type { Related } from "../related.ts";

const unbound = unresolvable("pod has unbound immediate PersistentVolumeClaims");
const boundAnnotation = "pv.kubernetes.io/bind-completed";

/**
 * Keeps a pod waiting until each of its claims is there and bound to a volume. Claims that wait for their first
 * consumer are waited for like the others: nobody makes volumes when a pod has its node.
 */
export const volumeBinding = plugin({
  name: "VolumeBinding",
  order: 75,
  events: [{ on: "claim.change", helps: (pod) => claimNames(pod).length > 0 }],
  preFilter(pod, { related }) {
    const names = claimNames(pod);
    if (names.length === 0) return skip;
    const rejections = names.map((name) => judge(name, pod, related));
    // What is wrong with a claim itself is said before that one has no volume yet.
    const rejection = rejections.find((each) => each !== undefined && each !== unbound) ?? rejections.find(Boolean);
    return rejection ? { rejection } : skip;
  },
});

function claimNames({ pod }: PodInfo): string[] {
  return (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return persistentVolumeClaim.claimName;
    return ephemeral ? `${pod.metadata.name}-${name}` : [];
  });
}

function judge(name: string, pod: PodInfo, related: Related): Rejection | undefined {
  const claim = related.claim(pod.namespace, name);
  if (claim === undefined) return unresolvable(`persistentvolumeclaim "${name}" not found`);
  if (claim.metadata.deletionTimestamp !== undefined) {
    return unresolvable(`persistentvolumeclaim "${name}" is being deleted`);
  }
  const { volumeName = "" } = claim.spec;
  if (claim.status.phase === "Lost") {
    return unresolvable(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volumeName}"`);
  }
  return isBound(claim) ? undefined : unbound;
}

function isBound({ metadata, spec }: Frozen<PersistentVolumeClaim>): boolean {
  return (spec.volumeName ?? "") !== "" && metadata.annotations?.[boundAnnotation] !== undefined;
}
