import { assert, test } from "../../../properties/house/test.ts";
import {
  coreOf,
  decideAll,
  outcomeOf,
  reasonsOf,
  scoresOf,
} from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { podTopologySpread } from "./pod_topology_spread.ts";

const zone = (name: string) => ({ "topology.kubernetes.io/zone": name });
const nodes = [
  { name: "a1", labels: zone("a") },
  { name: "a2", labels: zone("a") },
  { name: "b1", labels: zone("b") },
];
const labels = { app: "web" };
const spread = (whenUnsatisfiable: string, maxSkew = 1) => ({
  topologySpreadConstraints: [
    { maxSkew, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable, labelSelector: { matchLabels: labels } },
  ],
});
const skewed = ["node(s) didn't match pod topology spread constraints"];

test("podTopologySpread keeps the skew of a hard rule", () => {
  const core = coreOf({ nodes, pods: [{ name: "there", node: "a1", labels }] });
  const pod = podOf({ name: "p", labels, spec: spread("DoNotSchedule") });
  assert.deepEqual(reasonsOf(podTopologySpread, core, pod), { a1: skewed, a2: skewed, b1: [] });
  const wider = podOf({ name: "p", labels, spec: spread("DoNotSchedule", 2) });
  assert.deepEqual(reasonsOf(podTopologySpread, core, wider), { a1: [], a2: [], b1: [] });
});

test("podTopologySpread counts neither pods that are being deleted nor those of other namespaces", () => {
  const core = coreOf({
    nodes,
    pods: [
      { name: "leaving", node: "a1", labels, deleted: true },
      { name: "other", node: "a1", labels, namespace: "else" },
    ],
  });
  const pod = podOf({ name: "p", labels, spec: spread("DoNotSchedule") });
  assert.deepEqual(reasonsOf(podTopologySpread, core, pod), { a1: [], a2: [], b1: [] });
});

test("podTopologySpread says when a node lacks the label, and does not count its pods", () => {
  const core = coreOf({ nodes: [...nodes, { name: "bare" }], pods: [{ name: "there", node: "bare", labels }] });
  const pod = podOf({ name: "p", labels, spec: spread("DoNotSchedule") });
  assert.deepEqual(reasonsOf(podTopologySpread, core, pod), {
    a1: [],
    a2: [],
    b1: [],
    bare: ["node(s) didn't match pod topology spread constraints (missing required label)"],
  });
});

test("podTopologySpread leaves nodes out of the count that the pod's affinity rules out", () => {
  const core = coreOf({ nodes, pods: [{ name: "there", node: "a1", labels }] });
  const pod = podOf({ name: "p", labels, spec: { ...spread("DoNotSchedule"), nodeSelector: zone("a") } });
  assert.deepEqual(reasonsOf(podTopologySpread, core, pod).a2, []);
});

test("podTopologySpread scores by the system's rules for pods with an owner", () => {
  const pods = [
    { name: "p1", node: "a1", labels },
    { name: "p2", node: "a1", labels },
  ];
  const core = coreOf({ nodes, pods });
  const pod = podOf({ name: "p", labels, ownerReplicaSet: "web" });
  assert.deepEqual(scoresOf(podTopologySpread, core, pod), { a1: 0, a2: 0, b1: 0 });
  core.related.setOwner({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "web", namespace: "default" },
    spec: { selector: { matchLabels: labels } },
  });
  const { a1 = 0, a2 = 0, b1 = 0 } = scoresOf(podTopologySpread, core, pod);
  assert.ok(a1 < a2 && a2 < b1, `${a1} ${a2} ${b1}`);
});

test("podTopologySpread spreads a ReplicaSet's pods evenly over nodes and zones", () => {
  const names = Array.from({ length: 12 }, (_, index) => `web-${index}`);
  const zoned = ["a", "b", "c"].flatMap((name) => [1, 2].map((n) => ({ name: `${name}${n}`, labels: zone(name) })));
  const core = coreOf({ nodes: zoned });
  core.related.setOwner({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "web", namespace: "default" },
    spec: { selector: { matchLabels: labels } },
  });
  for (const name of names) core.podSeen(podOf({ name, labels, ownerReplicaSet: "web" }), 0);
  const placed = decideAll(core).map(outcomeOf);
  for (const { name } of zoned) assert.equal(placed.filter((node) => node === name).length, 2);
});

test("podTopologySpread wakes a pod when a node of a new zone joins", () => {
  const pods = [
    { name: "there", node: "a1", labels },
    { name: "full", node: "b1", requests: { cpu: "4" } },
    { name: "p", labels, requests: { cpu: "1" }, spec: spread("DoNotSchedule") },
  ];
  const core = coreOf({ nodes, pods });
  assert.match(
    outcomeOf(decideAll(core)[0]),
    /1 Insufficient cpu, 2 node\(s\) didn't match pod topology spread constraints\./,
  );
  core.nodeSeen({ ...coreOf({ nodes: [{ name: "c1", labels: zone("b") }] }).cache.nodes()[0]?.node } as never, 5);
  assert.equal(outcomeOf(decideAll(core, { nowMs: 5 })[0]), "c1");
});

test("podTopologySpread's sums by label say the same as counting node by node", () => {
  const both = [
    ...spread("DoNotSchedule").topologySpreadConstraints,
    { ...(spread("DoNotSchedule").topologySpreadConstraints[0] as object), topologyKey: "kubernetes.io/hostname" },
  ] as never;
  const pods = [
    { name: "p1", node: "a1", labels },
    { name: "p2", node: "b1", labels },
  ];
  const core = coreOf({ nodes, pods });
  // A node selector that every node matches forces the count; without one the sums are used.
  const selector = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "Exists" }] }],
      },
    },
  };
  const bySums = reasonsOf(
    podTopologySpread,
    core,
    podOf({ name: "p", labels, spec: { topologySpreadConstraints: both } }),
  );
  const byNodes = reasonsOf(
    podTopologySpread,
    core,
    podOf({ name: "p", labels, spec: { topologySpreadConstraints: both, affinity: selector } }),
  );
  assert.deepEqual(bySums, { a1: skewed, a2: [], b1: skewed });
  assert.deepEqual(byNodes, bySums);
});
