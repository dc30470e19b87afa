import fc from "fast-check";
import type { PodSpec, PodTemplateSpec } from "../../actors/api/types.ts";
import { nodeName, type Topology } from "../../scenarios/cluster/topology.ts";
import type { Command } from "../workload/command.ts";
import { brokenImages, failingImage, jobImage, podSpec } from "../workload/manifests.ts";
import { imageNames } from "./topology.ts";
import { workloadMsMax } from "./workload.ts";

type Errand = fc.Arbitrary<readonly Command[]>;

/** What an errand is run in. */
export interface ErrandPlace {
  readonly topology: Topology;
  /** Whether nodes are just large enough for what else there is. */
  readonly isTight: boolean;
}

const atMs = fc.nat(workloadMsMax - 6_000);
const laterMs = fc.integer({ min: 500, max: 6_000 });
const image = fc.constantFrom(...imageNames);
const deployment = fc.constantFrom("web", "api", "db");
const hostname = "kubernetes.io/hostname";

/** A ReplicationController of its own, whose pods are all like that. */
export interface Crew {
  readonly name: string;
  readonly namespace?: string;
  readonly replicas: number;
  readonly spec: PodSpec;
}

/** The command that makes one. */
export function makeCrew(ms: number, { name, namespace = "default", replicas, spec }: Crew): Command {
  const selector = { app: name };
  const template: PodTemplateSpec = { metadata: { labels: selector }, spec };
  const object = {
    ...{ apiVersion: "v1", kind: "ReplicationController" },
    ...{ metadata: { name, namespace }, spec: { replicas, selector, template } },
  };
  return { op: "make", kind: "ReplicationController", namespace, name, atMs: ms, object };
}

const make = (ms: number, kind: "LimitRange" | "PodDisruptionBudget" | "ResourceQuota", object: object): Command => {
  const { name, namespace } = (object as { metadata: { name: string; namespace: string } }).metadata;
  return { op: "make", kind, namespace, name, atMs: ms, object: { ...object, kind } };
};

/** Pods that ask for places of their own: not beside each other, on one node, on any but that, or evenly. */
function placements({ nodes }: Topology): Errand {
  const ways = fc.constantFrom("apart", "ports", "pinned", "elsewhere", "evenly");
  return fc
    .record({ atMs, image, way: ways, node: fc.nat(nodes - 1), replicas: fc.integer({ min: 1, max: nodes }) })
    .map(({ atMs: ms, image: of, way, node, replicas }) => {
      const isAnywhere = way !== "elsewhere" || nodes > 1;
      const spec = { ...podSpec({ image: of }), ...placed(isAnywhere ? way : "evenly", nodeName(node)) };
      return [makeCrew(ms, { name: way, replicas, spec: way === "ports" ? withHostPort(spec) : spec })];
    });
}

function placed(way: string, node: string): Partial<PodSpec> {
  const labelSelector = { matchLabels: { app: way } };
  if (way === "pinned") return { nodeSelector: { [hostname]: node } };
  if (way === "apart") {
    const term = { labelSelector, topologyKey: hostname };
    return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
  }
  if (way === "elsewhere") {
    const matchExpressions = [{ key: hostname, operator: "NotIn", values: [node] }];
    const required = { nodeSelectorTerms: [{ matchExpressions }] };
    return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
  }
  if (way !== "evenly") return {};
  const spread = { maxSkew: 1, topologyKey: hostname, whenUnsatisfiable: "DoNotSchedule", labelSelector };
  return { topologySpreadConstraints: [spread] };
}

function withHostPort(spec: PodSpec): PodSpec {
  const ports = [{ containerPort: 80, hostPort: 8080 }];
  return { ...spec, containers: spec.containers.map((each) => ({ ...each, ports })) };
}

/** No node, or only some, takes pods for a while, so that those made meanwhile have to be woken. */
function closures({ nodes }: Topology): Errand {
  return fc
    .record({
      atMs,
      laterMs,
      image,
      effect: fc.constantFrom("cordon" as const, "NoSchedule" as const, "NoExecute" as const),
      open: fc.constantFrom(0, 0, 1),
      afterMs: fc.integer({ min: 300, max: 2_000 }),
    })
    .map(({ atMs: ms, laterMs: later, image: of, effect, open, afterMs }) => {
      const spec = podSpec({ image: of });
      const shut = Array.from({ length: Math.max(1, nodes - open) }, (_each, index) => nodeName(index));
      const turn = (name: string, isOn: boolean): Command => {
        const when = { name, atMs: isOn ? ms : ms + afterMs + later, isOn };
        return effect === "cordon" ? { op: "cordon", ...when } : { op: "taint", effect, ...when };
      };
      return [
        ...shut.map((name) => turn(name, true)),
        makeCrew(ms + afterMs, { name: "waiting", replicas: 2, spec }),
        ...shut.map((name) => turn(name, false)),
      ];
    });
}

/** A namespace in which less is granted than is asked for, until more is, or less is asked for. */
const wards: Errand = fc
  .record({
    atMs: fc.nat(workloadMsMax - 9_000),
    laterMs,
    image,
    hard: fc.integer({ min: 1, max: 3 }),
    more: fc.integer({ min: 1, max: 2 }),
    grants: fc.boolean(),
    limits: fc.boolean(),
  })
  .map(({ atMs: ms, laterMs: later, image: of, hard, more, grants, limits }) => {
    const [namespace, name] = ["ward", "ward"];
    const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    const metadata = { name, namespace };
    const quota = { apiVersion: "v1", metadata, spec: { hard: { pods: String(hard), "requests.cpu": "2" } } };
    const limit = { type: "Container", defaultRequest: { memory: "16Mi" }, default: { memory: "32Mi" } };
    const range = { apiVersion: "v1", metadata, spec: { limits: [limit] } };
    const replicas = hard + more;
    const what = { namespace, name } as const;
    return [
      { op: "make", kind: "Namespace", namespace: "", name: namespace, atMs: ms, object },
      make(ms, "ResourceQuota", quota),
      ...(limits ? [make(ms, "LimitRange", range)] : []),
      makeCrew(ms + 1_500, { ...what, replicas, spec: podSpec({ image: of }) }),
      ...(grants
        ? [
            {
              ...{ op: "change", kind: "ResourceQuota", ...what, atMs: ms + 1_500 + later },
              patch: { spec: { hard: { pods: String(replicas) } } },
            },
            ...touchesMs.map((afterMs) => touch(Math.max(ms + 1_500 + later, afterMs), what)),
          ]
        : [
            {
              ...{ op: "change", kind: "ReplicationController", ...what, atMs: ms + 1_500 + later },
              patch: { spec: { replicas: hard } },
            },
          ]),
    ] as Command[];
  });

/**
 * A controller that was refused asks again after up to a thousand seconds, as Kubernetes' does, and hears of no quota: who
 * has raised one touches it, at once and when whatever kept that from being seen is over.
 */
const touchesMs = [0, workloadMsMax + 25_000];

function touch(atMs: number, { namespace, name }: { readonly namespace: string; readonly name: string }): Command {
  const patch = { metadata: { annotations: { "example.com/touched-at": `${atMs}ms` } } };
  return { op: "change", kind: "ReplicationController", namespace, name, atMs: atMs + 1_000, patch };
}

/** A Deployment that keeps so many pods whatever anybody asks, and somebody who asks. */
const budgets: Errand = fc
  .record({
    atMs,
    name: deployment,
    bound: fc.constantFrom(
      ...[{ minAvailable: 1 }, { minAvailable: 2 }, { minAvailable: "50%" }, { minAvailable: "34%" }],
      ...[{ maxUnavailable: 1 }, { maxUnavailable: "30%" }, { maxUnavailable: "50%" }],
    ),
    evictions: fc.array(
      fc.record({ afterMs: fc.integer({ min: 500, max: 8_000 }), count: fc.integer({ min: 1, max: 4 }) }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  })
  .map(({ atMs: ms, name, bound, evictions }): Command[] => {
    const metadata = { name, namespace: "default" };
    const spec = { ...bound, selector: { matchLabels: { app: name } } };
    return [
      make(ms, "PodDisruptionBudget", { apiVersion: "policy/v1", metadata, spec }),
      ...evictions.map(({ afterMs, count }): Command => ({ op: "evictPods", name, count, atMs: ms + afterMs })),
    ];
  });

/** A pod that is ready once somebody lets it pass. */
const gates: Errand = fc.record({ atMs, laterMs, image }).map(({ atMs: ms, laterMs: later, image: of }): Command[] => [
  { op: "createPod", name: "gated", image: of, gated: true, atMs: ms },
  { op: "passGate", name: "gated", atMs: ms + later },
]);

/** A Deployment is given an image that comes to nothing, and then one that does; where there is room it is scaled, too. */
function mistakes(isTight: boolean): Errand {
  return fc
    .record({
      ...{ atMs, laterMs, image, name: deployment },
      broken: fc.constantFrom(...Object.keys(brokenImages)),
      replicas: fc.option(fc.nat(4), { nil: undefined }),
    })
    .map(({ atMs: ms, laterMs: later, image: of, name, broken, replicas }): Command[] => [
      { op: "setImage", name, image: broken, atMs: ms },
      ...(replicas === undefined || isTight ? [] : [{ op: "scale", name, replicas, atMs: ms + (later >> 1) } as const]),
      { op: "setImage", name, image: of, atMs: ms + later },
    ]);
}

/** Jobs of all sorts: numbered, failing, begun late, gone once they have ended. */
const tasks: Errand = fc
  .record({
    ...{ atMs, laterMs },
    completions: fc.integer({ min: 1, max: 4 }),
    parallelism: fc.integer({ min: 1, max: 3 }),
    isIndexed: fc.boolean(),
    fails: fc.constantFrom(false, false, true),
    waits: fc.boolean(),
    lives: fc.constantFrom(undefined, undefined, 3),
  })
  .map(({ atMs: ms, laterMs: later, isIndexed, fails, waits, lives, ...sizes }): Command[] => {
    const what = { kind: "Job", namespace: "default", name: "task" } as const;
    const template = { spec: { ...podSpec({ image: fails ? failingImage : jobImage }), restartPolicy: "Never" } };
    const spec = {
      ...{ ...sizes, template },
      ...(isIndexed ? { completionMode: "Indexed" } : {}),
      ...(fails ? { backoffLimit: 0 } : {}),
      ...(waits ? { suspend: true } : {}),
      ...(lives === undefined ? {} : { ttlSecondsAfterFinished: lives }),
    };
    const metadata = { name: what.name, namespace: what.namespace };
    const made: Command = {
      op: "make",
      ...what,
      atMs: ms,
      object: { apiVersion: "batch/v1", kind: "Job", metadata, spec },
    };
    return waits ? [made, { op: "change", ...what, atMs: ms + later, patch: { spec: { suspend: false } } }] : [made];
  });

/** Pods that matter more come, drive others off where there is no room, and go again. */
const emergencies: Errand = fc
  .record({ atMs, laterMs, image, replicas: fc.integer({ min: 1, max: 3 }) })
  .map(({ atMs: ms, laterMs: later, image: of, replicas }): Command[] => {
    const name = "urgent";
    const metadata = { name };
    const rank = { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata, value: 1000 };
    const spec = { ...podSpec({ image: of }), priorityClassName: name };
    const crew = { kind: "ReplicationController", namespace: "default", name } as const;
    return [
      { op: "make", kind: "PriorityClass", namespace: "", name, atMs: ms, object: rank },
      makeCrew(ms + 500, { name, replicas, spec }),
      { op: "drop", ...crew, atMs: ms + 1_500 + later, propagationPolicy: "Background" },
    ];
  });

/** What comes up now and then, beside all else that users do. */
export function errands({ topology, isTight }: ErrandPlace): Errand {
  const anywhere = [budgets, mistakes(isTight), mistakes(isTight), emergencies];
  const roomy = [placements(topology), placements(topology), closures(topology), gates, wards, tasks];
  const one = fc.oneof(...anywhere, ...(isTight ? [] : roomy));
  const some = fc.uniqueArray(one, {
    minLength: 1,
    maxLength: 3,
    selector: ([first]) => `${first?.op} ${first?.name}`,
  });
  return fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: some.map((all) => all.flat()) });
}
