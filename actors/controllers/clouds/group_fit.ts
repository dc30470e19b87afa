import { fitsNodeAffinity } from "../../api/node_selector.ts";
import { podRequests } from "../../api/pod.ts";
import { millisOf, unitsOf } from "../../api/quantity.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import type { NodeGroup } from "../../cloud/messages.ts";

/** Pods put on nodes that are still to come: on how many, and which pods find no place on any of them. */
export interface Packing {
  readonly nodes: number;
  readonly placed: readonly Frozen<Pod>[];
  readonly left: readonly Frozen<Pod>[];
}

type Amounts = Map<string, number>;

const podsMaxDefault = "110";

/**
 * Packs pods onto new nodes of a group, the first fit for each. What pods want of each other is not looked at: a node
 * too many is given back.
 */
export function packed(pods: readonly Frozen<Pod>[], group: NodeGroup, nodesMax: number): Packing {
  const rooms: Amounts[] = [];
  const placed: Frozen<Pod>[] = [];
  const left: Frozen<Pod>[] = [];
  for (const pod of pods) {
    let room = mayRunOn(pod, group) ? rooms.find((each) => hasRoom(each, pod)) : undefined;
    if (!room && rooms.length < nodesMax && isAtHome(pod, group)) {
      room = roomOf(group);
      rooms.push(room);
    }
    if (room) take(room, pod);
    (room ? placed : left).push(pod);
  }
  return { nodes: rooms.length, placed, left };
}

/** Why a new node of a group is of no use to a pod, as the scheduler would say it; undefined: it is. */
export function whyNoHome(pod: Frozen<Pod>, group: NodeGroup): string | undefined {
  if (!mayRunOn(pod, group)) return "node(s) didn't match Pod's node affinity/selector";
  const room = roomOf(group);
  for (const [resource, amount] of requestsOf(pod)) {
    if (amount > (room.get(resource) ?? 0)) return `Insufficient ${resource}`;
  }
  return undefined;
}

function isAtHome(pod: Frozen<Pod>, group: NodeGroup): boolean {
  return whyNoHome(pod, group) === undefined;
}

function mayRunOn(pod: Frozen<Pod>, { name, labels }: NodeGroup): boolean {
  return fitsNodeAffinity(pod, { name, labels });
}

function roomOf({ capacity }: NodeGroup): Amounts {
  const amounts = Object.entries({ pods: podsMaxDefault, ...capacity }).map(
    ([resource, text]) => [resource, resource === "cpu" ? millisOf(text) : unitsOf(text)] as const,
  );
  return new Map(amounts);
}

function requestsOf({ spec }: Frozen<Pod>): ReadonlyMap<string, number> {
  return new Map([...podRequests(spec), ["pods", 1]]);
}

function hasRoom(room: Amounts, pod: Frozen<Pod>): boolean {
  return [...requestsOf(pod)].every(([resource, amount]) => amount <= (room.get(resource) ?? 0));
}

function take(room: Amounts, pod: Frozen<Pod>) {
  for (const [resource, amount] of requestsOf(pod)) room.set(resource, (room.get(resource) ?? 0) - amount);
}
