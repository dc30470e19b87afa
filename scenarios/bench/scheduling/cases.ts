import type { PodSpec } from "../../../actors/api/types.ts";

/** A sort of pods, as the templates of scheduler_perf have them. */
export interface PodTemplate {
  readonly labels?: Readonly<Record<string, string>>;
  readonly priority?: number;
  readonly requests: Readonly<Record<string, string>>;
  readonly spec?: Partial<PodSpec>;
}

/** A workload of scheduler_perf, with the pods a second below which Kubernetes' own runs of it fail. */
export interface SchedulingCase {
  /** Its name there, with that of the workload. */
  readonly name: string;
  /** Absent: that workload has no threshold. */
  readonly threshold?: number;
  readonly nodes: number;
  /** Nodes are dealt out to these in turn. */
  readonly zones?: readonly string[];
  readonly initial: { readonly count: number; readonly template: PodTemplate; readonly namespace: string };
  readonly measured: { readonly count: number; readonly template: PodTemplate; readonly namespace: string };
  /** While pods are placed a node, a Service and a large pod of high priority come and go. */
  readonly churns?: boolean;
}

const requests = { cpu: "100m", memory: "500Mi" };
const zone = "topology.kubernetes.io/zone";

const plain: PodTemplate = { requests };
const lowPriority: PodTemplate = { requests: { cpu: "900m", memory: "500Mi" } };
const highPriority: PodTemplate = { requests: { cpu: "3000m", memory: "500Mi" }, priority: 10 };
/** What comes and goes, and fits nowhere. */
export const largePod: PodTemplate = { requests: { cpu: "9000m", memory: "500Mi" }, priority: 10 };

const nodeAffinity: PodTemplate = {
  requests,
  spec: {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: "In", values: ["zone1", "zone2"] }] }],
        },
      },
    },
  },
};

const namespaces = ["sched-1", "sched-0"];
const podAffinity: PodTemplate = {
  labels: { color: "blue" },
  requests,
  spec: {
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: { color: "blue" } }, topologyKey: zone, namespaces },
        ],
      },
    },
  },
};
const podAntiAffinity: PodTemplate = {
  labels: { color: "green", name: "test" },
  requests,
  spec: {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { color: "green" } },
            topologyKey: "kubernetes.io/hostname",
            namespaces,
          },
        ],
      },
    },
  },
};
const spreading: PodTemplate = {
  labels: { color: "blue" },
  requests,
  spec: {
    topologySpreadConstraints: [
      {
        maxSkew: 5,
        topologyKey: zone,
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: { color: "blue" } },
      },
    ],
  },
};

const batch = (count: number, template: PodTemplate, namespace = "default") => ({ count, template, namespace });
const moons = ["moon-1", "moon-2", "moon-3"];

/** The workloads that the design's budget speaks of, and those beside them. */
export const schedulingCases: readonly SchedulingCase[] = [
  {
    ...{ name: "SchedulingBasic/5000Nodes_10000Pods", threshold: 680, nodes: 5_000 },
    ...{ initial: batch(1_000, plain), measured: batch(10_000, plain) },
  },
  {
    ...{ name: "SchedulingNodeAffinity/5000Nodes_10000Pods", threshold: 220, nodes: 5_000, zones: ["zone1"] },
    ...{ initial: batch(5_000, nodeAffinity), measured: batch(10_000, nodeAffinity) },
  },
  {
    ...{ name: "SchedulingPodAffinity/5000Nodes_5000Pods", threshold: 35, nodes: 5_000, zones: ["zone1"] },
    ...{ initial: batch(5_000, podAffinity, "sched-0"), measured: batch(5_000, podAffinity, "sched-1") },
  },
  {
    ...{ name: "SchedulingPodAntiAffinity/5000Nodes_2000Pods", threshold: 60, nodes: 5_000 },
    ...{ initial: batch(1_000, podAntiAffinity, "sched-0"), measured: batch(2_000, podAntiAffinity, "sched-1") },
  },
  {
    ...{ name: "TopologySpreading/5000Nodes_5000Pods", threshold: 460, nodes: 5_000, zones: moons },
    ...{ initial: batch(5_000, plain), measured: batch(5_000, spreading) },
  },
  {
    ...{ name: "PreemptionBasic/1000Nodes", nodes: 1_000 },
    ...{ initial: batch(4_000, lowPriority), measured: batch(1_000, highPriority) },
  },
  {
    ...{ name: "SchedulingWithMixedChurn/5000Nodes_10000Pods", threshold: 710, nodes: 5_000, churns: true },
    ...{ initial: batch(0, plain), measured: batch(10_000, plain) },
  },
];

/** The same case with much less in it, for trying whether it works. */
export function small(given: SchedulingCase): SchedulingCase {
  const fewer = <T extends { readonly count: number }>(each: T): T => ({ ...each, count: Math.ceil(each.count / 100) });
  return {
    ...given,
    nodes: given.nodes / 100,
    initial: fewer(given.initial),
    measured: fewer(given.measured),
  };
}
