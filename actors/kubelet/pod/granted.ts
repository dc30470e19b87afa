import type { Frozen, Pod, PodSpec } from "../../api/types.ts";
import type { ContainerRecord, PodRecord } from "./pod_record.ts";

/** The conditions that tell of a change of what containers are to have: taken back when it is done. */
export const resizeConditions = ["PodResizePending", "PodResizeInProgress"] as const;

/** Whether what a container has may be changed while it runs. */
export function isResizable({ role }: ContainerRecord): boolean {
  return role === "main" || role === "sidecar";
}

/** A pod's spec with what was granted: what its containers are to have and have not got is not in it. */
export function grantedPod(pod: PodRecord): Frozen<Pod> {
  if (!pod.resizePending) return pod.pod;
  const granted = (each: Frozen<PodSpec>["containers"][number]) => {
    const container = pod.containers.find(({ name }) => name === each.name);
    return container && isResizable(container) ? { ...each, resources: container.spec.resources ?? {} } : each;
  };
  const { spec } = pod.pod;
  const { initContainers } = spec;
  const init = initContainers ? { initContainers: initContainers.map(granted) } : {};
  return { ...pod.pod, spec: { ...spec, containers: spec.containers.map(granted), ...init } };
}
