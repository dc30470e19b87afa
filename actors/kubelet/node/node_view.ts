import type { Step } from "../../../runtime/mod.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import { compareResourceVersions } from "../../api/resource_version.ts";
import type { Frozen, Node, Pod } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { after, type KubeletData } from "../data.ts";
import type { Seat } from "../pod/admission.ts";
import { grantedPod } from "../pod/granted.ts";
import { isOver } from "../pod/pod_phase.ts";
import type { PodRecord } from "../pod/pod_record.ts";
import { nodeObject } from "./node_object.ts";
import { pressuresOf } from "./pressure_kinds.ts";

const lookAgainMs = 1_000;

/**
 * The informer of the node's own object has seen a change. Where what was deleted was the node of the machine that bore
 * the name before, this one gets a node of its own at once.
 */
export function nodeChanged(data: KubeletData, { type, object }: Change<Node>): void {
  if (type !== "deleted") {
    noteNode(data, object);
    return;
  }
  const { machine } = data.input;
  const { providerID } = object.spec;
  if (machine !== undefined && providerID !== undefined && !providerID.endsWith(`/${machine}`)) {
    data.node.registered = false;
  }
}

/** Takes what the API says of this kubelet's node, unless something newer is known. */
export function noteNode(data: KubeletData, object: Frozen<Node>): void {
  const { known } = data.node;
  const [before = "", now = ""] = [known?.metadata.resourceVersion, object.metadata.resourceVersion];
  if (known && known.metadata.uid === object.metadata.uid && compareResourceVersions(now, before) < 0) return;
  data.node.known = object;
}

/**
 * Has `then` run when the node is known as the API has it now. What a watch shows may be older than what the scheduler
 * went by when it sent a pod here: by that alone no pod is turned away.
 */
export function lookAtNode(data: KubeletData, step: Step, then: (step: Step) => void): void {
  data.client.get<Node>(step, { kind: nodeKind, name: data.input.node }, (outcome, later) => {
    if (outcome.ok) noteNode(data, outcome.value);
    // Without a node to look at, what was known of it is the last word.
    if (outcome.ok || outcome.failure.code === 404) return then(later);
    after(data, later, lookAgainMs, (again) => lookAtNode(data, again, then));
  });
}

/** What a pod would find on this node: as the API has it, or before the node is there as it will be. */
export function seatFor(data: KubeletData, pod: Frozen<Pod>): Seat {
  const { input, hostIps, capacity, allocatable, node } = data;
  const runtime = node.runtime ?? "";
  const known = node.known ?? nodeObject({ input, hostIps, capacity, allocatable, runtime, nowMs: 0 });
  const active = [...data.pods.values()].filter((each) => each.pod !== pod && takesRoom(each));
  const others = active.map(grantedPod);
  return { node: known, others, pressures: pressuresOf(node.pressure) };
}

/**
 * What was deleted without grace takes none, though it may still be ending, and neither does what has said how it went,
 * though its sandbox may still be there: whoever sent the next pod counts so too.
 */
export function takesRoom(record: PodRecord): boolean {
  return !record.removed && !isOver(record) && (record.phase !== "admitting" || record.isMadeRoomFor);
}
