import type { Step } from "../../runtime/mod.ts";
import type { CriPush } from "../cri/messages.ts";
import { callCri } from "./calls.ts";
import { containerExited } from "./container/container_lifecycle.ts";
import { after, type KubeletData } from "./data.ts";
import { readUp } from "./devices/checkpoint.ts";
import { watchRuntime } from "./node/runtime_health.ts";
import { readManifests } from "./static_pods/read_manifests.ts";

const retryMs = 1_000;

/** Asks the runtime who it is and what it runs, until it answers. */
export function findContainers(data: KubeletData, step: Step) {
  callCri(data, step, { op: "Version" }, (status, later) => {
    if (!status.ok) return void after(data, later, retryMs, (again) => findContainers(data, again));
    // From here on whatever the computer loses ends this kubelet, too; what it has now is listed next.
    later.monitor(data.input.computer);
    const { runtimeName, runtimeVersion } = status.value;
    data.node.runtime = `${runtimeName}://${runtimeVersion}`;
    watchRuntime(data, later);
    callCri(data, later, { op: "UpdateRuntimeConfig", podCidr: data.input.podCidr }, () => {});
    listContainers(data, later);
  });
}

function listContainers(data: KubeletData, step: Step) {
  callCri(data, step, { op: "ListPodSandbox" }, (pods, later) => {
    if (!pods.ok) return void after(data, later, retryMs, (again) => listContainers(data, again));
    for (const sandbox of pods.value.sandboxes) data.found.sandboxes.set(sandbox.sandbox, sandbox);
    callCri(data, later, { op: "ListContainers" }, (answer, last) => {
      if (!answer.ok) return void after(data, last, retryMs, (again) => listContainers(data, again));
      for (const container of answer.value.containers) data.found.containers.set(container.container, container);
      readUp(data, last, (now) => {
        data.found.listed = true;
        data.node.images.isStale = data.found.containers.size > 0;
        if (data.found.containers.size > 0) data.node.pressure.memory = "unknown";
        // They may be what the API itself runs on: nobody waits for it.
        readManifests(data, now);
      });
    });
  });
}

/** A container has exited by itself. */
export function containerPushed(data: KubeletData, { container }: CriPush, step: Step) {
  const id = container.container;
  const subject = data.byContainer.get(id);
  if (subject) return containerExited(data, subject, { step, status: container });
  // Before the API's wishes are known nothing is done; what was found is kept up to date.
  if (data.found.containers.has(id)) data.found.containers.set(id, container);
}
