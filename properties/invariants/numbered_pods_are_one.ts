import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Address } from "../../runtime/mod.ts";
import type { Invariant } from "../engine/invariant.ts";

interface Living {
  readonly uid: string;
  readonly node: Address;
}

/**
 * Of one name of a StatefulSet there is never more than one pod that runs: measured on the computers, whatever the API
 * says. Not judged where users take pods away by force or delete nodes, which says of pods that they are gone and is
 * theirs to know, as Kubernetes documents.
 */
export const numberedPodsAreOne: Invariant = {
  name: "no StatefulSet has two running pods of one name",
  watch(world) {
    const { workload } = world.definition;
    const isForced = workload.some((each) => each.op === "deleteNode" || ("force" in each && each.force === true));
    if (isForced) return {};
    /** The uids of the pods that StatefulSets ever had. */
    const numbered = new Set<string>();
    /** What runs under a name, each container for itself. */
    const running = new Map<string, Living[]>();

    return {
      commit({ key, object }) {
        if (!object || !key.startsWith("/registry/pods/")) return undefined;
        const pod = object as Frozen<Pod>;
        if (getControllerOf(pod)?.kind === "StatefulSet") numbered.add(pod.metadata.uid ?? "");
        return undefined;
      },
      runtime(event) {
        if (event.type === "node.lost") {
          for (const [name, all] of running)
            running.set(
              name,
              all.filter(({ node }) => node !== event.node),
            );
          return undefined;
        }
        if (event.type !== "container.started" && event.type !== "container.exited") return undefined;
        const { uid, namespace, name } = event.pod;
        if (!numbered.has(uid)) return undefined;
        const key = `${namespace}/${name}`;
        const all = running.get(key) ?? [];
        if (event.type === "container.exited") {
          const index = all.findIndex((each) => each.uid === uid);
          if (index >= 0) running.set(key, all.toSpliced(index, 1));
          return undefined;
        }
        running.set(key, [...all, { uid, node: event.node }]);
        const other = all.find((each) => each.uid !== uid);
        return other && `pod ${key} was started at ${event.node} while the one before it runs at ${other.node}`;
      },
    };
  },
};
