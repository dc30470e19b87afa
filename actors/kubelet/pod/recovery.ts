import type { Step } from "../../../runtime/mod.ts";
import type { ContainerStatus as ApiContainerStatus, Frozen, Pod } from "../../api/types.ts";
import type { ContainerStatus, SandboxStatus } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { callCri } from "../calls.ts";
import { containerEvent, containerExited } from "../container/container_lifecycle.ts";
import { adoptRun, countRun, endRun, neverRan, noteRunning } from "../container/container_run.ts";
import { toldUser } from "../container/container_status.ts";
import { restartsAfter } from "../container/restart_policy.ts";
import { after, type KubeletData } from "../data.ts";
import type { ContainerRecord, PodRecord, Subject, Termination } from "./pod_record.ts";
import { removeVolumes } from "./pod_volumes.ts";

const orphanGraceMs = 2_000;
const criRetryMs = 1_000;
const idPrefix = "containerd://";

/** A kubelet that restarted has forgotten all: what the API was told of a pod is its memory. */
export function restoreFromApi(pod: PodRecord): void {
  const { conditions = [], containerStatuses = [], initContainerStatuses = [], phase } = pod.pod.status;
  const { ephemeralContainerStatuses = [] } = pod.pod.status;
  for (const { type, status, lastTransitionTime } of conditions) {
    if (lastTransitionTime !== undefined) pod.transitions.set(type, { status, at: lastTransitionTime });
  }
  for (const status of [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses]) {
    const container = pod.containers.find(({ name }) => name === status.name);
    if (container) restoreContainer(container, status);
  }
  const { reason = "", message = "" } = pod.pod.status;
  if (phase === "Failed" && reason !== "") pod.failure = { reason, message };
  // Of a pod that was taken in the API has its containers, whatever became of it.
  pod.rejected = pod.failure !== undefined && containerStatuses.length === 0;
}

/** What an earlier life of a kubelet said of a static pod, for what the runtime cannot tell of it any more. */
export function restoreFromMirror(pod: PodRecord, { status }: Frozen<Pod>): void {
  pod.startTime = status.startTime ?? pod.startTime;
  for (const { type, status: is, lastTransitionTime } of status.conditions ?? []) {
    if (lastTransitionTime !== undefined) pod.transitions.set(type, { status: is, at: lastTransitionTime });
  }
  for (const each of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    const container = pod.containers.find(({ name }) => name === each.name);
    if (container) restoreRuns(container, each);
  }
}

/** A run that the mirror tells of, and that is not this one, was before it. */
function restoreRuns(container: ContainerRecord, { containerID, restartCount, state, lastState }: Told): void {
  if (containerID === undefined) return;
  const isSame = containerID.slice(idPrefix.length) === container.id;
  container.last ??= terminationOf(isSame ? lastState?.terminated : (state?.terminated ?? lastState?.terminated));
  countRun(container, isSame || !container.ran ? restartCount : container.restarts + restartCount + 1);
  container.ran = true;
}

type Told = Frozen<ApiContainerStatus>;

function restoreContainer(container: ContainerRecord, status: Frozen<ApiContainerStatus>): void {
  const { containerID, image, imageID, restartCount, state, lastState } = status;
  container.restarts = restartCount;
  container.attempt = containerID === undefined ? restartCount : restartCount + 1;
  restoreResources(container, status);
  container.last = terminationOf(lastState?.terminated);
  if (containerID === undefined) return;
  container.ran = true;
  container.id = containerID.slice(idPrefix.length);
  container.image = image;
  container.imageRef = imageID;
  container.user = toldUser(status);
  container.end = terminationOf(state?.terminated);
  container.startedAt = state?.running?.startedAt ?? state?.terminated?.startedAt;
  container.ready = status.ready;
  container.started = status.started ?? false;
  if (state?.waiting && container.last?.containerId === container.id) {
    container.end = container.last;
    container.last = undefined;
  }
}

/** What was granted it, and what its run has, which may be less than its spec says now. */
function restoreResources(container: ContainerRecord, { allocatedResources, resources }: Frozen<ApiContainerStatus>) {
  if (!allocatedResources) return;
  const { limits } = resources ?? {};
  container.spec = {
    ...container.spec,
    resources: { ...container.spec.resources, ...(limits ? { limits } : {}), requests: allocatedResources },
  };
  container.actual = resources;
}

function terminationOf(terminated: NonNullable<Frozen<ApiContainerStatus>["state"]>["terminated"]) {
  if (!terminated) return undefined;
  const { containerID, exitCode, finishedAt, message, reason = "Error", startedAt } = terminated;
  const containerId = containerID?.slice(idPrefix.length);
  return { exitCode, reason, startedAt, finishedAt, containerId, ...present({ message }) };
}

/**
 * Takes over what the runtime has of a pod. Running containers run on; those that ended meanwhile are treated as if
 * they ended now. Gives back whether the pod has a sandbox to go on in.
 */
export function adoptPod(data: KubeletData, pod: PodRecord, step: Step): boolean {
  const sandboxes = [...data.found.sandboxes.values()].filter((each) => each.pod.uid === pod.uid);
  sandboxes.sort((a, b) => b.pod.attempt - a.pod.attempt);
  const [latest] = sandboxes;
  const known = [...data.found.containers.values()];
  for (const container of pod.containers) keepAttempts(container, { sandboxes, known });
  for (const sandbox of sandboxes) {
    data.found.sandboxes.delete(sandbox.sandbox);
    if (sandbox !== latest) removeSandbox(data, { sandbox: sandbox.sandbox, containers: known }, step);
  }
  pod.sandboxAttempt = (latest?.pod.attempt ?? -1) + 1;
  if (!latest?.ready) {
    // Its sandbox may be stopped because all was done: how its containers ended is still known there.
    if (latest) for (const container of pod.containers) learnEnd(data, { pod, container }, { sandbox: latest, step });
    beginAnew(pod);
    for (const container of pod.containers) loseRun(data, pod, { container, step });
    // Of a static pod that has run out nothing else says so.
    if (latest && pod.mirror && hasRunOut(pod)) pod.sandbox = latest;
    else if (latest) removeSandbox(data, { sandbox: latest.sandbox, containers: known }, step);
    return false;
  }
  pod.sandbox = latest;
  const containers = [...data.found.containers.values()].filter(({ sandbox }) => sandbox === latest.sandbox);
  containers.sort((a, b) => b.attempt - a.attempt);
  for (const container of pod.containers) {
    const status = containers.find(({ name }) => name === container.name);
    if (status) adoptContainer(data, pod, { container, status, step });
    else if (container.role === "init") beginsAnew(container);
    else if (!wasOnlyMade(pod, container)) loseRun(data, pod, { container, step });
  }
  return true;
}

/** A run that the runtime has, also in an earlier sandbox of the pod, has its attempt: the next is made with another. */
function keepAttempts(
  container: ContainerRecord,
  { sandboxes, known }: { readonly sandboxes: readonly SandboxStatus[]; readonly known: readonly ContainerStatus[] },
): void {
  for (const { name, attempt, sandbox } of known) {
    if (name !== container.name || !sandboxes.some((each) => each.sandbox === sandbox)) continue;
    container.attempt = Math.max(container.attempt, attempt + 1);
  }
}

/** Whether no container that a pod is for will run again. */
export function hasRunOut({ containers }: PodRecord): boolean {
  return containers.every(({ role, phase }) => role !== "main" || phase === "ended");
}

function adoptContainer(
  data: KubeletData,
  pod: PodRecord,
  { container, status, step }: { container: ContainerRecord; status: ContainerStatus; step: Step },
) {
  const isSame = container.id === status.container;
  const wasReady = isSame && container.ready;
  const known = container.end?.containerId === status.container ? container.end : undefined;
  if (known) container.end = undefined;
  adoptRun(data, { pod, container }, status);
  container.previousId = undefined;
  // What was made last may be gone: its start failed.
  countRun(container, status.attempt);
  // What was found before is believed until it is found otherwise.
  container.ready = wasReady;
  container.started &&= isSame;
  if (status.state === "CONTAINER_CREATED")
    return containerEvent(data, { pod, container }, { event: "foundCreated", step });
  // Its start had failed: no policy says of it that it does not begin again.
  if (neverRan(container, status)) return containerEvent(data, { pod, container }, { event: "exitedToRestart", step });
  noteRunning(container, status, step);
  if (status.state === "CONTAINER_RUNNING") {
    containerEvent(data, { pod, container }, { event: "foundRunning", step });
    container.ready ||= wasReady;
    return;
  }
  containerExited(data, { pod, container }, { step, status });
  if (known) container.end = known;
}

/** What a stopped sandbox still tells of a container: how its last run ended, of which the API may not know yet. */
function learnEnd(
  data: KubeletData,
  { pod, container }: Subject,
  { sandbox, step }: { readonly sandbox: SandboxStatus; readonly step: Step },
): void {
  const runs = [...data.found.containers.values()].filter(
    (each) => each.sandbox === sandbox.sandbox && each.name === container.name,
  );
  const latest = runs.toSorted((a, b) => b.attempt - a.attempt)[0];
  if (latest?.state !== "CONTAINER_EXITED" || container.end?.containerId === latest.container) return;
  adoptRun(data, { pod, container }, latest);
  container.previousId = undefined;
  countRun(container, latest.attempt);
  if (latest.startedAtMs !== undefined) noteRunning(container, latest, step);
  endRun(container, latest, step);
}

/** In another sandbox nothing of what init containers did is left: where the pod goes on, they come first once more. */
function beginAnew(pod: PodRecord): void {
  const goesOn = pod.containers.some((container) => {
    const { role, ran, end = lostRun(container) } = container;
    return role === "main" && (!ran || restartsAfter(pod, container, end.exitCode));
  });
  if (!goesOn) return;
  for (const container of pod.containers) {
    if (container.role === "init") beginsAnew(container);
  }
}

/** How an init container ended in another sandbox says nothing of this one. */
function beginsAnew(container: ContainerRecord): void {
  if (container.end?.exitCode !== 0) return;
  container.last = container.end;
  container.end = undefined;
  container.ran = false;
  container.startedAt = undefined;
}

/** The API knows of a run that the runtime does not: the computer was switched off and on again. */
function loseRun(
  data: KubeletData,
  pod: PodRecord,
  { container, step }: { readonly container: ContainerRecord; readonly step: Step },
): void {
  container.ready = false;
  container.started = false;
  if (!container.ran) return;
  container.end ??= lostRun(container);
  const { exitCode } = container.end;
  if (!restartsAfter(pod, container, exitCode)) {
    containerEvent(data, { pod, container }, { event: "exitedForGood", step });
  }
}

/** Whether a container of a pod that goes on was made and never ran: where its start failed it was removed. */
function wasOnlyMade({ pod, failure }: PodRecord, { ran, end, startedAt }: ContainerRecord): boolean {
  const goesOn = !failure && pod.status.phase !== "Failed" && pod.status.phase !== "Succeeded";
  return goesOn && ran && !end && startedAt === undefined;
}

function lostRun({ id, startedAt }: ContainerRecord): Termination {
  const message = "The container could not be located when the pod was terminated";
  const reason = "ContainerStatusUnknown";
  return { exitCode: 137, reason, message, startedAt, finishedAt: undefined, containerId: id };
}

/** The runtime has what no pod of the API wants any more: it is stopped and removed. */
export function removeOrphans(data: KubeletData, step: Step): void {
  const containers = [...data.found.containers.values()];
  for (const { sandbox, pod } of data.found.sandboxes.values()) {
    removeSandbox(data, { sandbox, containers }, step);
    removeVolumes(data, pod.uid, step);
  }
  data.found.sandboxes.clear();
  data.found.containers.clear();
}

/** Removes what came to be since for pods that are not there: an earlier life of this kubelet had asked for it. */
export function removeStrays(data: KubeletData, all: readonly SandboxStatus[], step: Step): void {
  const known = new Set([...data.pods.values()].map(({ uid }) => uid));
  const strays = all.filter(({ pod }) => !known.has(pod.uid));
  if (strays.length === 0) return;
  callCri(data, step, { op: "ListContainers" }, (answer, later) => {
    if (!answer.ok) return;
    for (const { sandbox } of strays) removeSandbox(data, { sandbox, containers: answer.value.containers }, later);
  });
}

interface Removal {
  readonly sandbox: string;
  /** All that the runtime has. */
  readonly containers: readonly ContainerStatus[];
}

function removeSandbox(data: KubeletData, { sandbox, containers }: Removal, step: Step) {
  // One that was only made then may run by now, for the same reason.
  const living = containers.filter((each) => each.sandbox === sandbox && each.state !== "CONTAINER_EXITED");
  let left = living.length;
  const remove = (later: Step) => {
    callCri(data, later, { op: "StopPodSandbox", sandbox }, (_answer, last) => {
      callCri(data, last, { op: "RemovePodSandbox", sandbox }, () => {});
    });
  };
  const stop = (container: string, now: Step) => {
    callCri(data, now, { op: "StopContainer", container, timeoutMs: orphanGraceMs }, (answer, later) => {
      // With its sandbox it would be killed, before its time.
      if (!answer.ok) return void after(data, later, criRetryMs, (again) => stop(container, again));
      left--;
      if (left === 0) remove(later);
    });
  };
  if (left === 0) return remove(step);
  for (const { container } of living) stop(container, step);
}
