import { fileURLToPath } from "node:url";
import { isPodReady } from "../../actors/api/pod.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Cluster, ClusterOptions } from "../cluster/create_cluster.ts";

/** The images that benchmarks run. */
const benchImages = fileURLToPath(new URL("./images", import.meta.url));

/** Two nodes whose pods can talk to each other, on one store replica: what is measured is the traffic. */
export const trafficCluster = {
  topology: { nodes: 2, stores: 1, apiservers: 1, traffic: true },
  imageFolder: benchImages,
} as const satisfies ClusterOptions;

/** What is served, and from where. */
export interface Served {
  readonly image: string;
  /** Of its Service. Default: the image. */
  readonly name?: string;
  /** The numbers of the nodes that have a pod each. */
  readonly nodes: readonly number[];
  /** Whether the outside may ask it. Default false. */
  readonly isOpen?: boolean;
}

const core = { namespace: "default" } as const;

/** Creates pods of one image with a Service before them, and waits until all are ready. */
export async function serve(cluster: Cluster, { image, name = image, nodes, isOpen = false }: Served): Promise<void> {
  const labels = { app: name };
  for (const [index, node] of nodes.entries())
    await startPod(cluster, { image, name: `${name}-${index}`, labels, node });
  await create(cluster, "services", {
    kind: "Service",
    metadata: { name },
    spec: {
      selector: labels,
      ports: [{ port: 80 }],
      type: isOpen ? "NodePort" : "ClusterIP",
    },
  });
  await untilPods(cluster, name, isPodReady);
}

/** A pod of one container. */
export interface StartedPod {
  readonly image: string;
  readonly name: string;
  readonly labels: { readonly app: string };
  /** The number of its node. */
  readonly node: number;
}

/** Creates a pod that listens on port 80 and is asked there whether it is ready. */
export async function startPod(cluster: Cluster, { image, name, labels, node }: StartedPod): Promise<void> {
  const container = {
    name: "main",
    image: `${image}:1`,
    ports: [{ containerPort: 80 }],
    readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 1 },
  };
  const spec = { nodeName: `node-${node}`, containers: [container] };
  await create(cluster, "pods", { kind: "Pod", metadata: { name, labels }, spec });
}

/** Waits until all pods of an app are so. */
export async function untilPods(cluster: Cluster, app: string, isSo: (pod: Frozen<Pod>) => boolean): Promise<void> {
  const list = { ...core, verb: "list", resource: "pods", query: { labelSelector: `app=${app}` } } as const;
  for (;;) {
    const { items } = (await cluster.api<{ readonly items: readonly Pod[] }>(list)).body;
    if (items.every(isSo)) return;
    await cluster.wait(5);
  }
}

async function create({ api }: Cluster, resource: string, body: object): Promise<void> {
  const { code, body: status } = await api({ ...core, verb: "create", resource, body: { apiVersion: "v1", ...body } });
  if (code !== 201) throw new Error(`Cannot create ${resource}: the API server answered ${JSON.stringify(status)}`);
}
