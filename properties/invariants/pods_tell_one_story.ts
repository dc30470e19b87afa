import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/**
 * At rest a pod's conditions follow from its containers, and these from what runs: nothing was left untold. Where a
 * pod is, its addresses are its node's.
 */
export const podsTellOneStory: Invariant = {
  name: "pods tell what their containers do",
  watch: (world) => ({
    end() {
      for (const pod of world.list<Pod>("/registry/pods/")) {
        const why = pod.spec.nodeName && pod.status.phase === "Running" ? untold(pod) : undefined;
        if (why) return `Pod ${pod.metadata.name} ${why}`;
      }
      return undefined;
    },
  }),
};

function untold({ spec, status, metadata }: Frozen<Pod>): string | undefined {
  const is = (type: string) => status.conditions?.find((each) => each.type === type)?.status;
  const unready = (status.containerStatuses ?? []).filter(({ ready }) => !ready).map(({ name }) => name);
  if ((status.containerStatuses ?? []).length !== spec.containers.length) return "does not tell of all its containers";
  if ((is("ContainersReady") === "True") !== (unready.length === 0)) {
    return `tells ContainersReady ${is("ContainersReady")}, and [${unready.join()}] are not`;
  }
  if (is("Ready") === "True" && is("ContainersReady") !== "True") return "is ready, and its containers are not";
  for (const type of ["PodScheduled", "Initialized", "PodReadyToStartContainers"]) {
    if (is(type) !== "True") return `runs, and tells ${type} ${is(type)}`;
  }
  const { observedGeneration } = status as { readonly observedGeneration?: number };
  if (observedGeneration !== undefined && observedGeneration !== metadata.generation) {
    return `tells of generation ${observedGeneration}, and is of ${metadata.generation}`;
  }
  if (!status.podIP || status.podIPs?.[0]?.ip !== status.podIP) return `tells its addresses as ${status.podIP}`;
  return status.startTime === undefined ? "runs, and never started" : undefined;
}
