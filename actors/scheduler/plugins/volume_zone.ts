import { waitsForConsumer } from "../../api/storage_classes.ts";
import { classNameOf } from "../../api/volume_binding.ts";
import { plugin, type Rejection, skip, unresolvable } from "../framework.ts";
import type { PodInfo } from "../pod_info.ts";
import { hasClaims, namedClaims, volumesNear } from "../volumes/pod_claims.ts";
import type { VolumeView } from "../volumes/volume_index.ts";

/** What nodes must be labelled as, for one volume. */
interface Place {
  readonly key: string;
  readonly values: readonly string[];
}

const isElsewhere = unresolvable("node(s) had no available volume zone");
const labels = [
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
];

/** Takes only nodes of the zones and regions by which a pod's volumes are labelled; a label may name several. */
export const volumeZone = plugin<readonly Place[]>({
  name: "VolumeZone",
  order: 77,
  events: [{ on: "claim.change", helps: hasClaims }, ...volumesNear],
  preFilter(pod, { related: { volumes } }) {
    if (!hasClaims(pod)) return skip;
    const places = placesOf(pod, volumes);
    if ("reasons" in places) return { rejection: places };
    return places.length === 0 ? skip : { state: places };
  },
  filter(_pod, node, places) {
    // A cluster without zones has one.
    if (!labels.some((label) => node.labels[label] !== undefined)) return undefined;
    return places.every(({ key, values }) => values.includes(node.labels[key] ?? "")) ? undefined : isElsewhere;
  },
});

function placesOf(pod: PodInfo, volumes: VolumeView): readonly Place[] | Rejection {
  const places: Place[] = [];
  for (const name of namedClaims(pod)) {
    const claim = volumes.claim(pod.namespace, name);
    if (claim === undefined) return unresolvable(`persistentvolumeclaim ${JSON.stringify(name)} not found`);
    const { volumeName = "" } = claim.spec;
    // One that has none yet gets one where the pod goes.
    if (volumeName === "" && waitsForConsumer(volumes.storageClass(classNameOf(claim)))) continue;
    const volume = volumes.volume(volumeName);
    if (volumeName === "") return unresolvable("PersistentVolume had no name");
    if (volume === undefined) return unresolvable(`persistentvolume ${JSON.stringify(volumeName)} not found`);
    for (const key of labels) {
      const value = volume.metadata.labels?.[key];
      if (value !== undefined) places.push({ key, values: value.split("__") });
    }
  }
  return places;
}
