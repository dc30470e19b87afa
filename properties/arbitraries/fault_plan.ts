import fc from "fast-check";
import { all } from "../../actors/controllers/loops/all.ts";
import type { Fault, Trigger } from "../../runtime/faults/fault.ts";
import { lag } from "../../runtime/faults/kinds/lag.ts";
import type { Places } from "../../runtime/faults/places.ts";
import type { Address } from "../../runtime/mod.ts";
import {
  apiServerAddresses,
  cloudAddress,
  cloudPlaces,
  kubeletAddress,
  managerAddress,
  schedulerAddress,
  storeAddresses,
  type Topology,
} from "../../scenarios/cluster/topology.ts";
import { scenes } from "./fault_scenes.ts";
import { faultIn, faultOf } from "./places.ts";
import { workloadMsMax } from "./workload.ts";

const faultsMax = 6;

/** Each control loop is an actor of its own, that can crash by itself. */
const loops: readonly string[] = all.map(({ name }) => name);

/** Every component of a cluster that a fault can be about. */
export function componentsOf(topology: Topology): readonly Address[] {
  const { nodes, schedulers = 1, managers = 1 } = topology;
  return [
    ...storeAddresses(topology),
    ...apiServerAddresses(topology),
    ...upTo(managers, managerAddress),
    ...controllersOf(topology),
    ...upTo(schedulers, schedulerAddress),
    ...upTo(nodes, kubeletAddress),
  ];
}

function controllersOf({ managers = 1 }: Topology): readonly Address[] {
  return upTo(managers, managerAddress).flatMap((manager) => loops.map((loop) => `${manager}/${loop}`));
}

function upTo(count: number, address: (index: number) => Address): readonly Address[] {
  return Array.from({ length: count }, (_each, index) => address(index));
}

/** Where faults can strike in a cluster. */
export function placesOf(topology: Topology): Places {
  const [actors, stores, servers] = [componentsOf(topology), storeAddresses(topology), apiServerAddresses(topology)];
  return {
    actors,
    clocks: actors,
    disks: stores,
    links: { from: actors },
    // Only Raft promises to bear copies and disorder: everyone else talks over connections.
    datagrams: { from: stores, to: stores },
    streams: [
      { from: stores, to: servers, types: ["store.events"] },
      { from: servers, to: ["*"], types: ["api.watch"] },
    ],
    ...(topology.clouds ? { clouds: cloudsOf(topology) } : {}),
  };
}

/** Where a provider can be asked badly, and what it can lose. */
function cloudsOf(topology: Topology): NonNullable<Places["clouds"]> {
  const places = cloudPlaces(topology);
  return (topology.clouds ?? []).map(({ provider }) => ({
    cloud: cloudAddress(provider),
    instances: places.filter(({ cloud }) => cloud === provider).map(({ name }) => name),
  }));
}

/**
 * Fault plans for a cluster, generated before the run as plain data: faults that know nothing of each other, and now
 * and then a scene, in which several strike where it hurts.
 */
export function faultPlan(topology: Topology): fc.Arbitrary<readonly Fault[]> {
  const places = placesOf(topology);
  const forMs = fc.oneof(fc.integer({ min: 50, max: 3_000 }), fc.integer({ min: 3_000, max: 25_000 }));
  const single = faultIn(places, { trigger: trigger(topology), forMs }).map((each): readonly Fault[] => [each]);
  const group = fc.oneof({ weight: 5, arbitrary: single }, { weight: 2, arbitrary: scenes(topology) });
  const many = fc.array(group, { maxLength: faultsMax }).map((groups) => groups.flat());
  // Where nothing else is wrong, stricter rules hold.
  const lags = fc.array(
    faultOf(lag, places, {
      trigger: fc.nat(workloadMsMax).map((atMs) => ({ atMs })),
      forMs: fc.integer({ min: 3_000, max: 25_000 }),
    }),
    { minLength: 1, maxLength: 3 },
  );
  return fc.oneof({ weight: 5, arbitrary: many }, { weight: 1, arbitrary: lags });
}

/** When a fault begins: at a time, or the nth time that a component does something telling. */
function trigger(topology: Topology): fc.Arbitrary<Trigger> {
  const stores = fc.constantFrom(...storeAddresses(topology));
  const servers = fc.constantFrom(...apiServerAddresses(topology));
  const writers = fc.constantFrom(...controllersOf(topology), ...upTo(topology.schedulers ?? 1, schedulerAddress));
  const nth = fc.integer({ min: 1, max: 40 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.nat(workloadMsMax).map((atMs): Trigger => ({ atMs })) },
    {
      weight: 1,
      arbitrary: fc.record({
        actor: stores,
        phase: fc.constantFrom("leader", "candidate", "follower"),
        nth: fc.constantFrom(1, 2),
      }),
    },
    { weight: 1, arbitrary: fc.record({ actor: servers, event: fc.constant("api.request"), nth }) },
    { weight: 1, arbitrary: fc.record({ actor: servers, event: fc.constant("store.events"), nth }) },
    // Between the writes of one reconcile.
    { weight: 1, arbitrary: fc.record({ actor: writers, event: fc.constant("reply"), nth }) },
  );
}
