import type { Step } from "../../../runtime/mod.ts";
import type { ContainerStatus, CriAnswer, CriFailure } from "../../cri/messages.ts";
import { callForContainer } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { podLog } from "../pod/pod_events.ts";
import type { ContainerRecord, Subject } from "../pod/pod_record.ts";
import type { ContainerEvent } from "./container_chart.ts";
import { noteRunning } from "./container_run.ts";
import { runHook } from "./hooks.ts";

/** What becomes of a start. */
export interface Start {
  readonly step: Step;
  readonly fire: (event: ContainerEvent, step: Step) => void;
  /** It is over already. */
  readonly onEnd: (status: ContainerStatus, step: Step) => void;
}

const hookMsMax = 86_400_000;
const criRetryMs = 1_000;
/** How a runtime says of a container that its program could not be started. */
const startError = "StartError";

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
    fire("started", later);
    if (!hasFailed) return;
    podLog(data, pod, later, container).hookFailed("PostStart");
    podLog(data, pod, later, container).killing("FailedPostStartHook");
    fire("kill", later);
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
    if (status && status.state !== "CONTAINER_CREATED") {
      started(data, subject, { ...start, step, status });
      if (status.state === "CONTAINER_EXITED") start.onEnd(status, step);
      return;
    }
    // What was never started, and is not wanted any more, needs no start.
    if (status && isSilence && container.phase === "cancelling") return start.fire("startFailed", step);
    if (status && isSilence) return startContainer(data, subject, { ...start, step });
    if (!answer.ok) return lookAgain(step);
    const giveUp = (now: Step) => {
      container.waiting = { reason: "RunContainerError", message };
      podLog(data, pod, now, container).failed(`Error: ${message}`);
      start.fire("startFailed", now);
    };
    if (!status) return giveUp(step);
    // A start that an earlier life had asked for may be under way: it is not to run beside the next.
    const goOn = (isDone: boolean, later: Step) => (isDone ? giveUp(later) : lookAgain(later));
    remove(data, container, { step, id: status.container, goOn });
  };
  callForContainer(data, container, { step: start.step, request: { op: "ListContainers" }, then });
}

interface Removal {
  readonly step: Step;
  readonly id: string;
  readonly goOn: (isDone: boolean, step: Step) => void;
}

function remove(data: KubeletData, container: ContainerRecord, { step, id, goOn }: Removal): void {
  const then = ({ ok }: CriAnswer<"RemoveContainer">, later: Step) => goOn(ok, later);
  callForContainer(data, container, { step, request: { op: "RemoveContainer", container: id }, then });
}
