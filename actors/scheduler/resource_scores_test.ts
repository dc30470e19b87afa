import { assert, test } from "../../properties/house/test.ts";
import { coreOf, reasonsOf, scoresOf } from "../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../properties/stages/scheduler/scheduling_objects.ts";
import type { Affinity } from "../api/types.ts";
import type { PluginArguments } from "./configuration/arguments.ts";
import type { Plugin } from "./framework.ts";
import { nodeAffinity } from "./plugins/node_affinity.ts";
import { nodeResourcesBalancedAllocation } from "./plugins/node_resources_balanced_allocation.ts";
import { nodeResourcesFit } from "./plugins/node_resources_fit.ts";
import { podTopologySpread } from "./plugins/pod_topology_spread.ts";

function withArgs<Name extends keyof PluginArguments>(plugin: Plugin, args: PluginArguments[Name]): Plugin {
  return (plugin.configured as (given: PluginArguments[Name]) => Plugin)(args);
}

const gpu = "example.com/gpu";
const nodes = [
  { name: "empty", allocatable: { [gpu]: "4" } },
  { name: "half", allocatable: { [gpu]: "4" } },
];
const pods = [{ name: "there", node: "half", requests: { cpu: "2", memory: "4Gi", [gpu]: "3" } }];
const pod = podOf({ name: "p", requests: { cpu: "1", memory: "2Gi", [gpu]: "1" } });
const scores = (scoringStrategy: PluginArguments["NodeResourcesFit"]["scoringStrategy"] & object) =>
  scoresOf(withArgs<"NodeResourcesFit">(nodeResourcesFit, { scoringStrategy }), coreOf({ nodes, pods }), pod);

test("nodeResourcesFit scores by each of its three strategies, over the resources that it is told", () => {
  assert.deepEqual(scores({ type: "LeastAllocated" }), { empty: 75, half: 25 });
  assert.deepEqual(scores({ type: "MostAllocated" }), { empty: 25, half: 75 });
  const resources = [
    { name: "cpu", weight: 1 },
    { name: gpu, weight: 3 },
  ];
  assert.deepEqual(scores({ type: "MostAllocated", resources }), { empty: 25, half: Math.trunc((75 + 3 * 100) / 4) });
  const shape = [
    { utilization: 0, score: 0 },
    { utilization: 50, score: 10 },
    { utilization: 100, score: 4 },
  ];
  assert.deepEqual(scores({ type: "RequestedToCapacityRatio", requestedToCapacityRatio: { shape } }), {
    empty: 50,
    half: 70,
  });
});

test("nodeResourcesFit leaves what it is told to ignore to others", () => {
  const core = coreOf({ nodes: [{ name: "a" }] });
  const asking = podOf({ name: "p", requests: { [gpu]: "1" } });
  const reasons = (args: PluginArguments["NodeResourcesFit"]) =>
    reasonsOf(withArgs<"NodeResourcesFit">(nodeResourcesFit, args), core, asking).a;
  assert.deepEqual(reasons({}), [`Insufficient ${gpu}`]);
  assert.deepEqual(reasons({ ignoredResources: [gpu] }), []);
  assert.deepEqual(reasons({ ignoredResourceGroups: ["example.com"] }), []);
});

test("nodeResourcesBalancedAllocation weighs the resources that it is told", () => {
  const resources = [{ name: "cpu" }, { name: "memory" }, { name: gpu }];
  const args = { resources };
  const plugin = withArgs<"NodeResourcesBalancedAllocation">(nodeResourcesBalancedAllocation, args);
  const { empty = 0, half = 0 } = scoresOf(plugin, coreOf({ nodes, pods }), pod);
  assert.equal(empty, 100);
  assert.equal(half, Math.trunc((1 - Math.sqrt(2 * (0.25 / 3) ** 2 + (0.5 / 3) ** 2) / Math.sqrt(3)) * 100));
});

test("nodeAffinity asks of every pod what its arguments add", () => {
  const term = { matchExpressions: [{ key: "pool", operator: "In", values: ["batch"] }] };
  const addedAffinity: Affinity["nodeAffinity"] & object = {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
  };
  const core = coreOf({ nodes: [{ name: "a" }, { name: "b", labels: { pool: "batch" } }] });
  const reasons = reasonsOf(withArgs<"NodeAffinity">(nodeAffinity, { addedAffinity }), core, podOf({ name: "p" }));
  assert.deepEqual(reasons, { a: ["node(s) didn't match scheduler-enforced node affinity"], b: [] });
});

test("podTopologySpread spreads pods of an owner by the rules that its arguments list", () => {
  const core = coreOf({
    nodes: [
      { name: "a", labels: { rack: "1" } },
      { name: "b", labels: { rack: "2" } },
    ],
    pods: [{ name: "there", node: "a", labels: { app: "web" } }],
  });
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "default" } };
  core.related.setService({ ...service, spec: { selector: { app: "web" } }, status: { loadBalancer: {} } });
  const constraint = { maxSkew: 1, topologyKey: "rack", whenUnsatisfiable: "DoNotSchedule" };
  const args = { defaultingType: "List", defaultConstraints: [constraint] } as const;
  const plugin = withArgs<"PodTopologySpread">(podTopologySpread, args);
  assert.deepEqual(reasonsOf(plugin, core, podOf({ name: "p", labels: { app: "web" } })), {
    a: ["node(s) didn't match pod topology spread constraints"],
    b: [],
  });
  assert.deepEqual(reasonsOf(plugin, core, podOf({ name: "p" })), { a: [], b: [] });
});
