import fc from "fast-check";
import type { Fields } from "../../../actors/api/types.ts";
import type { ModelDeed } from "../model/messages.ts";
import { workMsMax } from "./nodes.ts";
import { device } from "./pods.ts";

const hostname = "kubernetes.io/hostname";
const required = "requiredDuringSchedulingIgnoredDuringExecution";
/** Keeps others away from nodes where somebody waits. */
const own = { key: "alone", value: "yes", effect: "NoSchedule" } as const;
const held = { key: "held", value: "yes", effect: "NoSchedule" } as const;
const bearsOwn = { key: own.key, operator: "Exists" } as const;

/** What a pod waits for: how things are at first, and the one change after which it has a place. */
interface Wait {
  /** Of the node, beside what all have. */
  readonly node?: { readonly labels?: Fields; readonly spec?: Fields; readonly status?: Fields };
  readonly waits: Fields;
  readonly labels?: Fields;
  /** A pod that is there before. */
  readonly other?: { readonly labels?: Fields; readonly spec: Fields };
  /** What is changed, and how; undefined: it is deleted. */
  readonly gives: { readonly to: "node" | "pod" | "other"; readonly patch: Fields | undefined };
}

const asks = (cpu: string, more: Fields = {}) => ({
  containers: [{ name: "main", image: "app:1", resources: { requests: { cpu, ...more } }, ports: [] }],
});
const withPort = {
  containers: [
    { name: "main", image: "app:1", resources: {}, ports: [{ containerPort: 80, hostPort: 9090, protocol: "TCP" }] },
  ],
};
const near = (app: string) => [{ topologyKey: hostname, labelSelector: { matchLabels: { app } } }];
const [small, large] = [asks("100m"), asks("1500m")];
const apart = { ...small, affinity: { podAntiAffinity: { [required]: near("foe") } } };
const together = { ...small, affinity: { podAffinity: { [required]: near("friend") } } };
const spread = {
  ...small,
  topologySpreadConstraints: [
    {
      ...{ topologyKey: "rack", maxSkew: 1, minDomains: 2, whenUnsatisfiable: "DoNotSchedule" },
      labelSelector: { matchLabels: { app: "foe" } },
    },
  ],
};

/** Each wakes who waits by an event of its own. */
const kinds: readonly Wait[] = [
  { waits: { ...small, nodeSelector: { ready: "yes" } }, gives: { to: "node", patch: labelled({ ready: "yes" }) } },
  { node: { spec: { taints: [own, held] } }, waits: small, gives: { to: "node", patch: { spec: { taints: [own] } } } },
  {
    node: { spec: { taints: [own, held] } },
    waits: small,
    gives: { to: "pod", patch: { spec: { tolerations: [bearsOwn, { key: held.key, operator: "Exists" }] } } },
  },
  {
    node: { spec: { unschedulable: true } },
    waits: small,
    gives: { to: "node", patch: { spec: { unschedulable: false } } },
  },
  { node: allocatable({ cpu: "1" }), waits: large, gives: { to: "node", patch: allocatable({ cpu: "2" }) } },
  { node: allocatable({ cpu: "1" }), waits: large, gives: { to: "pod", patch: { spec: small } } },
  {
    waits: asks("100m", { [device]: "1" }),
    gives: { to: "node", patch: allocatable({ [device]: "1" }) },
  },
  { waits: large, other: { spec: large }, gives: { to: "other", patch: undefined } },
  { waits: large, other: { spec: large }, gives: { to: "other", patch: { status: { phase: "Succeeded" } } } },
  { waits: large, other: { spec: large }, gives: { to: "other", patch: { spec: small } } },
  { waits: withPort, other: { spec: withPort }, gives: { to: "other", patch: undefined } },
  { waits: apart, other: { labels: { app: "foe" }, spec: small }, gives: { to: "other", patch: undefined } },
  {
    waits: apart,
    other: { labels: { app: "foe" }, spec: small },
    gives: { to: "other", patch: labelled({ app: "" }) },
  },
  { waits: small, labels: { app: "foe" }, other: { spec: apart }, gives: { to: "other", patch: undefined } },
  { waits: small, labels: { app: "foe" }, other: { spec: apart }, gives: { to: "pod", patch: labelled({ app: "" }) } },
  { waits: together, other: { spec: small }, gives: { to: "other", patch: labelled({ app: "friend" }) } },
  {
    ...{ node: { labels: { rack: "a" } }, waits: spread, labels: { app: "foe" } },
    ...{ other: { labels: { app: "foe" }, spec: small }, gives: { to: "other", patch: undefined } },
  },
  { waits: spread, gives: { to: "node", patch: labelled({ rack: "a" }) } },
  {
    waits: { ...small, schedulingGates: [{ name: "example.com/gate" }] },
    gives: { to: "pod", patch: { spec: { schedulingGates: null } } },
  },
];

function labelled(labels: Fields): Fields {
  return { metadata: { labels } };
}

function allocatable(amounts: Fields): { readonly status: Fields } {
  return { status: { allocatable: amounts } };
}

interface Times {
  readonly atMs: number;
  readonly afterMs: number;
}

/** A node that only two pods may go to, of which one waits there until one thing is changed, and nothing else. */
function waiting(nth: number, wait: Wait, { atMs, afterMs }: Times): readonly ModelDeed[] {
  const node = `wait-${nth}`;
  const { labels = {}, spec = {}, status = {} } = wait.node ?? {};
  const amounts = { cpu: "2", memory: "4Gi", pods: "110", "ephemeral-storage": "4Gi", [device]: "0" };
  const object = {
    ...{ apiVersion: "v1", kind: "Node", metadata: { name: node, labels: { [hostname]: node, ...labels } } },
    spec: { taints: [own], ...spec },
    status: { allocatable: { ...amounts, ...(status.allocatable as Fields | undefined) } },
  };
  const pod = (name: string, of: Fields, more: Fields = {}) => {
    const nodeSelector = { [hostname]: node, ...(of.nodeSelector as Fields | undefined) };
    const usual = { schedulerName: "default-scheduler", priority: 0, tolerations: [bearsOwn] };
    return {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default", labels: { app: name, ...more } } },
      ...{ spec: { ...usual, ...of, nodeSelector }, status: { phase: "Pending" } },
    };
  };
  const put = (resource: string, ms: number, of: ReturnType<typeof pod> | typeof object): ModelDeed => {
    return { op: "put", atMs: ms, resource, object: of };
  };
  const { to, patch } = wait.gives;
  const name = to === "node" ? node : to === "pod" ? `${node}-pod` : `${node}-other`;
  const place = to === "node" ? { resource: "nodes", name } : { resource: "pods", namespace: "default", name };
  const when = atMs + 600 + afterMs;
  return [
    put("nodes", atMs, object),
    ...(wait.other ? [put("pods", atMs + 100, pod(`${node}-other`, wait.other.spec, wait.other.labels))] : []),
    put("pods", atMs + 600, pod(`${node}-pod`, wait.waits, wait.labels)),
    patch ? { op: "merge", atMs: when, ...place, patch } : { op: "remove", atMs: when, ...place },
  ];
}

/**
 * Pods that wait for one thing each, where nothing else happens that could wake them: whoever misses what wakes them leaves
 * them waiting. None in every other run.
 */
export function waitings(): fc.Arbitrary<readonly ModelDeed[]> {
  const one = fc.record({
    kind: fc.constantFrom(...kinds),
    atMs: fc.nat(workMsMax - 3_600),
    afterMs: fc.integer({ min: 5, max: 2_900 }),
  });
  const some = fc
    .array(one, { minLength: 1, maxLength: 3 })
    .map((all) => all.flatMap(({ kind, ...times }, nth) => waiting(nth, kind, times)));
  return fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some });
}
