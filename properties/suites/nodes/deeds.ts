import { formatTime } from "../../../actors/api/time.ts";
import type { Fields } from "../../../actors/api/types.ts";
import { simulationStartMs } from "../../../runtime/hosts/simulation/simulation.ts";
import type { ModelDeed } from "../model/messages.ts";
import { isOn, type NodePod, type NodesRun, nodeNamed, type Spell } from "./run.ts";

const [heartbeatMs, leaseNamespace] = [10_000, "kube-node-lease"];
const zoneLabel = "topology.kubernetes.io/zone";
const keys = ["not-ready", "unreachable"].map((each) => `node.kubernetes.io/${each}`);
const timeOf = (ms: number) => formatTime(simulationStartMs + ms);
const reports = [
  ["Ready", "KubeletReady"],
  ["MemoryPressure", "KubeletHasSufficientMemory"],
  ["DiskPressure", "KubeletHasNoDiskPressure"],
  ["PIDPressure", "KubeletHasSufficientPID"],
] as const;

/** What a kubelet says of its node. */
function conditions(isReady: boolean, atMs: number) {
  return reports.map(([type, reason]) => ({
    ...{ type, reason, message: "", status: (type === "Ready" && isReady ? "True" : "False") as string },
    ...{ lastHeartbeatTime: timeOf(atMs), lastTransitionTime: timeOf(atMs) },
  }));
}

/** All that users and kubelets do, until a time. */
export function deedsOf({ zones, pods, workload }: NodesRun, untilMs: number): readonly ModelDeed[] {
  const ofNodes = zones.flatMap((zone, index) => {
    const spells = workload.filter(({ node }) => node === index);
    return [...life({ zone, index, spells, untilMs }), ...spells.filter(isClosing).flatMap(closing)];
  });
  return [...ofNodes, ...pods.map(podDeed)].toSorted((a, b) => a.atMs - b.atMs);
}

interface Life {
  readonly zone: string;
  readonly index: number;
  readonly spells: readonly Spell[];
  readonly untilMs: number;
}

/** How a node comes, says that it lives, and how it is when that has changed; and goes, and comes again. */
function life({ zone, index, spells, untilMs }: Life): ModelDeed[] {
  const name = nodeNamed(index);
  const deeds: ModelDeed[] = [];
  const is = (what: Spell["what"], ms: number) => spells.some((each) => each.what === what && isOn(each, ms));
  const turns = spells.flatMap(({ atMs, forMs }) => (forMs === undefined ? [atMs] : [atMs, atMs + forMs]));
  const beats = Array.from(
    { length: Math.ceil(untilMs / heartbeatMs) },
    (_each, nth) => nth * heartbeatMs + 311 * index,
  );
  let [isThere, wasSilent, said] = [false, false, true];
  const lease = (ms: number): Fields & { readonly metadata: Fields & { readonly name: string } } => ({
    ...{ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name, namespace: leaseNamespace } },
    // To the millisecond, unlike other times.
    spec: { holderIdentity: name, renewTime: new Date(simulationStartMs + ms).toISOString(), leaseDurationSeconds: 40 },
  });
  for (const atMs of [...new Set([...beats, ...turns])].sort((a, b) => a - b)) {
    const isReady = !is("notReady", atMs);
    if (is("gone", atMs)) {
      if (isThere) deeds.push({ op: "remove", atMs, resource: "nodes", name });
      isThere = false;
      continue;
    }
    const isSilent = is("silent", atMs);
    if (!isThere && isSilent) continue;
    if (!isThere) {
      const labels = { "kubernetes.io/hostname": name, ...(zone === "" ? {} : { [zoneLabel]: zone }) };
      const status = { allocatable: { cpu: "8", pods: "110" }, conditions: conditions(isReady, atMs) };
      const spec = is("closed", atMs) ? { unschedulable: true } : {};
      const object = { apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec, status };
      deeds.push({ op: "put", atMs, resource: "nodes", object });
    } else if (!isSilent && (wasSilent || isReady !== said)) {
      const patch = { status: { conditions: conditions(isReady, atMs) } };
      deeds.push({ op: "merge", atMs, resource: "nodes", name, patch });
    }
    [isThere, wasSilent] = [true, isSilent];
    if (isSilent) continue;
    said = isReady;
    deeds.push({ op: "put", atMs, resource: "leases", object: lease(atMs) });
  }
  return deeds;
}

const isClosing = ({ what }: Spell) => what === "closed";

function closing({ node, atMs, forMs }: Spell): ModelDeed[] {
  const merge = (ms: number, unschedulable: boolean): ModelDeed => {
    return { op: "merge", atMs: ms, resource: "nodes", name: nodeNamed(node), patch: { spec: { unschedulable } } };
  };
  return [merge(atMs, true), ...(forMs === undefined ? [] : [merge(atMs + forMs, false)])];
}

function podDeed({ node, bearsSeconds }: NodePod, index: number): ModelDeed {
  const tolerations = keys.map((key) => ({
    ...{ key, operator: "Exists", effect: "NoExecute" },
    ...(bearsSeconds === "ever" ? {} : { tolerationSeconds: bearsSeconds }),
  }));
  const status = { phase: "Running", conditions: [{ type: "Ready", status: "True", lastTransitionTime: timeOf(0) }] };
  const containers = [{ name: "main", image: "app:1" }];
  const spec = { nodeName: nodeNamed(node), containers, tolerations };
  const metadata = { name: `pod-${index}`, namespace: "default" };
  return {
    op: "put",
    atMs: 1_000,
    resource: "pods",
    object: { apiVersion: "v1", kind: "Pod", metadata, spec, status },
  };
}
