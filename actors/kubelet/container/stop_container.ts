import type { Step } from "../../../runtime/mod.ts";
import type { ContainerStatus } from "../../cri/messages.ts";
import { callCri } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { podLog } from "../pod/pod_events.ts";
import type { ContainerRecord, Subject } from "../pod/pod_record.ts";
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
  const { pod, container } = subject;
  const { id } = container;
  if (id === undefined) return;
  const startedUptimeMs = step.uptimeMs;

  const signal = (now: Step) => {
    if (container.id !== id || container.phase !== "stopping") return;
    const { graceMs, signalledMs } = graceOf(subject);
    const leftMs = graceMs - (now.uptimeMs - startedUptimeMs);
    const request = { op: "StopContainer", container: id, timeoutMs: Math.max(signalledMs, leftMs) } as const;
    callCri(data, now, request, (answer, later) => {
      if (!answer.ok) return void after(data, later, criRetryMs, signal);
      // A computer that was switched off meanwhile does not know the container any more: it has surely ended.
      onEnd(answer.value.container ?? gone(id, container), later);
    });
  };

  const hook = container.spec.lifecycle?.preStop;
  const { graceMs } = graceOf(subject);
  if (!hook || graceMs <= 0) return signal(step);
  runHook(data, subject, { step, hook, timeoutMs: graceMs }, (hasFailed, later) => {
    if (hasFailed && container.id === id && container.phase === "stopping") {
      podLog(data, pod, later, container).hookFailed("PreStop");
    }
    signal(later);
  });
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
