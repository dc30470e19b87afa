import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** A container of a pod that restarts nothing is started once: measured on the computers. */
export const whatEndedStaysEnded: Invariant = {
  name: "pods that restart nothing run once",
  watch() {
    const once = new Set<string>();
    const started = new Map<string, string>();
    return {
      commit({ key, object, previous }) {
        if (!object || previous || !key.startsWith("/registry/pods/")) return undefined;
        const { metadata, spec } = object as Frozen<Pod>;
        if (spec.restartPolicy === "Never") once.add(metadata.uid ?? "");
        return undefined;
      },
      runtime(event) {
        if (event.type === "node.lost") {
          for (const [container, node] of started) if (node === event.node) started.delete(container);
          return undefined;
        }
        if (event.type !== "container.started" || !once.has(event.pod.uid)) return undefined;
        const container = `${event.pod.uid} ${event.container}`;
        if (started.has(container)) return `container ${event.container} of ${event.pod.name} was started again`;
        started.set(container, event.node);
        return undefined;
      },
    };
  },
};
