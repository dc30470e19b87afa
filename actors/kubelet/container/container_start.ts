import type { Step } from "../../../runtime/mod.ts";
import type { ContainerStatus, CriAnswer, CriFailure } from "../../cri/messages.ts";
import { callForContainer } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { podLog } from "../pod/pod_events.ts";
import type { Subject } from "../pod/pod_record.ts";
import type { ContainerEvent } from "./container_chart.ts";
import { neverRan, noteRunning, startError } from "./container_run.ts";
import { runHook } from "./hooks.ts";
import { graceOf } from "./stop_container.ts";

/** What becomes of a start. */
export interface Start {
  readonly step: Step;
  readonly fire: (event: ContainerEvent, step: Step) => void;
  /** It is over already. */
  readonly onEnd: (status: ContainerStatus, step: Step) => void;
}

const hookMsMax = 86_400_000;
const criRetryMs = 1_000;

/** Has the runtime start a container that it has made, and runs its postStart hook. */
export function startContainer(data: KubeletData, subject: Subject, start: Start): void {
  const { container } = subject;
  const then = (answer: CriAnswer<"StartContainer">, step: Step) => {
    if (answer.ok) return started(data, subject, { ...start, step, status: answer.value.container });
    lookAfterStart(data, subject, { ...start, step, failure: answer.failure });
  };
  const request = { op: "StartContainer", container: container.id ?? "" } as const;
  callForContainer(data, container, { step: start.step, request, then });
}

function started(
  data: KubeletData,
  subject: Subject,
  { step, status, fire }: Start & { readonly status: ContainerStatus },
) {
  const { pod, container } = subject;
  noteRunning(container, status, step);
  podLog(data, pod, step, container).started();
  const hook = container.spec.lifecycle?.postStart;
  if (!hook) return fire("started", step);
  // It is not told of as running before its hook is done.
  const { id } = container;
  container.isHooked = true;
  // That may take long: what there is to tell of the others does not wait for it.
  data.dirty.add(pod);
  runHook(data, subject, { step, hook, timeoutMs: hookMsMax }, (hasFailed, later) => {
    if (!container.isHooked || container.id !== id) return;
    container.isHooked = false;
    if (hasFailed) {
      podLog(data, pod, later, container).hookFailed("PostStart");
      podLog(data, pod, later, container).killing("FailedPostStartHook");
      // First, so that it is never taken for running: what waits for that goes on waiting.
      fire("kill", later);
    }
    fire("started", later);
  });
}

/** A start that failed may have been begun by the kubelet before this one, and done: a look at the runtime tells. */
function lookAfterStart(
  data: KubeletData,
  subject: Subject,
  { failure, ...start }: Start & { readonly failure: CriFailure },
): void {
  const { pod, container } = subject;
  const { message, code } = failure;
  const isSilence = code === "UNAVAILABLE";
  const { epoch } = container;
  const lookAgain = (now: Step) =>
    after(data, now, criRetryMs, (again) => {
      if (container.epoch !== epoch && container.phase !== "cancelling") return;
      lookAfterStart(data, subject, { ...start, step: again, failure });
    });
  const then = (answer: CriAnswer<"ListContainers">, step: Step) => {
    const status = answer.ok ? answer.value.containers.find((each) => each.container === container.id) : undefined;
    if (status?.state === "CONTAINER_EXITED" && status.reason === startError) {
      podLog(data, pod, step, container).failed(`Error: ${message}`);
      return start.onEnd(status, step);
    }
    const giveUp = (now: Step) => {
      container.waiting = { reason: "RunContainerError", message };
      podLog(data, pod, now, container).failed(`Error: ${message}`);
      start.fire("startFailed", now);
    };
    const tookPlace = (now: Step, run: ContainerStatus) => {
      started(data, subject, { ...start, step: now, status: run });
      if (run.state === "CONTAINER_EXITED") start.onEnd(run, now);
    };
    if (status && neverRan(container, status)) return giveUp(step);
    if (status && status.state !== "CONTAINER_CREATED") return tookPlace(step, status);
    // What was never started, and is not wanted any more, needs no start.
    if (status && isSilence && container.phase === "cancelling") return start.fire("startFailed", step);
    if (status && isSilence) return startContainer(data, subject, { ...start, step });
    if (!answer.ok) return lookAgain(step);
    if (!status) return giveUp(step);
    keepFromRunning(data, subject, { step, giveUp, lookAgain, tookPlace });
  };
  callForContainer(data, container, { step: start.step, request: { op: "ListContainers" }, then });
}

interface Keeping {
  readonly step: Step;
  readonly giveUp: (step: Step) => void;
  readonly lookAgain: (step: Step) => void;
  readonly tookPlace: (step: Step, run: ContainerStatus) => void;
}

/**
 * A start that an earlier life had asked for may be under way: it is not to run beside the next. It stays until there are
 * others, as the runtime is where attempts are remembered: who ends now would make this one again.
 */
function keepFromRunning(data: KubeletData, subject: Subject, { step, giveUp, lookAgain, tookPlace }: Keeping): void {
  const { container } = subject;
  const { graceMs: timeoutMs } = graceOf(subject);
  const then = (answer: CriAnswer<"StopContainer">, later: Step) => {
    if (!answer.ok) return lookAgain(later);
    const { container: run } = answer.value;
    if (!run || run.state === "CONTAINER_CREATED" || neverRan(container, run)) giveUp(later);
    else tookPlace(later, run);
  };
  const request = { op: "StopContainer", container: container.id ?? "", timeoutMs } as const;
  callForContainer(data, container, { step, request, then });
}
