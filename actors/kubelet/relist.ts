import type { Step } from "../../runtime/mod.ts";
import { callCri } from "./calls.ts";
import { containerExited } from "./container_lifecycle.ts";
import type { KubeletData } from "./data.ts";
import { gone } from "./stop_container.ts";

/**
 * Asks the machine what it runs and puts right what news were lost on the way: a container that has exited, or that is
 * not there any more. A device of the kubelet's own loses none.
 */
export function relist(data: KubeletData, step: Step): void {
  if (data.input.machine === undefined || !data.managing) return;
  const running = [...data.byContainer.values()].filter(({ container }) => container.phase === "running");
  if (running.length === 0) return;
  const asked = running.map((subject) => ({ subject, epoch: subject.container.epoch }));
  callCri(data, step, { op: "ListContainers" }, (answer, later) => {
    if (!answer.ok) return;
    const found = new Map((answer.containers ?? []).map((each) => [each.container, each]));
    for (const { subject, epoch } of asked) {
      const { container } = subject;
      if (container.epoch !== epoch || container.id === undefined) continue;
      const status = found.get(container.id) ?? gone(container.id, container);
      if (status.state === "CONTAINER_EXITED") containerExited(data, subject, { step: later, status });
    }
  });
}
