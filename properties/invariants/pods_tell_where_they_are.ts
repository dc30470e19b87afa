import { isPodReady } from "../../actors/api/pod.ts";
import type { Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** At rest a pod that is ready tells the addresses that its sandbox has: measured on the computers. */
export const podsTellWhereTheyAre: Invariant = {
  name: "pods tell the address that they have",
  watch(world) {
    /** By the uid of the pod. */
    const addresses = new Map<string, { readonly node: string; readonly ips: string }>();
    return {
      runtime(event) {
        if (event.type === "node.lost") {
          for (const [uid, { node }] of addresses) if (node === event.node) addresses.delete(uid);
        } else if (event.type === "sandbox.ready" && event.ips.length > 0) {
          addresses.set(event.pod.uid, { node: event.node, ips: event.ips.join() });
        } else if (event.type === "sandbox.stopped" && addresses.get(event.pod.uid)?.ips === event.ips.join()) {
          addresses.delete(event.pod.uid);
        }
        return undefined;
      },
      end() {
        for (const pod of world.list<Pod>("/registry/pods/")) {
          const { ips } = addresses.get(pod.metadata.uid ?? "") ?? {};
          const told = (pod.status.podIPs ?? [{ ip: pod.status.podIP }]).map(({ ip }) => ip).join();
          if (!isPodReady(pod) || pod.spec.hostNetwork || ips === told) continue;
          return `${pod.metadata.name} tells ${told}, its sandbox has ${ips}`;
        }
        return undefined;
      },
    };
  },
};
