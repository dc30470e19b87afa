import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodReady } from "../../actors/api/pod.ts";
import { parseTime } from "../../actors/api/time.ts";
import type { Deployment, Frozen, Lease, Node, Pod, ReplicaSet } from "../../actors/api/types.ts";
import { type Command, podsWantedAfter, wantedAfter } from "../workload/command.ts";
import { isLeft, podsOfControllers, unconvergedChore } from "./chore_convergence.ts";
import { unconvergedCloud } from "./cloud_convergence.ts";
import { podsOfSets, unconvergedSet } from "./set_convergence.ts";
import type { World } from "./world.ts";

/** Who leads renews every two seconds. */
const renewedWithinMs = 2_600;

/**
 * What keeps the cluster from being as its user wants it; undefined when nothing does: all nodes are Ready, the
 * Deployments are those that were asked for, complete and observed, and the pods are just theirs, running and ready.
 */
export function unconverged(world: World): string | undefined {
  return (
    unreadyNode(world) ??
    leaderless(world) ??
    unwantedDeployment(world) ??
    incompleteDeployment(world) ??
    strayReplicaSet(world) ??
    unconvergedSet(world) ??
    unconvergedChore(world) ??
    unconvergedCloud(world) ??
    strayPod(world)
  );
}

function unreadyNode(world: World): string | undefined {
  const nodes = world.list<Node>("/registry/minions/");
  const { nodes: expected } = world.definition.topology;
  if (nodes.length < expected) return `${nodes.length} of ${expected} nodes are registered`;
  for (const node of nodes) {
    const ready = node.status.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status !== "True") return `Node ${node.metadata.name} is not Ready: ${ready?.reason ?? "no condition"}`;
    const [taint] = node.spec.taints ?? [];
    if (taint) return `Node ${node.metadata.name} has the taint ${taint.key}`;
  }
  return undefined;
}

/** After a manager's crash its lease has to run out before the next one, or it itself again, does what is left to do. */
function leaderless(world: World): string | undefined {
  const lease = world.get<Lease>("/registry/leases/kube-system/kube-controller-manager");
  const renewedMs = parseTime(lease?.spec?.renewTime ?? "");
  const nowMs = world.startMs + world.simulation.uptimeMs();
  return renewedMs === undefined || nowMs - renewedMs < renewedWithinMs
    ? undefined
    : `nobody has led as kube-controller-manager for ${nowMs - renewedMs} ms`;
}

/** Also says whether an acknowledged command was lost. */
function unwantedDeployment(world: World): string | undefined {
  const wanted = wantedAfter(world.definition.workload);
  const present = world.list<Deployment>("/registry/deployments/");
  for (const [name, { replicas, image }] of wanted) {
    const found = present.find(({ metadata }) => metadata.name === name);
    if (!found) return `Deployment ${name} is not there`;
    if (found.spec.replicas !== replicas)
      return `Deployment ${name} asks for ${found.spec.replicas} replicas, ${replicas} were asked for`;
    const has = found.spec.template.spec?.containers[0]?.image;
    if (has !== image) return `Deployment ${name} has image ${has}, ${image} was asked for`;
  }
  const extra = present.find(({ metadata }) => !wanted.has(metadata.name));
  return extra && `Deployment ${extra.metadata.name} is there, and was deleted or never asked for`;
}

function incompleteDeployment(world: World): string | undefined {
  for (const { metadata, spec, status } of world.list<Deployment>("/registry/deployments/")) {
    const wanted = spec.replicas ?? 1;
    const shown = `observed ${status.observedGeneration} of ${metadata.generation}, ${status.replicas ?? 0} replicas, ${status.updatedReplicas ?? 0} updated, ${status.availableReplicas ?? 0} available of ${wanted}`;
    const isComplete =
      status.observedGeneration === metadata.generation &&
      (status.replicas ?? 0) === wanted &&
      (status.updatedReplicas ?? 0) === wanted &&
      (status.availableReplicas ?? 0) === wanted;
    if (!isComplete) return `Deployment ${metadata.name} is not complete: ${shown}`;
  }
  return undefined;
}

function strayReplicaSet(world: World): string | undefined {
  const living = new Set(world.list<Deployment>("/registry/deployments/").map(({ metadata }) => metadata.uid));
  const stray = world
    .list<ReplicaSet>("/registry/replicasets/")
    .find((set) => !living.has(getControllerOf(set)?.uid ?? ""));
  return stray && `ReplicaSet ${stray.metadata.name} has no Deployment`;
}

function strayPod(world: World): string | undefined {
  const { workload } = world.definition;
  const wanted = podsWantedAfter(workload);
  const replicaSets = world.list<ReplicaSet>("/registry/replicasets/");
  const sets = new Map<string, number>([
    ...replicaSets.map((set) => [set.metadata.uid ?? "", set.spec.replicas ?? 0] as const),
    ...podsOfSets(world),
    ...podsOfControllers(world),
  ]);
  for (const pod of world.list<Pod>("/registry/pods/")) {
    const { metadata, status, spec } = pod;
    if (metadata.deletionTimestamp) return `Pod ${metadata.name} is still being deleted`;
    if (isLeft(world, pod)) continue;
    if (!spec.nodeName) return `Pod ${metadata.name} is not bound`;
    // A node that is full until an old container has stopped refuses a pod for good; its owner makes another one beside it.
    if (status.reason?.startsWith("OutOf")) continue;
    if (!isPodReady(pod)) return `Pod ${metadata.name} on ${spec.nodeName} is ${status.phase}, and not ready`;
    const owner = getControllerOf(pod as Frozen<Pod>)?.uid;
    if (owner === undefined && wanted.has(metadata.name)) continue;
    const left = sets.get(owner ?? "");
    if (left === undefined) return `Pod ${metadata.name} has no owner`;
    sets.set(owner ?? "", left - 1);
  }
  for (const [uid, left] of sets) if (left !== 0) return `The set ${uid} has ${-left} pods too many`;
  // A pod without an owner goes with its node, or makes room, and nobody makes another.
  if (world.definition.topology.clouds || workload.some(drivesOff)) return undefined;
  const missing = [...wanted].find((name) => !world.get(`/registry/pods/default/${name}`));
  return missing && `Pod ${missing} is not there`;
}

/** Whether pods may go because of it that nobody has deleted. */
function drivesOff(command: Command): boolean {
  if (command.op === "taint") return command.effect === "NoExecute";
  return command.op === "deleteNode" || (command.op === "make" && command.kind === "PriorityClass");
}
