import type { DaemonSet } from "../../actors/api/kinds/daemon_set.ts";
import type { StatefulSet } from "../../actors/api/kinds/stateful_set.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Frozen, Node, Pod } from "../../actors/api/types.ts";
import { wantedSetsAfter } from "../workload/command.ts";
import type { World } from "./world.ts";

/** What keeps the StatefulSets and DaemonSets from being as their user wants them; undefined when nothing does. */
export function unconvergedSet(world: World): string | undefined {
  for (const [name, { set, replicas, image, partition, start }] of wantedSetsAfter(world.definition.workload)) {
    const wanted = set === "DaemonSet" ? world.list<Node>("/registry/minions/").length : replicas;
    const wrong =
      set === "DaemonSet"
        ? daemonsWrong(world, name, wanted)
        : ordinalsWrong(world, { name, wanted, partition, start, image });
    if (wrong) return `${set} ${name} ${wrong}`;
    for (const pod of podsOf(world, name, set)) {
      const has = pod.spec.containers[0]?.image;
      if (set === "StatefulSet" && ordinalOf(pod) < start + partition) continue;
      if (has !== image) return `Pod ${pod.metadata.name} has image ${has}, ${image} was asked for`;
    }
  }
  return undefined;
}

/** How many pods each of them should have, by uid. */
export function podsOfSets(world: World): ReadonlyMap<string, number> {
  const nodes = world.list<Node>("/registry/minions/").length;
  const stateful = world.list<StatefulSet>("/registry/statefulsets/");
  return new Map([
    ...stateful.map(({ metadata, spec }) => [metadata.uid ?? "", spec.replicas ?? 1] as const),
    ...world.list<DaemonSet>("/registry/daemonsets/").map(({ metadata }) => [metadata.uid ?? "", nodes] as const),
  ]);
}

function podsOf(world: World, name: string, kind: string): Frozen<Pod>[] {
  return world.list<Pod>("/registry/pods/").filter((pod) => {
    const owner = getControllerOf(pod);
    return owner?.kind === kind && owner.name === name;
  });
}

interface WantedOrdinals {
  readonly name: string;
  readonly wanted: number;
  readonly partition: number;
  readonly start: number;
  readonly image: string;
}

function ordinalOf({ metadata: { name } }: Frozen<Pod>): number {
  return Number(name.slice(name.lastIndexOf("-") + 1));
}

function ordinalsWrong(world: World, { name, wanted, partition, start, image }: WantedOrdinals): string | undefined {
  const set = world.get<StatefulSet>(`/registry/statefulsets/default/${name}`);
  if (!set) return "is not there";
  const { status, metadata } = set;
  const pods = podsOf(world, name, "StatefulSet");
  const names = pods.map((pod) => pod.metadata.name);
  const missing = Array.from({ length: wanted }, (_each, index) => `${name}-${start + index}`).find(
    (each) => !names.includes(each),
  );
  if (missing || names.length !== wanted) return `has the pods ${names.join()}, ${wanted} were asked for`;
  const counts = [status.replicas, status.readyReplicas ?? 0, status.availableReplicas];
  const updated = pods.filter(({ spec }) => spec.containers[0]?.image === image).length;
  // Where a part stays as it is, it stays of its revision.
  const isOne = status.currentRevision === status.updateRevision || (partition > 0 && updated < wanted);
  const isTold = status.observedGeneration === metadata.generation && isOne;
  return isTold && (status.updatedReplicas ?? 0) === updated && counts.every((each) => each === wanted)
    ? undefined
    : `says ${JSON.stringify(status)}`;
}

function daemonsWrong(world: World, name: string, wanted: number): string | undefined {
  const set = world.get<DaemonSet>(`/registry/daemonsets/default/${name}`);
  if (!set) return "is not there";
  const { status, metadata } = set;
  const places = new Set(podsOf(world, name, "DaemonSet").map(({ spec }) => spec.nodeName));
  if (places.size !== wanted) return `has pods on ${[...places].join()}, and there are ${wanted} nodes`;
  const counts = [status.desiredNumberScheduled, status.numberAvailable ?? 0, status.updatedNumberScheduled ?? 0];
  const isTold = status.observedGeneration === metadata.generation && status.numberMisscheduled === 0;
  return isTold && counts.every((each) => each === wanted) ? undefined : `says ${JSON.stringify(status)}`;
}
