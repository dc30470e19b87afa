import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Address } from "../../runtime/mod.ts";
import type { Invariant } from "../engine/invariant.ts";

interface Living {
  readonly node: Address;
  count: number;
}

/**
 * Of each container of a pod there is one process at most, and all of a pod are on one computer: measured on the
 * computers, whatever their kubelets believe.
 */
export const containersRunOnce: Invariant = {
  name: "no container runs twice",
  watch() {
    /** How many containers a pod has at most at a time, by uid. */
    const containers = new Map<string, number>();
    const running = new Map<string, Living>();
    return {
      commit({ key, object }) {
        if (!object || !key.startsWith("/registry/pods/")) return undefined;
        const { metadata, spec } = object as Frozen<Pod>;
        const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
        // Init containers come one by one, before the others.
        const { length: inits } = spec.initContainers ?? [];
        const most = spec.containers.length + sidecars.length;
        containers.set(metadata.uid ?? "", Math.max(most, inits > 0 ? sidecars.length + 1 : 0));
        return undefined;
      },
      runtime(event) {
        if (event.type === "node.lost") {
          for (const [uid, { node }] of running) if (node === event.node) running.delete(uid);
          return undefined;
        }
        if (event.type !== "container.started" && event.type !== "container.exited") return undefined;
        const { uid, namespace, name } = event.pod;
        const living = running.get(uid) ?? { node: event.node, count: 0 };
        if (event.type === "container.exited") {
          living.count--;
          if (living.count <= 0) running.delete(uid);
          return undefined;
        }
        if (living.count > 0 && living.node !== event.node) {
          return `pod ${namespace}/${name} was started at ${event.node} while it runs at ${living.node}`;
        }
        living.count++;
        running.set(uid, living);
        const most = containers.get(uid);
        if (most === undefined || living.count <= most) return undefined;
        return `pod ${namespace}/${name} has ${living.count} running containers at ${event.node}, where it has ${most}`;
      },
    };
  },
};
