import type { EndpointSlice, Service } from "../../../actors/api/types.ts";
import { type ChangeTracker, createChangeTracker } from "../../../actors/kube_proxy/change_tracker.ts";
import { createRuleTable, type RuleTable } from "../../../actors/network/rule_table.ts";
import { type Benchmark, median, secondsOf } from "../benchmark.ts";

const node = "node-0";
const endpointsEach = 10;

/** How long a node's rules take to be made of all Services, and to follow the change of one. */
export const ruleUpdates: Benchmark = {
  name: "rule-updates",
  async run({ isQuick }) {
    const count = isQuick ? 100 : 1_000;
    const services = Array.from({ length: count }, (_each, index) => serviceNumber(index));
    const before = services.map((_each, index) => sliceNumber(index, 0));
    const after = services.map((_each, index) => sliceNumber(index, 1));
    const tracker = createChangeTracker(node);
    const table = createRuleTable(node);
    const all = await secondsOf(() => {
      for (const each of services) tracker.setService(each);
      for (const each of before) tracker.setSlice(each);
      const settings = { node, nodeIps: ["192.168.0.1"] };
      table.apply({ op: "apply", full: true, generation: 1, settings, set: tracker.take().set });
    });
    const updates: number[] = [];
    for (const [index, slice] of after.entries()) {
      updates.push(await secondsOf(() => update({ tracker, table }, slice, before[index])));
    }
    const of = `${count.toLocaleString("en")} Services, ${(count * endpointsEach).toLocaleString("en")} endpoints`;
    return [
      { what: `all rules of a node, ${of}`, value: all * 1_000, unit: "ms", better: "less" },
      { what: `rules follow one Service, ${of}`, value: median(updates) * 1_000_000, unit: "us", better: "less" },
    ];
  },
};

interface Parts {
  readonly tracker: ChangeTracker;
  readonly table: RuleTable;
}

function update({ tracker, table }: Parts, slice: EndpointSlice, previous: EndpointSlice | undefined) {
  tracker.setSlice(slice, previous);
  const base = table.generation();
  table.apply({ op: "apply", full: false, node, base, generation: base + 1, ...tracker.take() });
}

function serviceNumber(index: number): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `service-${index}`, namespace: "default" },
    spec: { clusterIP: `10.96.${index >> 8}.${index & 255}`, ports: [{ port: 80 }] },
    status: {},
  };
}

/** In each round one more of its endpoints is another one. */
function sliceNumber(index: number, round: number): EndpointSlice {
  const name = `service-${index}`;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${name}-abcde`, namespace: "default", labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "", port: 8080, protocol: "TCP" }],
    endpoints: Array.from({ length: endpointsEach }, (_each, at) => ({
      addresses: [`10.${128 + at + round}.${index >> 8}.${index & 255}`],
      conditions: { ready: true },
      nodeName: `node-${at}`,
    })),
  };
}
