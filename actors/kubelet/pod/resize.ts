/**
 * What containers are to have may change while they run: it is granted where the node has room for it, then given.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
 */
import type { Step } from "../../../runtime/mod.ts";
import { podRequests } from "../../api/pod.ts";
import { millisOf, unitsOf } from "../../api/quantity.ts";
import { type Frozen, jsonEqual, type Pod, type ResourceRequirements } from "../../api/types.ts";
import type { CriAnswer } from "../../cri/messages.ts";
import { callForContainer } from "../calls.ts";
import { containerEvent } from "../container/container_lifecycle.ts";
import { limitsOf } from "../container/container_limits.ts";
import { after, type KubeletData } from "../data.ts";
import { seatFor } from "../node/node_view.ts";
import { type Seat, shortage } from "./admission.ts";
import { isResizable } from "./granted.ts";
import { podLog } from "./pod_events.ts";
import { type ContainerRecord, isLive, type PodRecord, type ResizePending, type Subject } from "./pod_record.ts";

const retryMs = 10_000;
const nothing: Frozen<ResourceRequirements> = {};

/** Looks at all pods that have not got what they are to have: at the end of each step, for room may have come free. */
export function tendResizes(data: KubeletData, step: Step): void {
  for (const pod of data.resizes) {
    const isGone = pod.stop !== undefined || pod.phase === "finished" || data.pods.get(pod.identity) !== pod;
    if (isGone) data.resizes.delete(pod);
    else tend(data, pod, step);
  }
}

function tend(data: KubeletData, pod: PodRecord, step: Step): void {
  const pending = wishes(pod).length === 0 ? undefined : refusalOf(data, pod);
  if (!jsonEqual(pending, pod.resizePending)) data.dirty.add(pod);
  pod.resizePending = pending;
  if (!pending) grant(data, pod);
  const behind = pod.containers.filter(isBehind);
  for (const container of behind) give(data, { pod, container }, step);
  if (behind.length > 0) return;
  if (pod.resizing) data.dirty.add(pod);
  pod.resizing = undefined;
  if (!pending) data.resizes.delete(pod);
}

/** The containers that are to have something else than was granted, with that. */
function wishes({ containers, pod }: PodRecord) {
  const { initContainers = [] } = pod.spec;
  const specs = [...pod.spec.containers, ...initContainers];
  return containers.filter(isResizable).flatMap((container) => {
    const { resources = nothing } = specs.find(({ name }) => name === container.name) ?? container.spec;
    return jsonEqual(resources, container.spec.resources ?? nothing) ? [] : [{ container, resources }];
  });
}

function refusalOf(data: KubeletData, pod: PodRecord): ResizePending | undefined {
  const seat = seatFor(data, pod.pod);
  return seat && resizeRefusal(pod.pod, seat);
}

/** Why a pod cannot have now what it is to have: never on this node, or not beside the others. */
function resizeRefusal(pod: Frozen<Pod>, seat: Seat): ResizePending | undefined {
  const allocatable: Readonly<Record<string, string>> = seat.node.status.allocatable ?? {};
  const requests = podRequests(pod.spec);
  for (const resource of ["memory", "cpu"]) {
    const requested = requests.get(resource) ?? 0;
    const capacity = resource === "cpu" ? millisOf(allocatable.cpu) : unitsOf(allocatable[resource]);
    if (requested <= capacity) continue;
    const message = `Node didn't have enough capacity: ${resource}, requested: ${requested}, capacity: ${capacity}`;
    return { reason: "Infeasible", message };
  }
  const short = shortage(pod, seat);
  return short && { reason: "Deferred", message: short.message };
}

function grant(data: KubeletData, pod: PodRecord): void {
  for (const { container, resources } of wishes(pod)) {
    container.spec = { ...container.spec, resources };
    container.isGiving = false;
    pod.resizing = {};
    data.dirty.add(pod);
  }
}

/** Whether a container's latest run has something else than was granted. */
function isBehind(container: ContainerRecord): boolean {
  if (!isResizable(container) || !isLive(container)) return false;
  return !jsonEqual(container.actual ?? nothing, container.spec.resources ?? nothing);
}

/** Gives a container what was granted: by the runtime, or by another run. */
function give(data: KubeletData, { pod, container }: Subject, step: Step): void {
  if (container.isGiving || container.phase !== "running") return;
  const resources = container.spec.resources ?? nothing;
  if (needsRestart(container)) {
    podLog(data, pod, step, container).killing(`Container ${container.name} resize requires restart`);
    container.restartsAnyway = true;
    containerEvent(data, { pod, container }, { event: "kill", step });
    return;
  }
  container.isGiving = true;
  const request = {
    op: "UpdateContainerResources",
    container: container.id ?? "",
    ...limitsOf(resources, pod.pod),
  } as const;
  const then = (answer: CriAnswer<"UpdateContainerResources">, later: Step) => {
    data.dirty.add(pod);
    if (answer.ok) {
      container.isGiving = false;
      container.actual = resources;
      return;
    }
    pod.resizing = { reason: "Error", message: answer.failure.message };
    after(data, later, retryMs, () => {
      container.isGiving = false;
    });
  };
  callForContainer(data, container, { step, request, then });
}

function needsRestart({ spec, actual = nothing }: ContainerRecord): boolean {
  return (spec.resizePolicy ?? []).some(({ resourceName, restartPolicy }) => {
    if (restartPolicy !== "RestartContainer") return false;
    const amounts = (from: Frozen<ResourceRequirements>) => [
      from.requests?.[resourceName],
      from.limits?.[resourceName],
    ];
    return !jsonEqual(amounts(actual), amounts(spec.resources ?? nothing));
  });
}
