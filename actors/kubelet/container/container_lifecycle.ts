import type { Step } from "../../../runtime/mod.ts";
import type { ContainerStatus, CriAnswer } from "../../cri/messages.ts";
import { callForContainer } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { noteImage } from "../node/node_images.ts";
import { podLog } from "../pod/pod_events.ts";
import type { Subject } from "../pod/pod_record.ts";
import { handlerOf } from "../pod/runtime_handler.ts";
import { startProbes } from "../probes/probes.ts";
import { stopAllButReadiness, stopProbes } from "../probes/probing.ts";
import { containerSilent } from "../streams/logs.ts";
import { type ContainerAction, type ContainerEvent, containerSteps } from "./container_chart.ts";
import { pullPolicy } from "./container_config.ts";
import { createContainer } from "./container_create.ts";
import { neededBy, sayBackingOff } from "./container_image.ts";
import { endRun, neverRan } from "./container_run.ts";
import { startContainer } from "./container_start.ts";
import { imageNameError } from "./image_name.ts";
import { pullImage } from "./pull_image.ts";
import { restartDelayMs, restartsAfter } from "./restart_policy.ts";
import { stopContainer } from "./stop_container.ts";
import { readTerminationMessage } from "./termination_message.ts";
import { ensureVolumeImages } from "./volume_images.ts";

type ContainerReducer = (data: KubeletData, subject: Subject, step: Step) => void;

const pullBackOffFirstMs = 10_000;
const pullBackOffMaxMs = 300_000;
/** After so long, and up to half as long again, a pod is looked at again when something of it could not be done. */
const syncRetryMs = 10_000;
const syncJitter = 0.5;

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

const containerActions: Readonly<Record<ContainerAction, ContainerReducer>> = {
  checkImage(data, subject, step) {
    ensureVolumeImages(data, subject, {
      step,
      done(areThere, later) {
        if (areThere) checkOwnImage(data, subject, later);
        else containerEvent(data, subject, { event: "pullFailed", step: later });
      },
    });
  },

  pullImage(data, subject, step) {
    const { pod, container } = subject;
    const log = (now: Step) => podLog(data, pod, now, container);
    pullImage(data, subject, {
      ...{ step, log, ...neededBy(container.spec) },
      done(image, later) {
        if (!image) return containerEvent(data, subject, { event: "pullFailed", step: later });
        container.imageUid = image.uid;
        container.waiting = undefined;
        containerEvent(data, subject, { event: "pulled", step: later });
      },
    });
  },

  awaitPullRetry(data, subject, step) {
    const { container } = subject;
    const delayMs = container.pullBackOffMs || pullBackOffFirstMs;
    container.pullBackOffMs = Math.min(delayMs * 2, pullBackOffMaxMs);
    sayBackingOff(data, subject, step);
    awaitBackOff(data, subject, { step, delayMs });
  },

  createContainer(data, subject, step) {
    const fire = (event: ContainerEvent, later: Step) => containerEvent(data, subject, { event, step: later });
    createContainer(data, subject, { step, fire });
  },

  startContainer(data, subject, step) {
    startContainer(data, subject, {
      step,
      fire: (event, later) => containerEvent(data, subject, { event, step: later }),
      onEnd: (status, later) => containerExited(data, subject, { step: later, status }),
    });
  },

  observeRunning(data, subject, step) {
    subject.container.waiting = undefined;
    const onFailure = (kind: "startup" | "liveness", later: Step) => probeFailed(data, subject, { step: later, kind });
    startProbes(data, subject, { step, onFailure });
    // It may have changed while the container was made, or while no kubelet was there to see it.
    heedImage(data, subject, step);
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

  awaitSync(data, subject, step) {
    awaitBackOff(data, subject, { step, delayMs: Math.round(syncRetryMs * (1 + syncJitter * step.float())) });
  },

  reportEnd(_data, { container }) {
    stopProbes(container);
    container.ready = false;
  },
};

function checkOwnImage(data: KubeletData, subject: Subject, step: Step) {
  const { image = "" } = subject.container.spec;
  const policy = pullPolicy(subject.container.spec);
  if (policy === "Always" || imageNameError(image) !== undefined) {
    return containerEvent(data, subject, { event: "imageMissing", step });
  }
  const then = (answer: CriAnswer<"ImageStatus">, later: Step) => {
    if (answer.ok && answer.value.image) {
      noteImage(data, image, answer.value.image);
      podLog(data, subject.pod, later, subject.container).present(image);
      subject.container.imageUid = answer.value.image.uid;
      subject.container.waiting = undefined;
      return containerEvent(data, subject, { event: "imagePresent", step: later });
    }
    containerEvent(data, subject, { event: "imageMissing", step: later });
  };
  callForContainer(data, subject.container, {
    step,
    request: { op: "ImageStatus", image, ...handlerOf(subject.pod) },
    then,
  });
}

/** A startup or liveness probe has failed for good: the container is killed, and mostly runs again. */
function probeFailed(
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

/**
 * Has a container run with the image that its spec has now: one that runs with another is ended first, whatever the
 * policy is, and one that waits for another, or to run again with it, waits no longer: it was another container.
 */
export function heedImage(data: KubeletData, { pod, container }: Subject, step: Step) {
  const { spec, specImage, role, phase } = container;
  const isOther = specImage !== undefined && specImage !== spec.image;
  if (phase !== "running") return containerEvent(data, { pod, container }, { event: "imageChanged", step });
  // An init container that has begun does its part with what it began with.
  if (!isOther || (role !== "main" && role !== "sidecar")) return;
  podLog(data, pod, step, container).killing(`Container ${container.name} definition changed, will be restarted`);
  container.restartsAnyway = true;
  containerEvent(data, { pod, container }, { event: "kill", step });
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

/** The latest run of a container is over: it runs again, or it does not. */
export function containerExited(
  data: KubeletData,
  subject: Subject,
  { step, status }: { readonly step: Step; readonly status: ContainerStatus },
): void {
  const { pod, container } = subject;
  if (container.id !== status.container || container.end || neverRan(container, status)) return;
  const exitCode = endRun(container, status, step);
  readTerminationMessage(data, subject, step);
  containerSilent(data, status.container, step);
  const event = restartsAfter(pod, container, exitCode) ? "exitedToRestart" : "exitedForGood";
  containerEvent(data, subject, { event, step });
}
