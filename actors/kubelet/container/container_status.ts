import {
  type ContainerState,
  type ContainerStatus,
  type Frozen,
  type ResourceRequirements,
  thaw,
} from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import { durationText } from "../pod/pod_events.ts";
import {
  type ContainerRecord,
  comesFirst,
  isInitialized,
  type PodRecord,
  type Termination,
} from "../pod/pod_record.ts";
import { isAllReadOnly } from "./container_mounts.ts";

/** What the API is told of a container. */
export function containerStatus(pod: PodRecord, container: ContainerRecord): ContainerStatus & Newer {
  const { name, spec, id, imageRef, last, restarts } = container;
  const state = stateOf(pod, container);
  const started = container.role === "ephemeral" ? {} : { started: isRunning(container) && container.started };
  return {
    ...(id === undefined ? {} : { containerID: `containerd://${id}` }),
    image: container.image ?? spec.image ?? "",
    imageID: imageRef ?? "",
    lastState: lastStateOf(container, state, last),
    name,
    ready: isReadyReported(container),
    ...resourcesOf(container),
    restartCount: restarts,
    ...started,
    state,
    ...userOf(container),
    ...mountsOf(container),
  };
}

/** A field that is newer than the package that gives the others. */
interface Newer {
  user?: { linux?: { uid: number; gid: number; supplementalGroups?: number[] } };
}

function userOf({ user }: ContainerRecord): Newer {
  if (!user) return {};
  return { user: { linux: { gid: user.gid, supplementalGroups: [...user.groups], uid: user.uid } } };
}

/** Who the API was told that a container's processes are. */
export function toldUser(status: Frozen<ContainerStatus>): ContainerRecord["user"] {
  const { linux } = (status as Frozen<Newer>).user ?? {};
  return linux && { uid: linux.uid, gid: linux.gid, groups: linux.supplementalGroups ?? [] };
}

/** Where it has its volumes, and whether all of one can only be read: a runtime knows nothing of their names. */
function mountsOf({ spec: { volumeMounts = [] } }: ContainerRecord): Pick<ContainerStatus, "volumeMounts"> {
  if (volumeMounts.length === 0) return {};
  return {
    volumeMounts: volumeMounts.map((mount) => {
      const { mountPath, name } = mount;
      if (!mount.readOnly) return { mountPath, name };
      return { mountPath, name, readOnly: true, recursiveReadOnly: isAllReadOnly(mount) ? "Enabled" : "Disabled" };
    }),
  };
}

/** What was granted a container, and what its run has. */
function resourcesOf(container: ContainerRecord): Pick<ContainerStatus, "allocatedResources" | "resources"> {
  const { role, spec, actual } = container;
  const granted = spec.resources ?? {};
  const given = isRunning(container) ? (actual ?? granted) : granted;
  const { requests } = granted;
  return {
    ...(requests && (role === "main" || role === "sidecar") ? { allocatedResources: { ...requests } } : {}),
    ...(Object.keys(given).length === 0 ? {} : { resources: thaw<ResourceRequirements>(given) }),
  };
}

/** Whether a container is reported as ready. */
export function isReadyReported(container: ContainerRecord): boolean {
  if (container.role === "ephemeral") return false;
  if (container.role === "init") return isInitialized(container);
  return isRunning(container) && container.ready;
}

function isRunning({ phase, startedAt, end }: ContainerRecord): boolean {
  return (phase === "running" || phase === "stopping") && startedAt !== undefined && !end;
}

function stateOf(pod: PodRecord, container: ContainerRecord): ContainerState {
  const { phase, startedAt, end, last, waiting, ran } = container;
  if (isRunning(container) && startedAt !== undefined) return { running: { startedAt } };
  if (waiting) return { waiting: { ...waiting } };
  if (end && phase === "backingOff" && container.restartDelayMs > 0) {
    return { waiting: { reason: "CrashLoopBackOff", message: backOffMessage(pod, container) } };
  }
  if (end) return { terminated: terminated(end) };
  if (!ran && last) return { terminated: terminated(last) };
  const isInitializing = container.role === "main" && hasInit(pod) && !initDone(pod);
  const isLaterInit = comesFirst(container) && hasInit(pod);
  return { waiting: { reason: isInitializing || isLaterInit ? "PodInitializing" : "ContainerCreating" } };
}

/** The run before: while the latest one's end is the state itself it is not told twice. */
function lastStateOf(container: ContainerRecord, state: ContainerState, last: Termination | undefined): ContainerState {
  if (state.waiting && container.end) return { terminated: terminated(container.end) };
  return last && !(state.terminated && !container.end) ? { terminated: terminated(last) } : {};
}

function backOffMessage({ pod, uid }: PodRecord, { name, restartDelayMs }: ContainerRecord): string {
  const where = `${pod.metadata.name}_${pod.metadata.namespace}(${uid})`;
  return `back-off ${durationText(restartDelayMs)} restarting failed container=${name} pod=${where}`;
}

function terminated({ exitCode, reason, message, startedAt, finishedAt, containerId }: Termination) {
  return {
    ...(containerId === undefined ? {} : { containerID: `containerd://${containerId}` }),
    exitCode,
    ...present({ finishedAt, message }),
    reason,
    ...present({ startedAt }),
  };
}

function hasInit({ containers }: PodRecord): boolean {
  return containers[0] !== undefined && comesFirst(containers[0]);
}

function initDone({ containers }: PodRecord): boolean {
  return containers.every((container) => !comesFirst(container) || isInitialized(container));
}
