import { assert, test } from "../../properties/house/test.ts";
import { createCluster } from "../../scenarios/cluster/create_cluster.ts";
import { proxyAddress } from "../../scenarios/cluster/topology.ts";
import type { EndpointSlice, KubeList } from "../api/types.ts";
import { createAffinity } from "../network/affinity.ts";
import { choose } from "../network/choose.ts";
import { createRuleTable } from "../network/rule_table.ts";
import type { KubeProxyData } from "./data.ts";
import { settingsOf } from "./data.ts";

const labels = { app: "web" };
const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 4,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx" }] } },
  },
};
const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { type: "NodePort", selector: labels, ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }] },
};

test("a cluster with kube-proxies leads connections on every node to the pods of a Service, and to the API", async () => {
  await using cluster = await createCluster({ topology: { nodes: 2, stores: 1, apiservers: 2, proxies: true } });
  const { host, api } = cluster;
  const at = { namespace: "default" };
  const body = (object: object) => JSON.stringify(object);
  await api({ verb: "create", group: "apps", resource: "deployments", ...at, body: body(deployment) });
  await api({ verb: "create", resource: "services", ...at, body: body(service) });
  host.advance(20_000);
  const pods = (await api({ verb: "list", resource: "pods", ...at })).body as unknown as KubeList;
  const ips = (pods.items as unknown as { status: { podIP: string } }[]).map(({ status }) => status.podIP).sort();
  assert.equal(ips.length, 4);
  const answer = await api({ verb: "list", group: "discovery.k8s.io", resource: "endpointslices", ...at });
  const slices = (answer.body as unknown as KubeList<EndpointSlice>).items;
  assert.deepEqual(slices.map(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"]).sort(), [
    "kubernetes",
    "web",
  ]);

  for (const node of [0, 1]) {
    const data = host.dataOf(proxyAddress(node)) as KubeProxyData;
    const { rules } = data.tracker;
    assert.deepEqual(
      rules.get("default/web")?.cluster.map(({ ip }) => ip),
      ips,
    );
    assert.deepEqual(rules.get("default/kubernetes:https")?.cluster, [
      { ip: "172.18.0.2", port: 6443 },
      { ip: "172.18.0.3", port: 6443 },
    ]);
    const settings = settingsOf(data);
    assert.equal(settings.nodeIps.length, 1);
    const table = createRuleTable(settings.node);
    table.apply({ op: "apply", full: true, generation: 1, settings, set: [...rules.values()] });
    const seen = new Set<string>();
    for (let index = 0; index < 4; index++) {
      const options = { random: index / 4, nowMs: 0, affinity: createAffinity() };
      const to = { protocol: "tcp", source: "203.0.113.7", ip: settings.nodeIps[0] ?? "", port: 30_080 } as const;
      const choice = choose(table, to, options);
      if (choice.kind === "forward") seen.add(choice.to.ip);
    }
    assert.deepEqual([...seen].sort(), ips);
  }
});
