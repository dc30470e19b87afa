import type { ClusterEvent } from "../cluster_event.ts";
import { chooseDevices } from "../devices/allocate.ts";
import type { DeviceView } from "../devices/device_index.ts";
import {
  claimNames,
  decidedFor,
  devicesOf,
  deviceWrites,
  hasDevices,
  isWithinReach,
  type PodDevices,
  unmade,
} from "../devices/pod_devices.ts";
import { plugin, skip, unresolvable, unschedulable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";

interface State {
  readonly devices: PodDevices;
  readonly view: DeviceView;
}

const nothingToDeallocate = { rejection: unschedulable("no new claims to deallocate") };
const stillUnschedulable = { rejection: unschedulable("still not schedulable") };
const isElsewhere = unresolvable("resourceclaim not available on the node");
const tooFew = unresolvable("cannot allocate all claims");

/**
 * Gives a pod a node where its ResourceClaims have, or can have, their devices, and gives them these: the scheduler
 * chooses, by what drivers say of devices in ResourceSlices, and no driver is asked.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export const dynamicResources = plugin<State>({
  name: "DynamicResources",
  order: 95,
  events: [
    { on: "resource-claim.change", helps: mayHelp },
    ...(["resource-slice.change", "device-class.change", "node.add", "node.labels"] as const).map((on) => ({
      ...{ on, helps: hasDevices },
    })),
  ],
  preEnqueue(pod) {
    const why = unmade(pod);
    return why === undefined ? undefined : unresolvable(why);
  },
  preFilter(pod, { related: { devices: view } }) {
    if (!hasDevices(pod)) return skip;
    const devices = devicesOf(pod, view);
    return devices.ok ? { state: { devices: devices.value, view } } : { rejection: unresolvable(devices.failure) };
  },
  filter(_pod, node, { devices, view }) {
    if (!devices.allocated.every((claim) => isWithinReach(claim, node))) return isElsewhere;
    const chosen = choose(devices, node, view);
    return "reasons" in chosen ? chosen : undefined;
  },
  postFilter: (pod) => (hasDevices(pod) ? stillUnschedulable : nothingToDeallocate),
  reserve(pod, name, { related: { devices: index }, view }) {
    const node = hasDevices(pod) ? view.node(name) : undefined;
    if (node === undefined) return undefined;
    const devices = devicesOf(pod, index);
    if (!devices.ok) return unresolvable(devices.failure);
    const chosen = choose(devices.value, node, index);
    if ("reasons" in chosen) return chosen;
    index.assume(pod.uid, decidedFor(pod, devices.value, { chosen, view: index }));
    return undefined;
  },
  unreserve: (pod, _node, { related: { devices } }) => devices.forget(pod.uid),
  // What was decided counts until the API shows it, or the pod is gone.
  preBind: (pod, _node, { related: { devices } }) => deviceWrites(pod, devices.assumption(pod.uid) ?? []),
});

function choose({ pending }: PodDevices, node: NodeInfo, view: DeviceView) {
  if (pending.length === 0) return [];
  const chosen = chooseDevices(pending, node, view);
  return chosen.ok ? (chosen.value ?? tooFew) : unresolvable(chosen.failure);
}

/** A claim of the pod's own, or one that has let devices go. */
function mayHelp(info: PodInfo, { deviceClaim }: ClusterEvent): boolean {
  if (!hasDevices(info) || deviceClaim === undefined) return false;
  const { namespace, name, isFreed } = deviceClaim;
  return isFreed || (namespace === info.namespace && claimNames(info).includes(name));
}
