import type { Step } from "../../runtime/mod.ts";
import type { CriPush } from "../cri/messages.ts";
import { callCri } from "./calls.ts";
import { containerExited, probeFailed } from "./container/container_lifecycle.ts";
import { after, type KubeletData } from "./data.ts";
import { becameUnhealthy, runtimeReadyChanged } from "./probes/foretold.ts";
import { containerLogged } from "./streams/logs.ts";

const retryMs = 1_000;

/** Asks the runtime who it is and what it runs, until it answers. */
export function findContainers(data: KubeletData, step: Step) {
  callCri(data, step, { op: "Status" }, (status, later) => {
    if (!status.ok) return void after(data, later, retryMs, (again) => findContainers(data, again));
    // From here on whatever the computer loses ends this kubelet, too; what it has now is listed next.
    if (data.input.computer !== undefined) later.monitor(data.input.computer);
    data.node.runtime = status.runtime ?? "";
    if (!data.defects.has("tellsNoRange")) {
      callCri(data, later, { op: "UpdateRuntimeConfig", podCidr: data.input.podCidr }, () => {});
    }
    listContainers(data, later);
  });
}

function listContainers(data: KubeletData, step: Step) {
  callCri(data, step, { op: "ListContainers" }, (answer, later) => {
    if (!answer.ok) return void after(data, later, retryMs, (again) => listContainers(data, again));
    for (const sandbox of answer.sandboxes ?? []) data.found.sandboxes.set(sandbox.sandbox, sandbox);
    for (const container of answer.containers ?? []) data.found.containers.set(container.container, container);
    data.found.listed = true;
  });
}

/** A container has changed by itself. */
export function containerPushed(data: KubeletData, push: CriPush, step: Step) {
  const id = typeof push.container === "string" ? push.container : push.container.container;
  const subject = data.byContainer.get(id);
  // Before the API's wishes are known nothing is done; what was found is kept up to date.
  if (!data.managing || !subject) return noteFound(data, push, id);
  switch (push.type) {
    case "cri.logged":
      return containerLogged(data, id, step);
    case "cri.exited":
      return containerExited(data, subject, { step, status: push.container });
    case "cri.ready":
      return runtimeReadyChanged(data, subject, { step, ready: push.ready });
    case "cri.healthy": {
      const onFailure = (kind: "startup" | "liveness", later: Step) =>
        probeFailed(data, subject, { step: later, kind });
      if (!push.healthy) becameUnhealthy(data, subject, { step, onFailure });
    }
  }
}

function noteFound(data: KubeletData, push: CriPush, id: string): void {
  const found = data.found.containers.get(id);
  if (!found) return;
  if (push.type === "cri.exited") data.found.containers.set(id, push.container);
  else if (push.type === "cri.logged") return;
  else if (push.type === "cri.ready") data.found.containers.set(id, { ...found, ready: push.ready });
  else data.found.containers.set(id, { ...found, healthy: push.healthy });
}
