import type { Step } from "../../../runtime/mod.ts";
import { formatTime } from "../../api/time.ts";
import { callOff } from "../../kit/alarms.ts";
import { callCri } from "../calls.ts";
import { containerEvent } from "../container/container_lifecycle.ts";
import { hostNameError } from "../container/host_name.ts";
import { beginPreStop, hastenStop } from "../container/stop_container.ts";
import { after, type KubeletData } from "../data.ts";
import { type Prepared, prepareDevices } from "../devices/prepare.ts";
import { unprepareDevices } from "../devices/unprepare.ts";
import { closeStreamsOfPod } from "../streams/end_stream.ts";
import { type PodAction, type PodEvent, podSteps } from "./pod_chart.ts";
import { podLog } from "./pod_events.ts";
import { type ContainerRecord, comesFirst, isInitialized, isLive, type PodRecord } from "./pod_record.ts";
import { measureDisk } from "./pod_usage.ts";
import { mountVolumes, releaseVolumes } from "./pod_volumes.ts";
import { isCritical, occupantOf } from "./preemption.ts";
import { learnHandler } from "./runtime_handler.ts";
import { sandboxConfig } from "./sandbox_config.ts";

type PodReducer = (data: KubeletData, pod: PodRecord, step: Step) => void;

const sandboxRetryMs = 10_000;
const criRetryMs = 1_000;
const evictionGraceMs = 1_000;

/** Gives a pod an event of its chart and does what the phase it leads to asks for. */
export function podEvent(data: KubeletData, pod: PodRecord, { event, step }: { event: PodEvent; step: Step }): void {
  const next = podSteps(pod.phase, event);
  if (!next) return;
  pod.phase = next.phase;
  data.dirty.add(pod);
  for (const action of next.actions) podActions[action](data, pod, step);
}

const podActions: Readonly<Record<PodAction, PodReducer>> = {
  mountVolumes: (data, pod, step) =>
    learnHandler(data, pod, {
      step,
      goOn: (known) =>
        mountVolumes(data, pod, {
          step: known,
          mounted(later) {
            limitDisk(data, pod, later);
            podEvent(data, pod, { event: "mounted", step: later });
          },
        }),
    }),

  runSandbox(data, pod, step) {
    const wrong = hostNameError(pod.pod);
    if (wrong !== undefined) {
      podLog(data, pod, step).sandboxFailed(wrong);
      return podEvent(data, pod, { event: "sandboxFailed", step });
    }
    const done: Prepared = (outcome, later) => {
      if (!outcome.ok) podLog(data, pod, later).devicesFailed(outcome.failure);
      // Stopped while its devices were made ready: nothing of it is begun any more.
      if (outcome.ok && pod.phase === "sandboxing") return runSandbox(data, pod, later);
      podEvent(data, pod, { event: "sandboxFailed", step: later });
    };
    prepareDevices(data, { pod, done }, step);
  },

  awaitSandboxRetry(data, pod, step) {
    pod.deadline = after(data, step, sandboxRetryMs, (later) => podEvent(data, pod, { event: "retry", step: later }));
  },

  startInitContainers: (data, pod) => void data.moved.add(pod),

  startContainers(data, pod, step) {
    for (const container of pod.containers) {
      if (comesFirst(container) || container.phase !== "waiting") continue;
      containerEvent(data, { pod, container }, { event: "begin", step });
    }
    data.moved.add(pod);
  },

  // Sidecars outlive the others: `stopInOrder` comes to them.
  stopContainers(data, pod, step) {
    stopDeadline(pod);
    for (const container of pod.containers) {
      // One that is being stopped already has no more time than its pod.
      if (pod.stop) hastenStop(data, { pod, container }, { step, graceMs: pod.stop.graceMs });
      if (container.role !== "sidecar") containerEvent(data, { pod, container }, { event: "kill", step });
      else if (container.phase === "running") beginPreStop(data, { pod, container }, step);
      // A sidecar that does not run does not begin again either.
      else if (container.phase !== "stopping") containerEvent(data, { pod, container }, { event: "kill", step });
    }
    data.moved.add(pod);
  },

  releaseSandbox(data, pod, step) {
    stopDeadline(pod);
    // What never came to run is over, too: nothing of this pod will be started any more.
    for (const container of pod.containers) containerEvent(data, { pod, container }, { event: "kill", step });
    if (!pod.sandbox?.ready) return released(data, pod, step);
    stopSandbox(data, pod, step);
  },

  report(data, pod) {
    data.dirty.add(pod);
  },

  forgetPod(data, pod, step) {
    const { sandbox } = pod;
    closeStreamsOfPod(data, pod, step);
    if (sandbox) callCri(data, step, { op: "RemovePodSandbox", sandbox: sandbox.sandbox }, () => {});
    for (const { id } of pod.containers) if (id !== undefined) data.byContainer.delete(id);
    data.dirty.delete(pod);
    data.pods.delete(pod.identity);
    // The next of its name waits, or its mirror is to go.
    if (pod.mirror) data.staticPods.moved.add(pod.key);
  },
};

function runSandbox(data: KubeletData, pod: PodRecord, step: Step): void {
  const { clusterDns } = data.input;
  const config = sandboxConfig(pod, { attempt: pod.sandboxAttempt++, clusterDns });
  const request = { op: "RunPodSandbox", pod: config } as const;
  callCri(data, step, request, (answer, later) => {
    if (answer.ok) {
      pod.sandbox = answer.value.sandbox;
      return podEvent(data, pod, { event: "sandboxReady", step: later });
    }
    podLog(data, pod, later).sandboxFailed(answer.failure.message);
    podEvent(data, pod, { event: "sandboxFailed", step: later });
  });
}

function stopSandbox(data: KubeletData, pod: PodRecord, step: Step) {
  const { sandbox } = pod;
  if (!sandbox) return released(data, pod, step);
  callCri(data, step, { op: "StopPodSandbox", sandbox: sandbox.sandbox }, (answer, later) => {
    if (!answer.ok && answer.failure.code !== "NOT_FOUND") {
      after(data, later, criRetryMs, (again) => stopSandbox(data, pod, again));
      return;
    }
    pod.sandbox = { ...sandbox, ready: false };
    released(data, pod, later);
  });
}

function released(data: KubeletData, pod: PodRecord, step: Step): void {
  const done = (later: Step) => {
    pod.mayHoldDevices = false;
    releaseVolumes(data, pod, later);
    podEvent(data, pod, { event: whatFollows(pod), step: later });
  };
  unprepareDevices(data, pod.uid, { step, done });
}

/** What becomes of a pod that has nothing left on the node. */
function whatFollows(pod: PodRecord): "forget" | "remove" | "finish" {
  if (pod.removed) return "forget";
  return pod.pod.metadata.deletionTimestamp === undefined ? "finish" : "remove";
}

/** One of the containers has changed its phase: what does that mean for the pod? */
export function advancePod(data: KubeletData, pod: PodRecord, step: Step): void {
  data.dirty.add(pod);
  if (pod.phase === "initializing") advanceInit(data, pod, step);
  else if (pod.phase === "running") advanceMain(data, pod, step);
  else if (pod.phase === "stopping") stopInOrder(data, pod, step);
}

/** Starts the first init container that has not done its part; when all have, the pod is initialized. */
function advanceInit(data: KubeletData, pod: PodRecord, step: Step): void {
  for (const container of pod.containers) {
    if (!comesFirst(container) || isInitialized(container)) continue;
    if (container.phase === "waiting") containerEvent(data, { pod, container }, { event: "begin", step });
    else if (container.phase === "ended") podEvent(data, pod, { event: "completed", step });
    return;
  }
  podEvent(data, pod, { event: "initialized", step });
}

/** A pod is over when all containers that it is for have ended for good. */
function advanceMain(data: KubeletData, pod: PodRecord, step: Step): void {
  const isOver = pod.containers.every(({ role, phase }) => role !== "main" || phase === "ended");
  if (isOver) podEvent(data, pod, { event: "completed", step });
}

/** Ends the main containers, then the sidecars, the last one first. */
function stopInOrder(data: KubeletData, pod: PodRecord, step: Step): void {
  const kill = (container: ContainerRecord) => containerEvent(data, { pod, container }, { event: "kill", step });
  if (pod.containers.some((container) => container.role !== "sidecar" && isLive(container))) return;
  for (let index = pod.containers.length - 1; index >= 0; index--) {
    const container = pod.containers[index];
    if (container?.role !== "sidecar") continue;
    kill(container);
    if (isLive(container)) return;
  }
  podEvent(data, pod, { event: "containersGone", step });
}

/** From now on a pod may not write more than it says. */
export function limitDisk(data: KubeletData, pod: PodRecord, step: Step): void {
  measureDisk(data, pod, { step, evict: evictPod });
}

/** Whether a pod can be evicted: it goes on, and its cluster can do without it. */
export function isEvictable(pod: PodRecord): boolean {
  return !pod.stop && pod.phase !== "finished" && !isCritical(occupantOf(pod));
}

/** Ends a pod almost at once, for what it has written or for its node's need. */
export function evictPod(data: KubeletData, pod: PodRecord, { message, step, isDisruption = false }: Evicting): void {
  if (!isEvictable(pod)) return;
  podLog(data, pod, step).evicted(message);
  failPod(data, pod, { step, reason: "Evicted", message, graceMs: evictionGraceMs, isDisruption });
}

interface Evicting {
  readonly message: string;
  readonly step: Step;
  /** It is its node's need, and nothing that the pod has done beyond what it may. Default false. */
  readonly isDisruption?: boolean;
}

function stopDeadline(pod: PodRecord): void {
  callOff(pod.deadline);
  pod.deadline = undefined;
}

/** Begins a pod that was admitted: from now on it has a start time. */
export function beginPod(data: KubeletData, pod: PodRecord, step: Step): void {
  pod.startTime ??= formatTime(step.nowMs);
  watchActiveDeadline(data, pod, step);
}

/** Has a pod fail when it has been active for as long as its spec allows now; that may be set, or shortened, later. */
export function watchActiveDeadline(data: KubeletData, pod: PodRecord, step: Step): void {
  const { activeDeadlineSeconds } = pod.pod.spec;
  callOff(pod.activeDeadline);
  pod.activeDeadline = undefined;
  if (activeDeadlineSeconds === undefined || pod.startTime === undefined) return;
  const elapsedMs = step.nowMs - Date.parse(pod.startTime);
  pod.activeDeadline = after(data, step, activeDeadlineSeconds * 1000 - elapsedMs, (later) => {
    if (data.pods.get(pod.identity) !== pod || pod.stop || pod.phase === "finished") return;
    const message = "Pod was active on the node longer than the specified deadline";
    podLog(data, pod, later).deadlineExceeded(message);
    failPod(data, pod, { step: later, reason: "DeadlineExceeded", message });
  });
}

/** Stops a pod by the kubelet's own decision: it fails, whatever its containers say. */
export function failPod(
  data: KubeletData,
  pod: PodRecord,
  { step, reason, message, graceMs = ownGraceMs(pod), isDisruption = false }: Failing,
): void {
  pod.failure = { reason, message, isDisruption };
  stopPod(data, pod, { step, graceMs });
}

/** How long the containers of a pod have to end, as its spec says. */
export function ownGraceMs({ pod }: PodRecord): number {
  return (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
}

/** Why a pod fails, and how long its containers have to end. */
interface Failing {
  readonly step: Step;
  readonly reason: string;
  readonly message: string;
  /** Default: what its spec says. */
  readonly graceMs?: number;
  /** It is nothing that the pod does, but its node's need. Default false. */
  readonly isDisruption?: boolean;
}

/** Stops a pod, or hastens it when it is stopping already and is given less time now. */
export function stopPod(
  data: KubeletData,
  pod: PodRecord,
  { step, graceMs }: { readonly step: Step; readonly graceMs: number },
) {
  if (!pod.stop) {
    pod.stop = { graceMs, sinceUptimeMs: step.uptimeMs };
    // Its sidecars may be stopping already, as all else of it is done: they have no more time than the pod now.
    const isStopping = pod.phase === "stopping" || pod.phase === "releasing";
    if (pod.phase === "finished") podEvent(data, pod, { event: whatFollows(pod), step });
    else podEvent(data, pod, { event: "stop", step });
    if (isStopping) for (const container of pod.containers) hastenStop(data, { pod, container }, { step, graceMs });
    return;
  }
  if (pod.phase === "finished") return podEvent(data, pod, { event: whatFollows(pod), step });
  if (graceMs >= pod.stop.graceMs) return;
  Object.assign(pod.stop, { graceMs, sinceUptimeMs: step.uptimeMs });
  for (const container of pod.containers) hastenStop(data, { pod, container }, { step, graceMs });
}
