import { hash32 } from "../../../runtime/mod.ts";
import { formatMicroTime, formatTime } from "../../api/time.ts";
import type { ContainerImage, Frozen, Lease, Node, NodeCondition } from "../../api/types.ts";
import type { KubeletInput } from "../messages.ts";
import { type Pressure, pressures } from "./pressure_kinds.ts";

/** The version that this kubelet speaks of itself as. */
export const kubeletVersion = "v1.34.0";
/** The namespace of the nodes' heartbeats. */
export const leaseNamespace = "kube-node-lease";
const leaseDurationSeconds = 40;

/** Until somebody who knows the node's provider has said what it is. */
const uninitialized = {
  key: "node.cloudprovider.kubernetes.io/uninitialized",
  value: "true",
  effect: "NoSchedule",
} as const;

/** What a node has when its input does not say. */
export const capacityDefault = {
  cpu: "4",
  memory: "8Gi",
  "ephemeral-storage": "100Gi",
  "hugepages-1Gi": "0",
  "hugepages-2Mi": "0",
  pods: "110",
} as const;

/** The labels that a kubelet gives its node. */
export function nodeLabels({ node, labels }: KubeletInput): Record<string, string> {
  return {
    "beta.kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": node,
    "kubernetes.io/os": "linux",
    ...labels,
  };
}

/** What a node's object is made from. */
export interface NodeFacts {
  readonly input: KubeletInput;
  readonly hostIps: readonly string[];
  readonly capacity: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly runtime: string;
  readonly nowMs: number;
  /** Why it is not ready. Default: it is. */
  readonly trouble?: string | undefined;
  /** What it lacks. Default: nothing. */
  readonly pressures?: readonly Pressure[];
  /** Default: they are not known, and nothing is said of them. */
  readonly images?: readonly Frozen<ContainerImage>[] | undefined;
}

/** The node as its kubelet registers it. */
export function nodeObject(facts: NodeFacts): Node {
  const { input } = facts;
  const { cloudProvider } = input;
  const podCidrs = input.podCidr.split(",");
  const isExternal = cloudProvider === "external";
  const taints = isExternal ? [...(input.taints ?? []), uninitialized] : input.taints;
  const provided = isExternal ? { "alpha.kubernetes.io/provided-node-ip": facts.hostIps.join(",") } : {};
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: input.node,
      labels: nodeLabels(input),
      annotations: { ...provided, "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: { podCIDR: podCidrs[0] ?? "", podCIDRs: podCidrs, ...(taints === undefined ? {} : { taints: [...taints] }) },
    status: nodeStatus({ ...facts, images: facts.images?.length === 0 ? undefined : facts.images }, undefined),
  };
}

/** What runtimes here can do, as those of containerd say it; a real one's containers have the node's users. */
const featuresOf = ({ runtimeCheckMs }: KubeletInput) => ({
  recursiveReadOnlyMounts: true,
  userNamespaces: runtimeCheckMs === undefined,
});

/** The status of a node; conditions keep the time of their last change. */
export function nodeStatus(facts: NodeFacts, before: Frozen<NodeCondition[]> | undefined): Node["status"] {
  const { input, hostIps, capacity, allocatable, runtime, images } = facts;
  const { node, machine = node } = input;
  return {
    addresses: [...hostIps.map((address) => ({ type: "InternalIP", address })), { type: "Hostname", address: node }],
    allocatable: { ...allocatable },
    capacity: { ...capacity },
    conditions: nodeConditions(facts, before),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    features: { supplementalGroupsPolicy: true },
    ...(images === undefined ? {} : { images: images as ContainerImage[] }),
    nodeInfo: {
      architecture: "amd64",
      bootID: idOf(machine, "boot"),
      containerRuntimeVersion: runtime,
      kernelVersion: "6.12.0",
      // Gone since 1.33 in what it means, but the field is still written, empty.
      kubeProxyVersion: "",
      kubeletVersion,
      machineID: idOf(machine, "machine").replaceAll("-", ""),
      operatingSystem: "linux",
      osImage: "kubetroupe",
      systemUUID: idOf(machine, "system"),
    },
    runtimeHandlers: ["", "runc", "test-handler"].map((name) => ({ name, features: featuresOf(input) })),
  };
}

const healthy = [
  ...pressures.map(({ type, calm }) => [type, "False", `Kubelet${calm.reason}`, calm.message] as const),
  ["Ready", "True", "KubeletReady", "kubelet is posting ready status"],
] as const;

function nodeConditions(
  { nowMs, trouble, pressures: lacks = [] }: NodeFacts,
  before: Frozen<NodeCondition[]> | undefined,
): NodeCondition[] {
  const now = formatTime(nowMs);
  const said = healthy.map((each) => {
    const lack = pressures.find(({ type }) => type === each[0] && lacks.includes(type));
    if (lack) return [lack.type, "True", `Kubelet${lack.pressed.reason}`, lack.pressed.message] as const;
    const isInTrouble = each[0] === "Ready" && trouble !== undefined;
    return isInTrouble ? (["Ready", "False", "KubeletNotReady", trouble] as const) : each;
  });
  return said.map(([type, status, reason, message]) => {
    const old = before?.find((each) => each.type === type);
    const kept = old?.status === status ? old.lastTransitionTime : undefined;
    return { type, status, lastHeartbeatTime: now, lastTransitionTime: kept ?? now, reason, message };
  });
}

/** An id of the form of a UUID that a node has in all its lives. */
function idOf(node: string, what: string): string {
  let text = "";
  for (let word = 0; word < 4; word++) text += wordOf(`${what}/${node}/${word}`);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-8${text.slice(17, 20)}-${text.slice(20)}`;
}

function wordOf(text: string): string {
  return hash32(text).toString(16).padStart(8, "0");
}

/** The node's heartbeat: `before` with its time renewed, or a new one. */
export function leaseObject(
  { node, uid, nowMs }: { readonly node: string; readonly uid: string | undefined; readonly nowMs: number },
  before: Frozen<Lease> | undefined,
): Lease {
  const owner = uid === undefined ? {} : { ownerReferences: [{ apiVersion: "v1", kind: "Node", name: node, uid }] };
  const metadata = before ? { ...before.metadata } : { name: node, namespace: leaseNamespace, ...owner };
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: metadata as Lease["metadata"],
    spec: { holderIdentity: node, leaseDurationSeconds, renewTime: formatMicroTime(nowMs) },
  };
}
