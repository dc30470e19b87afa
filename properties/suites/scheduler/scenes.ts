import type { Frozen, Node, Pod } from "../../../actors/api/types.ts";
import type { ModelChange, ModelObject } from "../model/messages.ts";
import { nodesFor, type Scene, whyNot } from "./oracle.ts";

/** Nodes and pods as they were from a time on; what comes later is another moment. */
export interface Moment {
  readonly atMs: number;
  readonly nodes: ReadonlyMap<string, Frozen<Node>>;
  readonly pods: ReadonlyMap<string, Frozen<Pod>>;
}

/** So long ago may be what a scheduler knew when it decided, where nothing is wrong. */
const knownMs = 100;

/** The moments of a run, newest last. */
export interface Moments {
  take(change: ModelChange): void;
  now(): Moment;
  /** Those that a scheduler may have known at a time. */
  known(atMs: number): readonly Moment[];
}

/** Begins with nothing. */
export function createMoments(): Moments {
  const all: Moment[] = [{ atMs: 0, nodes: new Map(), pods: new Map() }];
  const now = () => all.at(-1) as Moment;
  return {
    now,
    take({ resource, key, object, atMs }) {
      if (resource !== "nodes" && resource !== "pods") return;
      const changed = new Map<string, ModelObject>(now()[resource] as ReadonlyMap<string, never>);
      if (object) changed.set(key, object);
      else changed.delete(key);
      all.push({ ...now(), [resource]: changed, atMs });
    },
    known: (atMs) => all.filter((_each, index) => (all[index + 1]?.atMs ?? atMs) >= atMs - knownMs),
  };
}

/** Whether a pod waits for a place. */
export function isWaiting({ metadata, spec, status }: Frozen<Pod>): boolean {
  const isOver = status.phase === "Succeeded" || status.phase === "Failed";
  return !spec.nodeName && metadata.deletionTimestamp === undefined && !isOver;
}

/** Who takes room: pods that have a node and have not ended. */
export function sceneOf({ nodes, pods }: Moment): Scene {
  return { nodes: [...nodes.values()], placed: [...pods.values()].filter(isPlaced) };
}

function isPlaced({ spec, status }: Frozen<Pod>): boolean {
  return Boolean(spec.nodeName) && status.phase !== "Succeeded" && status.phase !== "Failed";
}

/** A moment with those who have been bound since: who binds knows of them. */
export function withBound(moment: Moment, now: Moment): Moment {
  const pods = new Map(moment.pods);
  for (const [key, pod] of now.pods) {
    const before = moment.pods.get(key);
    if (pod.spec.nodeName && !before?.spec.nodeName) pods.set(key, pod);
  }
  return { ...moment, pods };
}

/** Why a pod that was just bound should not have been, whatever the scheduler may have known; undefined when it may. */
export function whyNotBound(
  key: string,
  name: string,
  { moments, atMs }: { moments: Moments; atMs: number },
): string | undefined {
  const now = moments.now();
  let why: string | undefined;
  for (const moment of moments.known(atMs)) {
    const node = moment.nodes.get(`nodes//${name}`);
    const pod = moment.pods.get(key) ?? now.pods.get(key);
    if (!node || !pod) {
      why ??= "which is not there";
      continue;
    }
    const { placed, nodes } = sceneOf(withBound(moment, now));
    const others = placed.filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
    why = whyNot(pod, node, { nodes, placed: others });
    if (why === undefined) return undefined;
  }
  return why;
}

/** A node where a pod that waits has its place, also when those come for whom room is made; undefined when there is none. */
export function placeFor(pod: Frozen<Pod>, moment: Moment): string | undefined {
  if (pod.spec.schedulingGates?.length) return undefined;
  const { nodes, placed } = sceneOf(moment);
  const expected = [...moment.pods.values()].flatMap((each) => expectedBeside(each, pod));
  const free = nodesFor(pod, { nodes, placed });
  const crowded = { nodes, placed: [...placed, ...expected] };
  return free.find((node) => whyNot(pod, node, crowded) === undefined)?.metadata.name;
}

/** A pod as if it had the node on which room is made for it, if it counts for as much as another. */
function expectedBeside(each: Frozen<Pod>, pod: Frozen<Pod>): readonly Frozen<Pod>[] {
  const { nominatedNodeName } = each.status;
  const counts = (each.spec.priority ?? 0) >= (pod.spec.priority ?? 0) && each.metadata.uid !== pod.metadata.uid;
  return counts && isWaiting(each) && nominatedNodeName
    ? [{ ...each, spec: { ...each.spec, nodeName: nominatedNodeName } }]
    : [];
}

/** Whether a pod has its place on a node once some have gone, also beside those for whom room is made there. */
export function hasPlaceWithout(
  pod: Frozen<Pod>,
  name: string,
  { moment, gone }: { moment: Moment; gone: ReadonlySet<string> },
): boolean {
  const node = moment.nodes.get(`nodes//${name}`);
  if (!node) return false;
  const { nodes, placed } = sceneOf(moment);
  const left = placed.filter(({ metadata }) => !gone.has(metadata.uid ?? ""));
  const expected = [...moment.pods.values()].flatMap((each) => expectedBeside(each, pod));
  return [left, [...left, ...expected]].every((all) => whyNot(pod, node, { nodes, placed: all }) === undefined);
}
