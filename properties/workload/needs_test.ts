import fc from "fast-check";
import { makeCrew } from "../arbitraries/errands.ts";
import { runDefinition } from "../arbitraries/run_definition.ts";
import { assert, test } from "../house/test.ts";
import type { Command } from "./command.ts";
import { podSpec } from "./manifests.ts";
import { unmetNeeds } from "./needs.ts";

const topology = { nodes: 2, stores: 1, apiservers: 1 } as const;
const spec = podSpec({ image: "app:1" });
const hostname = "kubernetes.io/hostname";

test("unmetNeeds() finds none in any workload that is drawn", () => {
  const drawn = fc.sample(runDefinition({ traffic: "never" }), { seed: 31, numRuns: 400 });
  for (const { workload, topology: shape } of drawn) {
    assert.deepEqual(unmetNeeds({ workload, topology: shape }), [], JSON.stringify(workload));
  }
});

const chore = (
  kind: "ConfigMap" | "Job" | "Namespace" | "PriorityClass" | "ResourceQuota",
  rest: object,
  name = "it",
) => {
  const object = { metadata: { name, namespace: "ward" }, ...rest };
  return { op: "make", atMs: 0, kind, namespace: kind === "Namespace" ? "" : "ward", name, object } as const;
};
const ward = chore("Namespace", {}, "ward");
const change = (
  kind: "ConfigMap" | "Job" | "ReplicationController" | "ResourceQuota",
  patch: object,
  name = "it",
): Command => ({
  ...{ op: "change", atMs: 0, kind, namespace: "ward", name, patch: patch as Readonly<Record<string, unknown>> },
});
const crew = (replicas: number, of: object = {}, namespace = "ward") =>
  makeCrew(0, { name: "it", namespace, replicas, spec: { ...spec, ...of } });

/** Each of these comes to its end, and does not without its last command. */
const cases: readonly (readonly [lack: string, ...commands: Command[]])[] = [
  [
    "pod it is never let pass",
    { op: "createPod", name: "it", image: "app:1", gated: true, atMs: 0 },
    { op: "passGate", name: "it", atMs: 1 },
  ],
  [
    "it ends with the image broken:1, which comes to nothing",
    { op: "create", name: "it", image: "broken:1", replicas: 1, maxSurge: 1, maxUnavailable: 1, atMs: 0 },
    { op: "setImage", name: "it", image: "app:1", atMs: 1 },
  ],
  [
    "node-0 keeps its cordon",
    { op: "cordon", name: "node-0", isOn: true, atMs: 0 },
    { op: "cordon", name: "node-0", isOn: false, atMs: 1 },
  ],
  [
    "ConfigMap it keeps its finalizer",
    ward,
    chore("ConfigMap", { metadata: { name: "it", finalizers: ["example.com/hold"] } }),
    change("ConfigMap", { metadata: { finalizers: null } }),
  ],
  [
    "Job it is never let go on",
    ward,
    chore("Job", { spec: { suspend: true } }),
    change("Job", { spec: { suspend: false } }),
  ],
  [
    "ward/it is refused, or not told that it is no more",
    ward,
    chore("ResourceQuota", { spec: { hard: { pods: "1" } } }),
    crew(2),
    change("ReplicationController", { spec: { replicas: 1 } }),
  ],
  [
    "ward/it is refused, or not told that it is no more",
    ward,
    chore("ResourceQuota", { spec: { hard: { pods: "1" } } }),
    crew(2),
    change("ResourceQuota", { spec: { hard: { pods: "2" } } }),
    change("ReplicationController", { metadata: { annotations: { touched: "yes" } } }),
  ],
  [
    "default/it has no ConfigMap book",
    crew(1, { volumes: [{ name: "book", configMap: { name: "book" } }] }, "default"),
    { ...chore("ConfigMap", {}, "book"), namespace: "default" },
  ],
];

test("unmetNeeds() says what a workload lacks that has lost one of its commands", () => {
  for (const [lack, ...commands] of cases) {
    assert.deepEqual(unmetNeeds({ workload: commands, topology }), []);
    assert.deepEqual(unmetNeeds({ workload: commands.slice(0, -1), topology }), [lack]);
  }
  assert.deepEqual(unmetNeeds({ workload: [crew(0)], topology }), ["ReplicationController it has no namespace ward"]);
  const urgent = crew(1, { priorityClassName: "urgent" }, "default");
  assert.deepEqual(unmetNeeds({ workload: [urgent], topology }), ["it has no class urgent"]);
});

test("unmetNeeds() says what pods lack when there are fewer nodes", () => {
  const ports = [{ containerPort: 80, hostPort: 8080 }];
  const term = { labelSelector: { matchLabels: { app: "it" } }, topologyKey: hostname };
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } };
  const crews: readonly (readonly [string, Command])[] = [
    ["default/it has no node-1", crew(1, { nodeSelector: { [hostname]: "node-1" } }, "default")],
    ["default/it has no other node", crew(1, { affinity: { nodeAffinity } }, "default")],
    [
      "port 8080 is wanted on more nodes than there are",
      crew(2, { containers: spec.containers.map((each) => ({ ...each, ports })) }, "default"),
    ],
    [
      "default/it has not enough nodes without those that it bears not",
      crew(2, { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }, "default"),
    ],
  ];
  for (const [lack, command] of crews) {
    assert.deepEqual(unmetNeeds({ workload: [command], topology }), []);
    assert.deepEqual(unmetNeeds({ workload: [command], topology: { ...topology, nodes: 1 } }), [lack]);
  }
  const tight = { ...topology, nodeCapacity: { cpu: "100m" } };
  assert.deepEqual(unmetNeeds({ workload: [crew(2, {}, "default")], topology: tight }), []);
  assert.deepEqual(unmetNeeds({ workload: [crew(3, {}, "default")], topology: tight }), [
    "there is no room for all pods",
  ]);
});
