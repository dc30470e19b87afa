import type { Frozen, Node, NodeSpec, Pod, PodSpec, Taint } from "../../../actors/api/types.ts";

/** What a test says of a node; all else is as on any node. */
export interface NodeSketch {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
  /** Default: 4 CPUs, 8 GiB and 110 pods. */
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly images?: readonly { names: string[]; sizeBytes: number }[];
}

/** A node as the API shows it. */
export function nodeOf({
  name,
  labels = {},
  taints,
  unschedulable,
  allocatable = {},
  images = [],
}: NodeSketch): Frozen<Node> {
  const spec: NodeSpec = {};
  if (taints) spec.taints = [...taints];
  if (unschedulable) spec.unschedulable = true;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, uid: `node-${name}`, labels: { "kubernetes.io/hostname": name, ...labels } },
    spec,
    status: {
      allocatable: { cpu: "4", memory: "8Gi", pods: "110", "ephemeral-storage": "100Gi", ...allocatable },
      images: [...images],
    },
  };
}

/** What a test says of a pod. */
export interface PodSketch {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly priority?: number;
  readonly requests?: Readonly<Record<string, string>>;
  readonly hostPorts?: readonly number[];
  readonly image?: string;
  readonly ownerReplicaSet?: string;
  readonly deleted?: boolean;
  readonly phase?: string;
  readonly spec?: Partial<PodSpec>;
}

/** A pod as the API shows it. */
export function podOf(sketch: PodSketch): Frozen<Pod> {
  const { name, namespace = "default", uid = `pod-${namespace}-${name}`, labels = {}, node, priority = 0 } = sketch;
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", uid: "rs", controller: true };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      uid,
      labels,
      ...(sketch.ownerReplicaSet === undefined
        ? {}
        : { ownerReferences: [{ ...owner, name: sketch.ownerReplicaSet }] }),
      ...(sketch.deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: {
      schedulerName: "default-scheduler",
      priority,
      ...(node === undefined ? {} : { nodeName: node }),
      containers: [
        {
          name: "main",
          image: sketch.image ?? "nginx",
          resources: { requests: sketch.requests ?? {} },
          ports: (sketch.hostPorts ?? []).map((hostPort) => ({ containerPort: hostPort, hostPort })),
        },
      ],
      ...sketch.spec,
    },
    status: { phase: sketch.phase ?? "Pending" },
  };
}
