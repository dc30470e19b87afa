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
  // Who tells of it watches.
  await cluster.wait(100);
  const jobs = await read("external.metrics.k8s.io", "v1beta1", { resource: "jobs", namespace });
  assert.deepEqual(
    jobs.body.items.map(({ value, metricLabels }: { value: string; metricLabels: object }) => [value, metricLabels]),
    [["30", { queue: "orders" }]],
  );
});

test("an autoscaler grows a Deployment of resource consumers by what they were asked to use, and the rest share it", async () => {
  await using cluster = await createCluster({ topology: { nodes: 2, stores: 1, apiservers: 1, traffic: true } });
  const create = async (group: string, version: string, resource: string, object: object) => {
    const body = JSON.stringify(object);
    const { code } = await cluster.api({ verb: "create", group, version, resource, namespace, body });
    assert.equal(code, 201, resource);
  };
  const images = "registry.k8s.io/e2e-test-images";
  const service = (name: string, clusterIP: string) => ({
    ...{ apiVersion: "v1", kind: "Service", metadata: { name } },
    spec: { clusterIP, selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  const deployment = (name: string, container: object) => ({
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "c", ...container }] } },
    },
  });
  const target = "load-ctrl/ConsumeCPU?millicores=250&durationSec=30&requestSizeMillicores=20";
  const script = `while true; do wget -qO- --post-data '' 'http://${target}' && sleep 30 || sleep 1; done`;
  const controller = ["resource-consumer-controller", "--consumer-service-name=load", "--consumer-port=80"];
  await create("", "v1", "services", service("load", "10.96.0.80"));
  await create("", "v1", "services", service("load-ctrl", "10.96.0.81"));
  const resources = { requests: { cpu: "500m" }, limits: { cpu: "500m" } };
  await create(
    "apps",
    "v1",
    "deployments",
    deployment("load", { image: `${images}/resource-consumer:1.13`, resources }),
  );
  const agnhost = { image: `${images}/agnhost:2.57`, args: controller };
  await create("apps", "v1", "deployments", deployment("load-ctrl", agnhost));
  await create("apps", "v1", "deployments", deployment("asks", { image: "busybox", command: ["sh", "-c", script] }));
  const scale = { ...autoscaler, metadata: { name: "load", namespace } };
  const spec = { ...scale.spec, scaleTargetRef: { ...scale.spec.scaleTargetRef, name: "load" }, maxReplicas: 5 };
  const resource = { name: "cpu", target: { type: "Utilization", averageUtilization: 20 } };
  await create("autoscaling", "v2", "horizontalpodautoscalers", {
    ...scale,
    spec: { ...spec, metrics: [{ type: "Resource", resource }] },
  });
  await cluster.wait(240_000);
  // biome-ignore lint/suspicious/noExplicitAny: answers of two kinds are looked into
  const list = async (group: string, version: string, resource: string): Promise<any[]> => {
    const { body } = await cluster.api({ verb: "list", group, version, resource, namespace });
    // biome-ignore lint/suspicious/noExplicitAny: as above
    return (body as any).items;
  };
  const [load] = (await list("apps", "v1", "deployments")).filter(({ metadata }) => metadata.name === "load");
  assert.equal(load.status.readyReplicas, 3);
  const used = (await list("metrics.k8s.io", "v1beta1", "pods"))
    .filter(({ metadata }) => metadata.labels.app === "load")
    .map(({ containers }) => Number.parseInt(containers[0].usage.cpu, 10));
  const millis = used.reduce((all, each) => all + each, 0);
  assert.ok(millis > 200 && millis < 300, JSON.stringify(used));
  assert.ok(Math.max(...used) < 250, JSON.stringify(used));
});
