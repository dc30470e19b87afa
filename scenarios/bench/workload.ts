import type { Cluster } from "../cluster/create_cluster.ts";

interface Available {
  readonly items: readonly { readonly status?: { readonly availableReplicas?: number } }[];
}

const target = { group: "apps", resource: "deployments", namespace: "default" } as const;
const podsPerDeployment = 50;

/** Creates Deployments of so many pods in all. */
export async function applyPods({ api }: Cluster, pods: number): Promise<void> {
  const counts = Array.from({ length: Math.ceil(pods / podsPerDeployment) }, (_each, index) =>
    Math.min(podsPerDeployment, pods - index * podsPerDeployment),
  );
  await Promise.all(
    counts.map(async (replicas, index) => {
      const { code } = await api({ ...target, verb: "create", body: deployment(`load-${index}`, replicas) });
      if (code !== 201) throw new Error(`Cannot create a Deployment: the API server answered ${code}`);
    }),
  );
}

/** How many of those pods are Running and available. */
export async function podsAvailable({ api }: Cluster): Promise<number> {
  const { body } = await api<Available>({ ...target, verb: "list" });
  return body.items.reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0);
}

function deployment(name: string, replicas: number) {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: "main", image: "nginx", resources: { requests: { cpu: "10m", memory: "10Mi" } } }],
        },
      },
    },
  };
}
