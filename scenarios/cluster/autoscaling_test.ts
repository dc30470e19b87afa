import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";

const namespace = "default";
const requests = { cpu: "200m" };

/** A Deployment of pods that use nine tenths of what they request. */
const work = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "work", namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "work" } },
    template: {
      metadata: { labels: { app: "work" }, annotations: { "metrics.kubetroupe.dev/hits": "7" } },
      spec: {
        containers: [
          { name: "c", image: "work:1", env: [{ name: "TROUPE_CPU_MILLIS", value: "180" }], resources: { requests } },
        ],
      },
    },
  },
};
const autoscaler = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "work", namespace },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "work" },
    maxReplicas: 3,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }],
  },
};

test("a cluster measures its pods and nodes, tells what objects report, and grows a Deployment by it", async () => {
  await using cluster = await createCluster({ seed: 3, topology: { nodes: 2, stores: 1, apiservers: 1 } });
  const read = async (
    group: string,
    version: string,
    rest: { resource: string; name?: string; subresource?: string; namespace?: string },
  ) => {
    const { code, body } = await cluster.api({
      verb: rest.name === undefined ? "list" : "get",
      group,
      version,
      ...rest,
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of all kinds are looked into
    return { code, body: body as any };
  };
  const create = (group: string, version: string, resource: string, object: object) =>
    cluster.api({ verb: "create", group, version, resource, namespace, body: JSON.stringify(object) });
  await create("apps", "v1", "deployments", work);
  await create("autoscaling", "v2", "horizontalpodautoscalers", autoscaler);
  await cluster.wait(90_000);
  const deployment = await read("apps", "v1", { resource: "deployments", namespace, name: "work" });
  assert.equal(deployment.body.status.readyReplicas, 3);
  const pods = await read("metrics.k8s.io", "v1beta1", { resource: "pods", namespace });
  assert.deepEqual(
    pods.body.items.map(({ containers }: { containers: object }) => containers),
    Array.from({ length: 3 }, () => [{ name: "c", usage: { cpu: "180m", memory: "4Mi" } }]),
  );
  const [{ metadata }] = pods.body.items;
  const one = await read("metrics.k8s.io", "v1beta1", { resource: "pods", namespace, name: metadata.name });
  assert.deepEqual([one.code, one.body.kind, one.body.metadata.labels.app], [200, "PodMetrics", "work"]);
  const nodes = await read("metrics.k8s.io", "v1beta1", { resource: "nodes" });
  const millis = nodes.body.items.map(({ usage }: { usage: { cpu: string } }) => Number.parseInt(usage.cpu, 10));
  assert.equal(millis[0] + millis[1], 540);
  const missing = await read("metrics.k8s.io", "v1beta1", { resource: "pods", namespace, name: "none" });
  assert.deepEqual([missing.code, missing.body.message], [404, 'podmetrics.metrics.k8s.io "default/none" not found']);
  const hits = await read("custom.metrics.k8s.io", "v1beta2", {
    resource: "pods",
    namespace,
    name: "*",
    subresource: "hits",
  });
  assert.deepEqual(
    hits.body.items.map(({ value }: { value: string }) => value),
    ["7", "7", "7"],
  );
  const labels = { "kubetroupe.dev/external-metrics": "", queue: "orders" };
  await create("", "v1", "configmaps", { metadata: { name: "outside", namespace, labels }, data: { jobs: "30" } });
  const jobs = await read("external.metrics.k8s.io", "v1beta1", { resource: "jobs", namespace });
  assert.deepEqual(
    jobs.body.items.map(({ value, metricLabels }: { value: string; metricLabels: object }) => [value, metricLabels]),
    [["30", { queue: "orders" }]],
  );
});
