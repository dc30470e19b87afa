import type { Step } from "../../../runtime/mod.ts";
import type { ContainerStatus, CriAnswer } from "../../cri/messages.ts";
import { callCri } from "../calls.ts";
import { containerExited, probeFailed } from "../container/container_lifecycle.ts";
import { gone } from "../container/stop_container.ts";
import type { KubeletData } from "../data.ts";
import { becameUnhealthy, runtimeReadyChanged } from "../probes/foretold.ts";
import type { OnFailure } from "../probes/probing.ts";
import type { PodRecord, Subject } from "./pod_record.ts";

/** What a kubelet believed when it asked. */
interface Belief {
  readonly pods: readonly { readonly pod: PodRecord; readonly sandbox: string }[];
  readonly running: readonly { readonly subject: Subject; readonly epoch: number }[];
}

/**
 * Asks the computer what it runs and puts right what news were lost on the way: a container that has exited, or a
 * computer that was switched off and on. A device of the kubelet's own loses none.
 *
 * @throws Error when the computer is not the one that it was: whoever ran on that one begins anew
 */
export function relist(data: KubeletData, step: Step): void {
  if (data.input.computer === undefined || !data.managing) return;
  const belief: Belief = {
    pods: [...data.pods.values()].flatMap((pod) => (pod.sandbox?.ready ? [{ pod, sandbox: pod.sandbox.sandbox }] : [])),
    running: [...data.byContainer.values()].flatMap((subject) =>
      subject.container.phase === "running" ? [{ subject, epoch: subject.container.epoch }] : [],
    ),
  };
  if (belief.pods.length === 0) return;
  callCri(data, step, { op: "ListContainers" }, (answer, later) => compare(data, later, { belief, answer }));
}

function compare(
  data: KubeletData,
  step: Step,
  { belief, answer }: { readonly belief: Belief; readonly answer: CriAnswer },
): void {
  if (!answer.ok) return;
  const sandboxes = new Set((answer.sandboxes ?? []).map(({ sandbox }) => sandbox));
  for (const { pod, sandbox } of belief.pods) {
    // Nobody but this kubelet removes a sandbox, and then its pod is forgotten.
    if (data.pods.get(pod.identity) !== pod || sandboxes.has(sandbox)) continue;
    throw new Error(`Cannot go on without sandbox ${sandbox}: ${data.input.computer} was switched off and on`);
  }
  const found = new Map((answer.containers ?? []).map((each) => [each.container, each]));
  for (const { subject, epoch } of belief.running) {
    const { container } = subject;
    if (container.epoch !== epoch || container.id === undefined) continue;
    const status = found.get(container.id) ?? gone(container.id, container);
    if (status.state === "CONTAINER_EXITED") containerExited(data, subject, { step, status });
    else if (!container.isProbed) foretellAgain(data, subject, { step, status });
  }
}

/** What its probes would find may have changed without a word, too. */
function foretellAgain(
  data: KubeletData,
  subject: Subject,
  { step, status }: { readonly step: Step; readonly status: ContainerStatus },
): void {
  const { ready = false, healthy = true } = status;
  const { container } = subject;
  if (container.runtimeReady !== ready) runtimeReadyChanged(data, subject, { step, ready });
  const onFailure: OnFailure = (kind, later) => probeFailed(data, subject, { step: later, kind });
  if (container.runtimeHealthy && !healthy) becameUnhealthy(data, subject, { step, onFailure });
}
