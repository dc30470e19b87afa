import { podRules as podKind } from "../../api/kinds/pod.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import type { NodeUsage } from "../../kubelet/messages.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";

/** The pods that a node's computer runs at this moment, whatever is wished: what a kubelet shows as `/runningpods`. */
export function runningPods(server: Server, { pods }: NodeUsage) {
  const known = cacheOf(server, podKind).items;
  const items = pods.map(({ name, namespace, uid, containers }) => {
    const item = known.get(`${podKind.storagePrefix}/${namespace}/${name}`);
    const pod = item && (objectOf(item) as Frozen<Pod>);
    const imageOf = (container: string) => imagesOf(pod).find((each) => each.name === container)?.image ?? "";
    return {
      metadata: { name, namespace, uid, creationTimestamp: null },
      spec: { containers: containers.map((each) => ({ name: each.name, image: imageOf(each.name), resources: {} })) },
      status: {},
    };
  });
  const list = { kind: "PodList", apiVersion: "v1", metadata: {}, items };
  return { contentType: "application/json", body: `${JSON.stringify(list)}\n` };
}

function imagesOf(pod: Frozen<Pod> | undefined) {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod?.spec ?? {};
  return [...containers, ...initContainers, ...ephemeralContainers];
}
