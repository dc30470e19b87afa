import type { Step } from "../../../runtime/mod.ts";
import type { ContainerStatus } from "../../cri/messages.ts";
import { callCri } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { podLog } from "../pod/pod_events.ts";
import type { ContainerRecord, PreStop, Subject } from "../pod/pod_record.ts";
import { runHook } from "./hooks.ts";

/** A container is always given this long after the stop signal, however long its hook took. */
const graceMinMs = 2_000;
const criRetryMs = 1_000;

type OnEnd = (status: ContainerStatus, step: Step) => void;

/** Runs the preStop hook, then has the runtime stop the container within what is left of the grace period. */
export function stopContainer(
  data: KubeletData,
  subject: Subject,
  { step, onEnd }: { readonly step: Step; readonly onEnd: OnEnd },
) {
  const { container } = subject;
  const { id } = container;
  if (id === undefined) return;
  const startedUptimeMs = step.uptimeMs;

  const signal = (now: Step) => {
    if (container.id !== id || container.phase !== "stopping") return;
    const { graceMs, signalledMs } = graceOf(subject);
    const leftMs = graceMs - (now.uptimeMs - graceSinceMs(subject, startedUptimeMs));
    const request = { op: "StopContainer", container: id, timeoutMs: Math.max(signalledMs, leftMs) } as const;
    callCri(data, now, request, (answer, later) => {
      if (!answer.ok) return void after(data, later, criRetryMs, signal);
      // A computer that was switched off meanwhile does not know the container any more: it has surely ended.
      onEnd(answer.value.container ?? gone(id, container), later);
    });
  };

  if (!container.preStop) beginPreStop(data, subject, step);
  const { preStop } = container;
  if (!preStop || preStop.isDone) return signal(step);
  preStop.signal = signal;
  const leftMs = graceOf(subject).graceMs - (step.uptimeMs - graceSinceMs(subject, startedUptimeMs));
  after(data, step, Math.max(0, leftMs), (later) => goOn(preStop, later));
}

/** Runs a container's preStop hook: those of sidecars run while their turn to end has not come yet. */
export function beginPreStop(data: KubeletData, subject: Subject, step: Step): void {
  const { pod, container } = subject;
  const { id } = container;
  const hook = container.spec.lifecycle?.preStop;
  const { graceMs } = graceOf(subject);
  if (!hook || id === undefined || graceMs <= 0) return;
  const preStop: PreStop = { isDone: false, signal: undefined };
  container.preStop = preStop;
  runHook(data, subject, { step, hook, timeoutMs: graceMs }, (hasFailed, later) => {
    if (hasFailed && container.preStop === preStop && !container.end) {
      podLog(data, pod, later, container).hookFailed("PreStop");
    }
    preStop.isDone = true;
    goOn(preStop, later);
  });
}

/** What waited for the hook waits no longer. */
function goOn(preStop: PreStop, step: Step): void {
  const { signal } = preStop;
  preStop.signal = undefined;
  signal?.(step);
}

/** Since when its grace counts: sidecars wait for the others, and have no more time than these. */
function graceSinceMs({ pod, container }: Subject, startedUptimeMs: number): number {
  return container.role === "sidecar" ? (pod.stop?.sinceUptimeMs ?? startedUptimeMs) : startedUptimeMs;
}

/** A container that is being stopped has no more time than this from now on; its hook goes on for as long. */
export function hastenStop(
  data: KubeletData,
  { container }: Subject,
  { step, graceMs }: { readonly step: Step; readonly graceMs: number },
): void {
  const { id, phase, preStop } = container;
  if (phase !== "stopping" || id === undefined) return;
  if (preStop?.signal) return void after(data, step, graceMs, (later) => goOn(preStop, later));
  callCri(data, step, { op: "StopContainer", container: id, timeoutMs: graceMs }, () => {});
}

/** How long a container has from its hook on, as things are now, and at least from the signal on. */
export function graceOf({ pod, container }: Subject): { readonly graceMs: number; readonly signalledMs: number } {
  const podGraceMs = (pod.pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  return { graceMs: pod.stop?.graceMs ?? container.stopGraceMs ?? podGraceMs, signalledMs: graceMinMs };
}

/** What is left to say of a container that the runtime has lost. */
export function gone(id: string, container: ContainerRecord): ContainerStatus {
  return {
    container: id,
    sandbox: "",
    name: container.name,
    image: container.image ?? "",
    imageRef: container.imageRef ?? "",
    attempt: container.restarts,
    state: "CONTAINER_EXITED",
    createdAtMs: 0,
    exitCode: 137,
    reason: "ContainerStatusUnknown",
  };
}
