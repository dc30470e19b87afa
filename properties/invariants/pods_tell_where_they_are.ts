import { isPodReady } from "../../actors/api/pod.ts";
import type { Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/** At rest a pod that is ready tells the address that its sandbox has: measured on the computers. */
export const podsTellWhereTheyAre: Invariant = {
  name: "pods tell the address that they have",
  watch(world) {
    /** By the uid of the pod. */
    const addresses = new Map<string, { readonly node: string; readonly ip: string }>();
    return {
      runtime(event) {
        if (event.type === "node.lost") {
          for (const [uid, { node }] of addresses) if (node === event.node) addresses.delete(uid);
        } else if (event.type === "sandbox.ready" && event.ip !== "") {
          addresses.set(event.pod.uid, { node: event.node, ip: event.ip });
        } else if (event.type === "sandbox.stopped" && addresses.get(event.pod.uid)?.ip === event.ip) {
          addresses.delete(event.pod.uid);
        }
        return undefined;
      },
      end() {
        for (const pod of world.list<Pod>("/registry/pods/")) {
          const { ip } = addresses.get(pod.metadata.uid ?? "") ?? {};
          if (!isPodReady(pod) || pod.spec.hostNetwork || ip === pod.status.podIP) continue;
          return `${pod.metadata.name} tells ${pod.status.podIP}, its sandbox has ${ip}`;
        }
        return undefined;
      },
    };
  },
};
