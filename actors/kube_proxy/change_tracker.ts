import { type EndpointSlice, type Frozen, jsonEqual, keyOf, type Service } from "../api/types.ts";
import { ruleKey, type ServicePortRule } from "./messages.ts";
import { endpointsOf, type Portal, portalsOf, type RulePlace, ruleOf } from "./rules.ts";

/** The label that names the Service of a slice. */
const serviceNameLabel = "kubernetes.io/service-name";

/** What has changed since rules were last taken. */
export interface RuleChanges {
  readonly set: readonly ServicePortRule[];
  /** Keys of rules. */
  readonly remove: readonly string[];
}

/** Keeps the rules of a node up to date: a change costs what the Service that it is about costs, whatever else there is. */
export interface ChangeTracker {
  /** A Service as it is now. */
  setService(service: Frozen<Service>): void;
  removeService(service: Frozen<Service>): void;
  /** An EndpointSlice as it is now, and as it was. */
  setSlice(slice: Frozen<EndpointSlice>, previous?: Frozen<EndpointSlice>): void;
  removeSlice(slice: Frozen<EndpointSlice>): void;
  /** The node has moved to another zone: all rules are made anew. */
  setZone(zone: string | undefined): void;
  /** How many Services may have other rules than were taken last. */
  pending(): number;
  /** Makes the rules of what has changed; those that come out the same are left out. */
  take(): RuleChanges;
  /** All rules as they were taken last, by key. */
  readonly rules: ReadonlyMap<string, ServicePortRule>;
}

/** Makes a tracker that has seen nothing. */
export function createChangeTracker(node: string): ChangeTracker {
  const portals = new Map<string, readonly Portal[]>();
  const slices = new Map<string, Map<string, Frozen<EndpointSlice>>>();
  const rules = new Map<string, ServicePortRule>();
  const keysByService = new Map<string, readonly string[]>();
  const dirty = new Set<string>();
  let place: RulePlace = { node, zone: undefined };

  function removeSlice(slice: Frozen<EndpointSlice>) {
    const key = serviceOf(slice);
    const ofService = key === undefined ? undefined : slices.get(key);
    if (key === undefined || !ofService?.delete(keyOf(slice))) return;
    if (ofService.size === 0) slices.delete(key);
    dirty.add(key);
  }

  function made(key: string): ServicePortRule[] {
    const ofService = slices.get(key);
    // By name: the order in which slices came to be seen differs from node to node.
    const sorted = ofService ? [...ofService.values()].sort(byName) : [];
    return (portals.get(key) ?? []).map((portal) => ruleOf(portal, endpointsOf(portal, sorted, place), place));
  }

  return {
    rules,
    setService(service) {
      const key = keyOf(service);
      const after = portalsOf(service);
      if (jsonEqual(portals.get(key) ?? [], after)) return;
      if (after.length > 0) portals.set(key, after);
      else portals.delete(key);
      dirty.add(key);
    },
    removeService(service) {
      const key = keyOf(service);
      if (portals.delete(key)) dirty.add(key);
    },
    setSlice(slice, previous) {
      const key = serviceOf(slice);
      if (previous && serviceOf(previous) !== key) removeSlice(previous);
      if (key === undefined) return;
      const ofService = slices.get(key);
      if (ofService) ofService.set(keyOf(slice), slice);
      else slices.set(key, new Map([[keyOf(slice), slice]]));
      dirty.add(key);
    },
    removeSlice,
    setZone(zone) {
      if (zone === place.zone) return;
      place = { node, zone };
      for (const key of portals.keys()) dirty.add(key);
    },
    pending: () => dirty.size,
    take() {
      const set: ServicePortRule[] = [];
      const remove: string[] = [];
      for (const key of dirty) {
        const after = made(key);
        const keys = new Set(after.map(ruleKey));
        for (const each of keysByService.get(key) ?? []) {
          if (!keys.has(each) && rules.delete(each)) remove.push(each);
        }
        for (const rule of after) {
          if (jsonEqual(rules.get(ruleKey(rule)), rule)) continue;
          rules.set(ruleKey(rule), rule);
          set.push(rule);
        }
        if (after.length > 0) keysByService.set(key, [...keys]);
        else keysByService.delete(key);
      }
      dirty.clear();
      return { set, remove };
    },
  };
}

function serviceOf({ metadata }: Frozen<EndpointSlice>): string | undefined {
  const name = metadata.labels?.[serviceNameLabel];
  return name ? `${metadata.namespace}/${name}` : undefined;
}

function byName(a: Frozen<EndpointSlice>, b: Frozen<EndpointSlice>): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
