import { type Cluster, createCluster } from "../../cluster/create_cluster.ts";
import { type Benchmark, type BenchmarkOptions, type Measurement, secondsOf } from "../benchmark.ts";

const target = { group: "apps", resource: "deployments", namespace: "default" } as const;
const mergePatch = "application/merge-patch+json" as const;

interface Listed {
  readonly items: readonly { readonly status?: { readonly replicas?: number } }[];
}

/**
 * What control loops do by themselves: 100 Deployments of 100 pods each, from the first one applied until all pods are
 * made and counted in the Deployments' status, then back to none. There are no nodes and no scheduler, which would only
 * take the loops' time.
 */
export const controllers: Benchmark = {
  name: "controllers",
  async run({ isQuick }: BenchmarkOptions) {
    const [deployments, replicas] = isQuick ? [5, 10] : [100, 100];
    const topology = { nodes: 0, stores: 3, apiservers: 2, schedulers: 0 } as const;
    await using cluster = await createCluster({ host: "thread", topology });
    const names = Array.from({ length: deployments }, (_each, index) => `load-${index}`);
    const pods = deployments * replicas;
    const what = (deed: string) => `${deployments} Deployments of ${replicas} pods ${deed}, loops alone`;
    const made = await secondsOf(async () => {
      await Promise.all(names.map((name) => create(cluster, name, replicas)));
      await untilCounted(cluster, pods);
    });
    const gone = await secondsOf(async () => {
      await Promise.all(names.map((name) => scale(cluster, name, 0)));
      await untilCounted(cluster, 0);
    });
    const rate = (deed: string, seconds: number): Measurement => ({
      ...{ what: what(deed), value: pods / seconds, unit: "pods/s", better: "more" },
    });
    return [rate("made", made), rate("given up", gone)];
  },
};

async function create({ api }: Cluster, name: string, replicas: number): Promise<void> {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "nginx" }] } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  const body = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "default" }, spec };
  const { code } = await api({ ...target, verb: "create", body });
  if (code !== 201) throw new Error(`Cannot create Deployment "${name}": the API server answered ${code}`);
}

async function scale({ api }: Cluster, name: string, replicas: number): Promise<void> {
  const body = { spec: { replicas } };
  const { code } = await api({ ...target, verb: "patch", name, body, contentType: mergePatch });
  if (code !== 200) throw new Error(`Cannot scale Deployment "${name}": the API server answered ${code}`);
}

async function untilCounted({ api }: Cluster, pods: number): Promise<void> {
  for (;;) {
    const { body } = await api<Listed>({ ...target, verb: "list" });
    if (body.items.reduce((sum, { status }) => sum + (status?.replicas ?? 0), 0) === pods) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
