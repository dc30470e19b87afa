import type { Frozen, Node } from "../../api/types.ts";

/** How bad it is in a zone: one in ten is normal; from 55 percent on it is more likely the network than the nodes. */
export type ZoneState = "normal" | "partial" | "full";

const partialShare = 0.55;
const partialNodesMin = 2;
/** In a zone of at most so many nodes a partial disruption stops evictions. */
const largeZoneNodes = 50;
const evictionsPerSecond = 0.1;
const evictionsPerSecondPartial = 0.01;

interface Zone {
  readonly nodes: Set<string>;
  readonly notReady: Set<string>;
  /** From when on the next node may be given up, by the owner's clock. */
  nextMs: number;
}

/** Which nodes are well, by zone; decides how fast nodes may be given up. */
export interface Zones {
  /** Notes a node as it is now; true when the state of its zone, or of all zones together, is another one now. */
  note(node: Frozen<Node>, isReady: boolean): boolean;
  forget(name: string): boolean;
  /** Whether no node of any zone is well: then it is the control plane that is cut off, and nothing is evicted. */
  isAllDown(): boolean;
  stateOf(name: string): ZoneState;
  /** Takes a permit to give a node up; the result says how long to wait for one: 0 is now, undefined not at all. */
  permit(name: string, nowMs: number): number | undefined;
}

/** Keeps zones; they begin empty. */
export function createZones(): Zones {
  const zones = new Map<string, Zone>();
  const zoneOf = new Map<string, string>();

  function summary(): string {
    let text = "";
    // One without nodes is in no state: that it has a node which is well again is news for the others.
    for (const zone of zones.values()) text += `${zone.nodes.size === 0 ? "" : stateOf(zone)},`;
    return text;
  }

  function remove(name: string) {
    const zone = zones.get(zoneOf.get(name) ?? "");
    zone?.nodes.delete(name);
    zone?.notReady.delete(name);
    zoneOf.delete(name);
  }

  return {
    note(node, isReady) {
      const before = summary();
      const { name } = node.metadata;
      const key = zoneKey(node);
      if (zoneOf.get(name) !== key) remove(name);
      zoneOf.set(name, key);
      const zone = zones.get(key) ?? { nodes: new Set(), notReady: new Set(), nextMs: 0 };
      zones.set(key, zone);
      zone.nodes.add(name);
      if (isReady) zone.notReady.delete(name);
      else zone.notReady.add(name);
      return summary() !== before;
    },
    forget(name) {
      const before = summary();
      remove(name);
      return summary() !== before;
    },
    isAllDown() {
      let any = false;
      for (const zone of zones.values()) {
        if (zone.nodes.size === 0) continue;
        if (stateOf(zone) !== "full") return false;
        any = true;
      }
      return any;
    },
    stateOf(name) {
      const zone = zones.get(zoneOf.get(name) ?? "");
      return zone ? stateOf(zone) : "normal";
    },
    permit(name, nowMs) {
      const zone = zones.get(zoneOf.get(name) ?? "");
      if (!zone) return 0;
      const rate = rateOf(zone);
      if (rate === 0) return undefined;
      if (nowMs < zone.nextMs) return zone.nextMs - nowMs;
      zone.nextMs = nowMs + 1000 / rate;
      return 0;
    },
  };
}

function stateOf({ nodes, notReady }: Zone): ZoneState {
  if (nodes.size === 0 || notReady.size === 0) return "normal";
  if (notReady.size === nodes.size) return "full";
  return notReady.size > partialNodesMin && notReady.size / nodes.size >= partialShare ? "partial" : "normal";
}

function rateOf(zone: Zone): number {
  if (stateOf(zone) !== "partial") return evictionsPerSecond;
  return zone.nodes.size > largeZoneNodes ? evictionsPerSecondPartial : 0;
}

function zoneKey({ metadata }: Frozen<Node>): string {
  const labels = metadata.labels ?? {};
  return `${labels["topology.kubernetes.io/region"] ?? ""}:${labels["topology.kubernetes.io/zone"] ?? ""}`;
}
