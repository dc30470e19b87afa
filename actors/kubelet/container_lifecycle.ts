import type { Step } from "../../runtime/mod.ts";
import { formatTime } from "../api/time.ts";
import type { ContainerStatus, CriAnswer, CriRequest } from "../container_runtime/messages.ts";
import { callCri } from "./calls.ts";
import { type ContainerAction, type ContainerEvent, containerSteps } from "./container_chart.ts";
import { containerConfig, pullPolicy } from "./container_config.ts";
import { imageRefusal, notePullFailure, sayBackingOff } from "./container_image.ts";
import { after, type KubeletData, wallMs } from "./data.ts";
import { runHook } from "./hooks.ts";
import { imageNameError } from "./image_name.ts";
import { podLog } from "./pod_events.ts";
import type { ContainerRecord, Subject } from "./pod_record.ts";
import { startProbes } from "./probes/probes.ts";
import { stopAllButReadiness, stopProbes } from "./probes/probing.ts";
import { restartDelayMs, restartsAfter } from "./restart_policy.ts";
import { stopContainer } from "./stop_container.ts";
import { containerSilent } from "./streams/logs.ts";
import { readTerminationMessage } from "./termination_message.ts";

type ContainerReducer = (data: KubeletData, subject: Subject, step: Step) => void;

const pullBackOffFirstMs = 10_000;
const pullBackOffMaxMs = 300_000;
const hookMsMax = 86_400_000;

/** Gives a container an event of its chart and does what the phase it leads to asks for. */
export function containerEvent(
  data: KubeletData,
  subject: Subject,
  { event, step }: { readonly event: ContainerEvent; readonly step: Step },
): void {
  const { pod, container } = subject;
  const next = containerSteps(container.phase, event);
  if (!next) return;
  container.phase = next.phase;
  container.epoch++;
  data.dirty.add(pod);
  data.moved.add(pod);
  for (const action of next.actions) containerActions[action](data, subject, step);
  // A hook is no reason to wait before a container is stopped.
  if (container.phase === "cancelling" && container.isHooked) {
    container.isHooked = false;
    containerEvent(data, subject, { event: "started", step });
  }
}

/** Asks the runtime on behalf of a container; the answer is dropped when the container has moved on meanwhile. */
function ask(
  data: KubeletData,
  { container }: Subject,
  { step, request, then }: { step: Step; request: CriRequest; then: (answer: CriAnswer, step: Step) => void },
): void {
  const { epoch } = container;
  callCri(data, step, request, (answer, later) => {
    if (container.epoch === epoch || container.phase === "cancelling") then(answer, later);
  });
}

const containerActions: Readonly<Record<ContainerAction, ContainerReducer>> = {
  checkImage(data, subject, step) {
    const { image = "" } = subject.container.spec;
    const policy = pullPolicy(subject.container.spec);
    if (policy === "Always" || imageNameError(image) !== undefined)
      return containerEvent(data, subject, { event: "imageMissing", step });
    const then = (answer: CriAnswer, later: Step) => {
      const isPresent = answer.ok && answer.imageRef !== undefined;
      if (isPresent) {
        podLog(data, subject.pod, later, subject.container).present(image);
        subject.container.waiting = undefined;
        return containerEvent(data, subject, { event: "imagePresent", step: later });
      }
      containerEvent(data, subject, { event: "imageMissing", step: later });
    };
    ask(data, subject, { step, request: { op: "ImageStatus", image }, then });
  },

  pullImage(data, subject, step) {
    const { pod, container } = subject;
    const { image = "" } = container.spec;
    if (imageRefusal(data, subject, step)) return containerEvent(data, subject, { event: "pullFailed", step });
    container.pullStartedUptimeMs = step.uptimeMs;
    podLog(data, pod, step, container).pulling(image);
    const then = (answer: CriAnswer, later: Step) => {
      if (!answer.ok) {
        notePullFailure(data, subject, { step: later, answer });
        return containerEvent(data, subject, { event: "pullFailed", step: later });
      }
      const tookMs = later.uptimeMs - container.pullStartedUptimeMs;
      podLog(data, pod, later, container).pulled(image, { tookMs, sizeBytes: answer.imageSizeBytes ?? 0 });
      container.pullBackOffMs = 0;
      container.waiting = undefined;
      containerEvent(data, subject, { event: "pulled", step: later });
    };
    ask(data, subject, { step, request: { op: "PullImage", image }, then });
  },

  awaitPullRetry(data, subject, step) {
    const { container } = subject;
    const delayMs = container.pullBackOffMs || pullBackOffFirstMs;
    container.pullBackOffMs = Math.min(delayMs * 2, pullBackOffMaxMs);
    sayBackingOff(data, subject, step);
    awaitBackOff(data, subject, { step, delayMs });
  },

  createContainer(data, subject, step) {
    const { pod, container } = subject;
    const { sandbox } = pod;
    if (!sandbox) return containerEvent(data, subject, { event: "createFailed", step });
    const attempt = container.ran ? container.restarts + 1 : container.restarts;
    const config = containerConfig(container.spec, { pod: pod.pod, sandbox, attempt, hostIp: data.hostIp });
    const then = (answer: CriAnswer, later: Step) => {
      if (!answer.ok || !answer.container) {
        const message = answer.ok ? "the runtime gave no container" : answer.message;
        container.waiting = { reason: "CreateContainerError", message };
        podLog(data, pod, later, container).failed(`Error: ${message}`);
        return containerEvent(data, subject, { event: "createFailed", step: later });
      }
      container.restarts = attempt;
      // Of the runs that are over the runtime keeps one.
      const { previousId } = container;
      if (previousId !== undefined) callCri(data, later, { op: "RemoveContainer", container: previousId }, () => {});
      adoptRun(data, subject, answer.container);
      podLog(data, pod, later, container).created();
      containerEvent(data, subject, { event: "created", step: later });
    };
    ask(data, subject, {
      step,
      request: { op: "CreateContainer", sandbox: sandbox.sandbox, container: config },
      then,
    });
  },

  startContainer(data, subject, step) {
    const then = (answer: CriAnswer, later: Step) => {
      if (answer.ok && answer.container) return startedRun(data, subject, { step: later, status: answer.container });
      lookAfterStart(data, subject, { step: later, answer });
    };
    ask(data, subject, { step, request: { op: "StartContainer", container: subject.container.id ?? "" }, then });
  },

  observeRunning(data, subject, step) {
    subject.container.waiting = undefined;
    const onFailure = (kind: "startup" | "liveness", later: Step) => probeFailed(data, subject, { step: later, kind });
    startProbes(data, subject, { step, onFailure });
  },

  stopContainer(data, subject, step) {
    const { pod, container } = subject;
    // It may be ready to the end: those who have to know that it is ending are told otherwise.
    stopAllButReadiness(container);
    if (pod.stop) podLog(data, pod, step, container).killing(`Stopping container ${container.name}`);
    stopContainer(data, subject, {
      step,
      onEnd: (status, later) => containerExited(data, subject, { step: later, status }),
    });
  },

  awaitRestart(data, subject, step) {
    const { pod, container } = subject;
    const delayMs = restartDelayMs(container, step.uptimeMs);
    if (delayMs > 0) podLog(data, pod, step, container).backOff();
    if (delayMs === 0) return containerEvent(data, subject, { event: "backOffOver", step });
    awaitBackOff(data, subject, { step, delayMs });
  },

  reportEnd(_data, { container }) {
    stopProbes(container);
    container.ready = false;
  },
};

function startedRun(
  data: KubeletData,
  subject: Subject,
  { step, status }: { readonly step: Step; readonly status: ContainerStatus },
) {
  const { pod, container } = subject;
  noteRunning(container, status, step);
  podLog(data, pod, step, container).started();
  const hook = container.spec.lifecycle?.postStart;
  if (!hook) return containerEvent(data, subject, { event: "started", step });
  // It is not told of as running before its hook is done.
  const { id } = container;
  container.isHooked = true;
  runHook(data, subject, { step, hook, timeoutMs: hookMsMax }, (hasFailed, later) => {
    if (!container.isHooked || container.id !== id) return;
    container.isHooked = false;
    containerEvent(data, subject, { event: "started", step: later });
    if (!hasFailed) return;
    podLog(data, pod, later, container).hookFailed("PostStart");
    podLog(data, pod, later, container).killing("FailedPostStartHook");
    containerEvent(data, subject, { event: "kill", step: later });
  });
}

/** A startup or liveness probe has failed for good: the container is killed, and mostly runs again. */
export function probeFailed(
  data: KubeletData,
  subject: Subject,
  { step, kind }: { readonly step: Step; readonly kind: "startup" | "liveness" },
): void {
  const { pod, container } = subject;
  const { startupProbe, livenessProbe } = container.spec;
  const probe = kind === "startup" ? startupProbe : livenessProbe;
  const graceSeconds = probe?.terminationGracePeriodSeconds;
  container.stopGraceMs = graceSeconds === undefined ? undefined : graceSeconds * 1000;
  const restarts = restartsAfter(pod, container, 137) ? ", will be restarted" : "";
  podLog(data, pod, step, container).killing(`Container ${container.name} failed ${kind} probe${restarts}`);
  containerEvent(data, subject, { event: "kill", step });
}

/** A start that failed may have been begun by the kubelet before this one, and done: a look at the runtime tells. */
function lookAfterStart(
  data: KubeletData,
  subject: Subject,
  { step, answer: failure }: { readonly step: Step; readonly answer: CriAnswer },
) {
  const { pod, container } = subject;
  const message = failure.ok ? "the runtime gave no container" : failure.message;
  const isSilence = !failure.ok && failure.code === "UNAVAILABLE";
  const then = (answer: CriAnswer, later: Step) => {
    const status = answer.ok ? answer.containers?.find((each) => each.container === container.id) : undefined;
    if (status && status.state !== "CONTAINER_CREATED") {
      startedRun(data, subject, { step: later, status });
      if (status.state === "CONTAINER_EXITED") containerExited(data, subject, { step: later, status });
      return;
    }
    if (status && isSilence) return containerActions.startContainer(data, subject, later);
    container.waiting = { reason: "RunContainerError", message };
    podLog(data, pod, later, container).failed(`Error: ${message}`);
    containerEvent(data, subject, { event: "startFailed", step: later });
  };
  ask(data, subject, { step, request: { op: "ListContainers" }, then });
}

function awaitBackOff(
  data: KubeletData,
  subject: Subject,
  { step, delayMs }: { readonly step: Step; readonly delayMs: number },
): void {
  const { container } = subject;
  const { epoch } = container;
  after(data, step, delayMs, (later) => {
    if (container.epoch === epoch) containerEvent(data, subject, { event: "backOffOver", step: later });
  });
}

/** From now on this run is the container's latest. */
export function adoptRun(data: KubeletData, { pod, container }: Subject, status: ContainerStatus): void {
  if (container.id !== undefined) data.byContainer.delete(container.id);
  container.previousId = container.id;
  data.byContainer.set(status.container, { pod, container });
  container.id = status.container;
  container.image = status.image;
  container.imageRef = status.imageRef;
  container.last = container.end ?? container.last;
  container.end = undefined;
  container.ran = true;
  container.startedAt = undefined;
  container.runtimeReady = false;
  container.runtimeHealthy = true;
  container.isProbed = status.isProbed ?? false;
  container.isHooked = false;
  container.stopGraceMs = undefined;
}

/** Takes over what the runtime says of a run that has started. */
export function noteRunning(container: ContainerRecord, status: ContainerStatus, step: Step): void {
  container.startedUptimeMs = status.startedAtMs ?? step.uptimeMs;
  container.startedAt = formatTime(wallMs(step, container.startedUptimeMs));
  // The news of a change may have overtaken the answer that this is.
  container.runtimeReady ||= status.ready ?? false;
  container.runtimeHealthy &&= status.healthy ?? true;
}

/** The latest run of a container is over: it runs again, or it does not. */
export function containerExited(
  data: KubeletData,
  subject: Subject,
  { step, status }: { readonly step: Step; readonly status: ContainerStatus },
): void {
  const { pod, container } = subject;
  if (container.id !== status.container || container.end) return;
  stopProbes(container);
  container.ready = false;
  container.started = false;
  container.waiting = undefined;
  const exitCode = status.exitCode ?? 137;
  container.end = {
    exitCode,
    reason: status.reason ?? (exitCode === 0 ? "Completed" : "Error"),
    startedAt: status.startedAtMs === undefined ? undefined : formatTime(wallMs(step, status.startedAtMs)),
    finishedAt: formatTime(wallMs(step, status.finishedAtMs ?? step.uptimeMs)),
    containerId: status.container,
  };
  container.isHooked = false;
  readTerminationMessage(data, subject, step);
  containerSilent(data, status.container, step);
  const event = restartsAfter(pod, container, exitCode) ? "exitedToRestart" : "exitedForGood";
  containerEvent(data, subject, { event, step });
}
