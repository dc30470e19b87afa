import { isPodTerminated, podRequests } from "../../actors/api/pod.ts";
import { millisOf } from "../../actors/api/quantity.ts";
import type { Frozen, Node, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** The pods bound to a node never ask for more CPU, or are more in number, than it has to give. */
export const nodesAreNotOvercommitted: Invariant = {
  name: "no node is over-committed",
  watch: (world) => ({
    commit({ key, object, previous }) {
      if (!key.startsWith("/registry/pods/") || !object) return undefined;
      const name = (object as unknown as Frozen<Pod>).spec.nodeName;
      const wasBound = (previous as unknown as Frozen<Pod> | undefined)?.spec.nodeName;
      if (!name || wasBound) return undefined;
      const node = world.get<Node>(`/registry/minions/${name}`);
      // A node that was deleted meanwhile has nothing to give; the pod collector sees to its pods.
      if (!node?.status.allocatable) return undefined;
      const bound = world
        .list<Pod>("/registry/pods/")
        .filter((pod) => pod.spec.nodeName === name && !isPodTerminated(pod));
      const podsMax = Number(node.status.allocatable.pods ?? 0);
      const cpuMax = millisOf(node.status.allocatable.cpu);
      const cpu = bound.reduce((sum, pod) => sum + (podRequests(pod.spec).get("cpu") ?? 0), 0);
      if (bound.length > podsMax) return `${bound.length} pods are bound to ${name}, which takes ${podsMax}`;
      return cpu > cpuMax ? `Pods that ask for ${cpu}m CPU are bound to ${name}, which has ${cpuMax}m` : undefined;
    },
  }),
};
