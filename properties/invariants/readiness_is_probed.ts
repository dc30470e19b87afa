import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** A container that is asked whether it is ready is shown as ready no sooner than it can be: measured on the computers. */
export const readinessIsProbed: Invariant = {
  name: "containers are ready when they say so",
  watch({ definition: { topology }, simulation }) {
    const images = topology.images?.images ?? {};
    /** When a container of a pod first began to run, by the pod's uid and its own name. */
    const began = new Map<string, number>();
    return {
      runtime(event) {
        if (event.type !== "container.started") return undefined;
        const key = `${event.pod.uid} ${event.container}`;
        if (!began.has(key)) began.set(key, simulation.uptimeMs());
        return undefined;
      },
      commit({ key, object, atMs }) {
        if (!object || !key.startsWith("/registry/pods/")) return undefined;
        const { metadata, spec, status } = object as Frozen<Pod>;
        for (const { name, ready } of status.containerStatuses ?? []) {
          const container = ready ? spec.containers.find((each) => each.name === name) : undefined;
          if (!container?.readinessProbe) continue;
          const sinceMs = began.get(`${metadata.uid} ${name}`);
          const { readyMs = 0 } = images[container.image ?? ""] ?? {};
          if (sinceMs === undefined) return `${key} shows ${name} as ready, which never ran`;
          if (atMs - sinceMs < readyMs) {
            return `${key} shows ${name} as ready ${atMs - sinceMs} ms after it began, it takes ${readyMs} ms`;
          }
        }
        return undefined;
      },
    };
  },
};
