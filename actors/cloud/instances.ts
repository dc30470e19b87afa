import { hash32 } from "../../runtime/mod.ts";
import { present } from "../kit/present.ts";
import type { CloudInput, CloudVolume, Instance, NodeGroup, Slot } from "./messages.ts";
import type { Provider } from "./provider.ts";
import type { CloudState } from "./state.ts";

/** Who rents out what, and where. */
export interface Ground {
  readonly provider: Provider;
  readonly slots: readonly Slot[];
  readonly sizeMin: number;
  readonly capacity: Readonly<Record<string, string>>;
  /** Tells the lives of a provider apart, whose computers are not the same. */
  readonly life: number;
  /** When this one began, on the wall clock. */
  readonly sinceMs: number;
}

/** The name of a provider's only group of nodes. */
export const groupOf = ({ name }: Provider): string => `${name}-pool`;

/** The group of nodes as it is. */
export function nodeGroup({ provider, slots, sizeMin, capacity }: Ground, { size }: CloudState): NodeGroup {
  const { name, instanceType, region, zones } = provider;
  const [zone = ""] = zones;
  const labels = {
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "node.kubernetes.io/instance-type": instanceType,
    "topology.kubernetes.io/region": region,
    ...(zones.length === 1 ? { "topology.kubernetes.io/zone": zone } : {}),
    [cloudLabel]: name,
  };
  return { name: groupOf(provider), sizeMin, sizeMax: slots.length, size, capacity, labels };
}

/** The label that says of which provider a node is. */
export const cloudLabel = "kubetroupe.dev/cloud";

/** Orders what is missing of the group's size; a place is given again only when there is no fresh one. */
export function filledUp(state: CloudState, ground: Ground): CloudState {
  let filled = state;
  while (filled.instances.length < filled.size) {
    const slot = freeSlot(filled, ground);
    if (!slot) break;
    const { made } = filled;
    const instance = instanceAt(slot, ground, made);
    const left = filled.left.filter((node) => node !== slot.node);
    filled = { ...filled, instances: [...filled.instances, instance], made: made + 1, left };
  }
  return filled;
}

/** Without these instances. */
export function without(state: CloudState, isGone: (instance: Instance) => boolean): CloudState {
  const gone = state.instances.filter(isGone).map(({ node }) => node);
  const instances = state.instances.filter((each) => !isGone(each));
  if (gone.length === 0) return state;
  const isThere = (id: string | undefined) => instances.some((each) => each.id === id);
  const volumes = state.volumes.map((each) => (isThere(each.instance) ? each : detached(each)));
  return { ...state, instances, volumes, left: [...state.left, ...gone] };
}

/** A volume that no computer has. */
export function detached({ instance: _instance, ...volume }: CloudVolume): CloudVolume {
  return volume;
}

/** With one of them in another state. */
export function withState(state: CloudState, id: string, to: Instance["state"]): CloudState {
  return { ...state, instances: state.instances.map((each) => (each.id === id ? { ...each, state: to } : each)) };
}

/** What a provider has when it begins: its first computers have been running all along. */
export function founded({ nodes }: CloudInput, ground: Ground, empty: CloudState): CloudState {
  const filled = filledUp({ ...empty, size: nodes }, ground);
  return { ...filled, instances: filled.instances.map((each) => ({ ...each, state: "running" as const })) };
}

function freeSlot({ instances, left }: CloudState, { slots }: Ground): Slot | undefined {
  const isFree = ({ node }: Slot) => !instances.some((each) => each.node === node);
  const rank = ({ node }: Slot) => left.indexOf(node);
  const free = slots.filter(isFree);
  return free.find((slot) => rank(slot) < 0) ?? free.sort((a, b) => rank(a) - rank(b))[0];
}

function instanceAt({ node, ip, additionalIps }: Slot, { provider, slots, life }: Ground, made: number): Instance {
  const { name, zones, region, instanceType: type } = provider;
  const at = slots.findIndex((slot) => slot.node === node);
  const id = `i-${hash32(`${name}/${life}/${made}`).toString(16).padStart(8, "0")}`;
  const zone = zones[at % zones.length] ?? "";
  return {
    id,
    node,
    ip,
    ...present({ additionalIps }),
    zone,
    region,
    type,
    group: groupOf(provider),
    state: "pending",
  };
}
