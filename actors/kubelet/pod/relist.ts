import type { Step } from "../../../runtime/mod.ts";
import type { ContainerStatus, SandboxStatus } from "../../cri/messages.ts";
import { callCri } from "../calls.ts";
import { containerExited } from "../container/container_lifecycle.ts";
import { gone } from "../container/stop_container.ts";
import type { KubeletData } from "../data.ts";
import type { PodRecord, Subject } from "./pod_record.ts";
import { areSourcesKnown } from "./pod_sources.ts";
import { removeStrayVolumes } from "./pod_volumes.ts";
import { removeStrays } from "./recovery.ts";

/** What a kubelet believed when it asked. */
interface Belief {
  readonly pods: readonly { readonly pod: PodRecord; readonly sandbox: string }[];
  readonly running: readonly { readonly subject: Subject; readonly epoch: number }[];
}

/**
 * Asks the computer what it runs and puts right what news were lost on the way: a container that has exited, or a
 * computer that was switched off and on.
 *
 * @throws Error when the computer is not the one that it was, or a sandbox was stopped: whoever ran on that one begins anew
 */
export function relist(data: KubeletData, step: Step): void {
  const looksForStrays = data.found.strayLooksLeft > 0 && areSourcesKnown(data);
  if (looksForStrays) {
    data.found.strayLooksLeft--;
    removeStrayVolumes(data, step);
  }
  const belief: Belief = {
    pods: [...data.pods.values()].flatMap((pod) => (pod.sandbox?.ready ? [{ pod, sandbox: pod.sandbox.sandbox }] : [])),
    running: [...data.byContainer.values()].flatMap((subject) =>
      subject.container.phase === "running" ? [{ subject, epoch: subject.container.epoch }] : [],
    ),
  };
  if (belief.pods.length === 0 && !looksForStrays) return;
  callCri(data, step, { op: "ListPodSandbox" }, (answer, later) => {
    if (answer.ok && looksForStrays) removeStrays(data, answer.value.sandboxes, later);
    if (answer.ok) compareSandboxes(data, belief, answer.value.sandboxes);
    if (!answer.ok || belief.running.length === 0) return;
    callCri(data, later, { op: "ListContainers" }, (listed, last) => {
      if (listed.ok) compareContainers(data, last, { belief, containers: listed.value.containers });
    });
  });
}

function compareSandboxes(data: KubeletData, belief: Belief, all: readonly SandboxStatus[]): void {
  const sandboxes = new Map(all.map((each) => [each.sandbox, each]));
  for (const { pod, sandbox } of belief.pods) {
    if (data.pods.get(pod.identity) !== pod) continue;
    const found = sandboxes.get(sandbox);
    // Who has a real runtime's socket can stop one: a pod that is to go on needs another.
    if (found && !found.ready && (pod.phase === "initializing" || pod.phase === "running")) {
      throw new Error(`Cannot go on in sandbox ${sandbox}: somebody else has stopped it`);
    }
    // Nobody but this kubelet removes a sandbox, and then its pod is forgotten.
    if (found) continue;
    throw new Error(`Cannot go on without sandbox ${sandbox}: ${data.input.computer} was switched off and on`);
  }
}

function compareContainers(
  data: KubeletData,
  step: Step,
  { belief, containers }: { readonly belief: Belief; readonly containers: readonly ContainerStatus[] },
): void {
  const found = new Map(containers.map((each) => [each.container, each]));
  for (const { subject, epoch } of belief.running) {
    const { container } = subject;
    if (container.epoch !== epoch || container.id === undefined) continue;
    const status = found.get(container.id) ?? gone(container.id, container);
    if (status.state === "CONTAINER_EXITED") containerExited(data, subject, { step, status });
  }
}
