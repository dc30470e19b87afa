import { claimNameIn } from "../../api/pod_claims.ts";
import { classNameOf } from "../../api/volume_binding.ts";
import { plugin, skip, unschedulable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";
import { hasClaims } from "../volumes/pod_claims.ts";
import type { VolumeView } from "../volumes/volume_index.ts";

const tooMany = unschedulable("node(s) exceed max volume count");

interface State {
  /** The drivers of the pod's volumes, by what tells each volume from all others. */
  readonly wanted: ReadonlyMap<string, string>;
  readonly volumes: VolumeView;
}

/**
 * Takes only nodes to which the drivers of a pod's volumes can attach so many more: as many as its CSINode says, in all.
 * A volume that several pods have is attached once; one that is still to be made counts, too.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-limits/
 */
export const nodeVolumeLimits = plugin<State>({
  name: "NodeVolumeLimits",
  order: 73,
  events: [
    { on: "csi-node.change", helps: hasClaims },
    {
      on: "assigned-pod.delete",
      helps: (pod, { pod: gone }) => hasClaims(pod) && gone !== undefined && hasClaims(gone),
    },
    { on: "claim.change", helps: hasClaims },
  ],
  preFilter(pod, { related: { volumes } }) {
    if (!hasClaims(pod)) return skip;
    const wanted = attachedFor(pod, volumes);
    return wanted.size === 0 ? skip : { state: { wanted, volumes } };
  },
  filter(_pod, node, { wanted, volumes }) {
    const limits = volumes.limitsOf(node.name);
    return limits === undefined || fits(node, { wanted, volumes }, limits) ? undefined : tooMany;
  },
});

function fits({ pods }: NodeInfo, { wanted, volumes }: State, limits: ReadonlyMap<string, number>): boolean {
  const attached = new Map<string, string>();
  for (const other of pods.values()) {
    if (!hasClaims(other)) continue;
    for (const [id, driver] of attachedFor(other, volumes)) attached.set(id, driver);
  }
  const added = [...wanted].filter(([id]) => !attached.has(id));
  for (const driver of new Set(added.map(([, each]) => each))) {
    const limit = limits.get(driver);
    if (
      limit !== undefined &&
      countOf(attached.values(), driver) +
        countOf(
          added.map(([, of]) => of),
          driver,
        ) >
        limit
    )
      return false;
  }
  return true;
}

function countOf(drivers: Iterable<string>, driver: string): number {
  let count = 0;
  for (const each of drivers) if (each === driver) count++;
  return count;
}

/** What has to be attached for a pod, and by which driver; what no driver attaches is left out. */
function attachedFor({ pod, namespace }: PodInfo, volumes: VolumeView): ReadonlyMap<string, string> {
  const attached = new Map<string, string>();
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameIn(pod, volume);
    const claim = name === undefined ? undefined : volumes.claim(namespace, name);
    if (claim === undefined) continue;
    const bound = claim.spec.volumeName ? volumes.volume(claim.spec.volumeName) : undefined;
    const csi = bound?.spec.csi;
    if (csi) attached.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
    else if (!bound) {
      const driver = volumes.storageClass(classNameOf(claim))?.provisioner;
      if (driver !== undefined) attached.set(`${driver}-${namespace}/${name}`, driver);
    }
  }
  return attached;
}
