import type { Service } from "../../actors/api/types.ts";
import { createChangeTracker } from "../../actors/kube_proxy/change_tracker.ts";
import type { ServicePortRule } from "../../actors/kube_proxy/messages.ts";
import { createRuleTable } from "../../actors/network/rule_table.ts";
import type { World } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { servicesLeadWhereTheySay } from "./services_lead_where_they_say.ts";

const node = { metadata: { name: "node-0" }, status: { addresses: [{ type: "InternalIP", address: "172.18.1.1" }] } };
const endpoint = (ip: string, nodeName: string, conditions: object = { ready: true }) => ({
  addresses: [ip],
  nodeName,
  conditions,
});
const slice = {
  metadata: { name: "web-1", namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
  addressType: "IPv4",
  ports: [{ name: "http", port: 80, protocol: "TCP" }],
  endpoints: [
    endpoint("10.244.0.4", "node-0"),
    endpoint("10.244.1.4", "node-1"),
    endpoint("10.244.1.5", "node-1", { ready: false }),
    endpoint("10.244.1.6", "node-1", { ready: false, serving: true, terminating: true }),
  ],
};

const service = (spec: object = {}) =>
  ({
    metadata: { name: "web", namespace: "default", uid: "u1" },
    spec: {
      ...{ type: "NodePort", clusterIP: "10.96.0.7", clusterIPs: ["10.96.0.7"] },
      ports: [{ name: "http", port: 80, nodePort: 30_080, protocol: "TCP" }],
      ...spec,
    },
    status: {},
  }) as unknown as Service;

/** What the rule says of a node that has the rules of a Service, or else of those, when all is as it is here. */
function judged(now: Service, rules: (sound: readonly ServicePortRule[]) => readonly ServicePortRule[] = (all) => all) {
  const tracker = createChangeTracker("node-0");
  tracker.setService(now);
  tracker.setSlice(slice as never);
  tracker.take();
  const table = createRuleTable("node-0");
  const settings = { node: "node-0", nodeIps: ["172.18.1.1"], clusterCidr: "10.128.0.0/9" };
  const set = rules([...tracker.rules.values()]);
  table.apply({ op: "apply", full: true, generation: 1, settings, set });
  const lists: Readonly<Record<string, readonly object[]>> = {
    "/registry/minions/": [node],
    "/registry/services/specs/": [now],
    "/registry/endpointslices/": [slice],
  };
  const world = {
    definition: { topology: { proxies: true } },
    simulation: { dataOf: () => ({ rules: table }) },
    list: (prefix: string) => lists[prefix] ?? [],
  };
  const watch = servicesLeadWhereTheySay.watch(world as unknown as World);
  const before = service({ ports: [{ name: "http", port: 8_080, nodePort: 30_081, protocol: "TCP" }] });
  watch.commit?.({ key: "/registry/services/specs/default/web", object: before } as never);
  return watch.end?.();
}

const each = (change: (rule: ServicePortRule) => object) => (all: readonly ServicePortRule[]) =>
  all.map((rule) => ({ ...rule, ...change(rule) }));

const local = { externalTrafficPolicy: "Local", internalTrafficPolicy: "Local" };
const sticky = { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } };

test("nodes that lead as Services say are well, whatever those say", () => {
  for (const spec of [{}, local, sticky, { type: "ClusterIP", ports: [{ name: "http", port: 80 }] }])
    assert.equal(judged(service(spec)), undefined);
});

test("whoever leads elsewhere, with another address, or again where it should not, is found", () => {
  const cases: readonly (readonly [RegExp, Service, Parameters<typeof judged>[1]])[] = [
    [/comes to pass, not forward/, service(), () => []],
    [/leads to \[10.244.0.4:80\]/, service(), each(({ cluster }) => ({ cluster: cluster.slice(0, 1) }))],
    [/comes to reject, not forward/, service(), each(() => ({ hasEndpoints: false }))],
    [/nodePort tcp\/:30080 from a pod comes to pass/, service(), each(() => ({ nodePort: 0 }))],
    [/by nodePort .* is shown with the node's address/, service(local), each(() => ({ externalPolicy: "Cluster" }))],
    [/clusterIp .* leads to/, service(local), each(({ local: near, cluster }) => ({ local: [...near, ...cluster] }))],
    [/does not keep its clients/, service(sticky), each(() => ({ affinitySeconds: 0 }))],
    [/keeps its clients for too long/, service(sticky), each(() => ({ affinitySeconds: 600 }))],
    [/keeps its clients/, service(), each(() => ({ affinitySeconds: 600 }))],
    [
      /nodePort tcp\/:30081 comes to forward, and is no Service's any more/,
      service(),
      (all) => [
        ...all,
        ...all.map((rule) => ({ ...rule, name: "default/old", clusterIp: "10.96.0.8", nodePort: 30_081 })),
      ],
    ],
  ];
  for (const [says, now, rules] of cases) assert.match(judged(now, rules) ?? "nothing", says);
});
