import type { Step } from "../../../runtime/mod.ts";
import { formatTime } from "../../api/time.ts";
import type { ContainerStatus } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { type KubeletData, wallMs } from "../data.ts";
import type { ContainerRecord, Subject } from "../pod/pod_record.ts";
import { stopProbes } from "../probes/probing.ts";

/** A run was made with this attempt, or what is told of as such: the next is another. */
export function countRun(container: ContainerRecord, attempt: number): void {
  container.restarts = Math.max(container.restarts, attempt);
  container.attempt = Math.max(container.attempt, container.restarts + 1);
}

/** From now on this run is the container's latest. */
export function adoptRun(data: KubeletData, { pod, container }: Subject, status: ContainerStatus): void {
  if (container.id !== undefined) data.byContainer.delete(container.id);
  container.previousId = container.id;
  data.byContainer.set(status.container, { pod, container });
  container.id = status.container;
  container.image = status.image;
  container.imageRef = status.imageRef;
  container.specImage = status.specImage;
  container.user = status.user;
  container.last = container.end ?? container.last;
  container.end = undefined;
  container.ran = true;
  container.startedAt = undefined;
  container.isHooked = false;
  container.preStop = undefined;
  container.stopGraceMs = undefined;
  container.restartsAnyway = false;
  container.isGiving = false;
}

/** How a runtime says of a container that its program could not be started. */
export const startError = "StartError";

/** Whether a run was ended before it began: where its start failed it is kept from beginning late. */
export function neverRan({ startedAt }: ContainerRecord, { state, startedAtMs, reason }: ContainerStatus): boolean {
  const hasRun = startedAt !== undefined || startedAtMs !== undefined;
  return state === "CONTAINER_EXITED" && !hasRun && reason !== startError;
}

/** Takes over what the runtime says of a run that has started. */
export function noteRunning(container: ContainerRecord, status: ContainerStatus, step: Step): void {
  container.startedUptimeMs = status.startedAtMs ?? step.uptimeMs;
  container.startedAt = formatTime(wallMs(step, container.startedUptimeMs));
}

/** The latest run is over: notes how it ended, and gives back its exit code. */
export function endRun(container: ContainerRecord, status: ContainerStatus, step: Step): number {
  stopProbes(container);
  container.ready = false;
  container.started = false;
  container.isHooked = false;
  container.waiting = undefined;
  const exitCode = status.exitCode ?? 137;
  container.end = {
    exitCode,
    reason: status.reason ?? (exitCode === 0 ? "Completed" : "Error"),
    startedAt: status.startedAtMs === undefined ? undefined : formatTime(wallMs(step, status.startedAtMs)),
    finishedAt: formatTime(wallMs(step, status.finishedAtMs ?? step.uptimeMs)),
    ...present({ message: status.message }),
    containerId: status.container,
  };
  return exitCode;
}
