import type { PodTarget } from "../../network/streams.ts";
import { containerStatus } from "../container/container_status.ts";
import type { KubeletData } from "../data.ts";
import { type ContainerRecord, comesFirst, type PodRecord, type Subject } from "../pod/pod_record.ts";
import { type Refusal, refusal } from "./stream.ts";

const defaultContainer = "kubectl.kubernetes.io/default-container";

/** The pod that a stream is for. */
export function podOf(data: KubeletData, { namespace, pod: name, uid }: PodTarget): PodRecord | Refusal {
  for (const pod of data.pods.values()) {
    const { metadata } = pod.pod;
    if (metadata.name !== name || (metadata.namespace ?? "") !== namespace) continue;
    // Who asks for a mirror means what it shows.
    if (uid === "" || pod.uid === uid || pod.mirror?.object?.metadata.uid === uid) return pod;
  }
  if (!data.managing) return refusal(503, `kubelet of node ${data.input.node} is starting`);
  return refusal(404, `pods ${JSON.stringify(name)} not found`);
}

/** The container that a stream is for: the one that is named, or the one that is meant when none is. */
export function containerOf(pod: PodRecord, name: string): Subject | Refusal {
  const { metadata } = pod.pod;
  const container = pod.containers.find((each) => each.name === (name || meant(pod)));
  if (container) return { pod, container };
  if (name !== "") return refusal(400, `container ${name} is not valid for pod ${metadata.name}`);
  const names = namesOf(pod, (each) => each.role === "main");
  const init = namesOf(pod, comesFirst);
  const others = init === "" ? "" : ` or one of the init containers: [${init}]`;
  return refusal(
    400,
    `a container name must be specified for pod ${metadata.name}, choose one of: [${names}]${others}`,
  );
}

function meant({ pod, containers }: PodRecord): string | undefined {
  const annotated = pod.metadata.annotations?.[defaultContainer];
  if (annotated !== undefined) return annotated;
  const mains = containers.filter(({ role }) => role === "main");
  return mains.length === 1 ? mains[0]?.name : undefined;
}

function namesOf({ containers }: PodRecord, wanted: (container: ContainerRecord) => boolean): string {
  return containers
    .filter(wanted)
    .map(({ name }) => name)
    .join(" ");
}

const idPrefix = "containerd://";
const idOf = (containerId: string | undefined) => containerId?.slice(idPrefix.length) || undefined;

/** The runtime's id of the run whose logs are meant: the latest that began, or the one before. */
export function runOf({ pod, container }: Subject, isPrevious: boolean): string | Refusal {
  const { containerID, state, lastState } = containerStatus(pod, container);
  const what = `container "${container.name}" in pod "${pod.pod.metadata.name}"`;
  const before = idOf(lastState?.terminated?.containerID);
  if (isPrevious) return before ?? refusal(400, `previous terminated ${what} not found`);
  if (state?.running) return idOf(containerID) ?? refusal(400, `${what} is waiting to start - no logs yet`);
  if (state?.terminated) {
    return idOf(state.terminated.containerID) ?? before ?? refusal(400, `${what} is terminated`);
  }
  if (before !== undefined) return before;
  const { reason } = state?.waiting ?? {};
  if (reason === "ErrImagePull") return refusal(400, `${what} is waiting to start: image can't be pulled`);
  if (reason === "ImagePullBackOff")
    return refusal(400, `${what} is waiting to start: trying and failing to pull image`);
  return refusal(400, `${what} is waiting to start: ${reason ?? "ContainerCreating"}`);
}
