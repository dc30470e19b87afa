import type { Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

interface Running {
  readonly node: string;
  readonly name: string;
  count: number;
}

/** At rest no container runs whose pod is gone: measured on the computers, whatever their kubelets believe. */
export const whatRunsIsWanted: Invariant = {
  name: "no container runs without its pod",
  watch(world) {
    /** By the uid of their pod. */
    const running = new Map<string, Running>();
    return {
      runtime(event) {
        const { type, node } = event;
        if (type === "node.lost") {
          for (const [uid, each] of running) if (each.node === node) running.delete(uid);
        } else if (type === "container.started" || type === "container.exited") {
          const { uid, name } = event.pod;
          const found = running.get(uid) ?? { node, name, count: 0 };
          found.count += type === "container.started" ? 1 : -1;
          if (found.count > 0) running.set(uid, found);
          else running.delete(uid);
        }
        return undefined;
      },
      end() {
        const pods = new Set(world.list<Pod>("/registry/pods/").map(({ metadata }) => metadata.uid ?? ""));
        for (const [uid, { node, name }] of running) {
          if (!pods.has(uid)) return `pod ${name} is gone, and runs at ${node}`;
        }
        return undefined;
      },
    };
  },
};
