import type { Frozen, KubeList, KubeObject, Pod } from "../../../actors/api/types.ts";
import { type Cluster, createCluster } from "../../cluster/create_cluster.ts";
import type { SchedulingCase } from "./cases.ts";
import { benchNode, benchPod } from "./core_run.ts";

const atOnceMax = 64;

/**
 * Pods that are bound a second, from the first one created, with API server, store and scheduler in threads of their
 * own and nodes that are only written down: no kubelets, no controllers, as scheduler_perf has it.
 */
export async function runWithApi({ nodes, zones, initial, measured }: SchedulingCase): Promise<number> {
  const topology = { nodes: 0, stores: 1, apiservers: 1, managers: 0 } as const;
  await using cluster = await createCluster({ host: "thread", topology });
  await createAll(
    cluster,
    "nodes",
    upTo(nodes, (index) => benchNode(index, zones)),
  );
  const namespaces = [...new Set([initial.namespace, measured.namespace])];
  const accounts = namespaces.map((namespace) => account(namespace));
  await createAll(cluster, "namespaces", namespaces.filter((name) => name !== "default").map(namespaceNamed));
  await createAll(cluster, "serviceaccounts", accounts);
  const podsOf = (name: string, { count, namespace, template }: SchedulingCase["initial"]) =>
    upTo(count, (index) => benchPod(`${name}-${index}`, namespace, template));
  await createAll(cluster, "pods", podsOf("initial", initial));
  await untilBound(cluster);
  const pods = podsOf("measured", measured);
  const startedMs = performance.now();
  await createAll(cluster, "pods", pods);
  await untilBound(cluster);
  return measured.count / ((performance.now() - startedMs) / 1000);
}

function upTo<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_each, index) => make(index));
}

const namespaceNamed = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
const account = (namespace: string) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "default", namespace },
});

async function createAll({ api }: Cluster, resource: string, objects: readonly (Frozen<KubeObject> | object)[]) {
  const left = objects.values();
  const creator = async () => {
    for (const object of left) {
      const { metadata } = object as KubeObject;
      const { uid: _theServers, ...named } = metadata;
      const namespace = named.namespace === undefined ? {} : { namespace: named.namespace };
      const { code } = await api({ verb: "create", resource, ...namespace, body: { ...object, metadata: named } });
      if (code !== 201) throw new Error(`Creating ${resource} "${named.name}": the API server answered ${code}`);
    }
  };
  await Promise.all(upTo(atOnceMax, creator));
}

async function untilBound({ api }: Cluster) {
  const query = { fieldSelector: "spec.nodeName=", limit: "1" };
  for (;;) {
    const { body } = await api<KubeList<Pod>>({ verb: "list", resource: "pods", query });
    if (body.items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
