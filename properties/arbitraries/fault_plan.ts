import fc from "fast-check";
import { all } from "../../actors/controllers/loops/all.ts";
import type { Fault, Trigger } from "../../runtime/faults/fault.ts";
import type { Address } from "../../runtime/mod.ts";
import {
  apiServerAddresses,
  kubeletAddress,
  managerAddress,
  schedulerAddress,
  storeAddresses,
  type Topology,
} from "../../scenarios/topology.ts";
import { scenes } from "./fault_scenes.ts";
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

/**
 * Fault plans for a cluster, generated before the run as plain data: faults that know nothing of each other, and now
 * and then a scene, in which several strike where it hurts.
 */
export function faultPlan(topology: Topology): fc.Arbitrary<readonly Fault[]> {
  const single = fault(topology).map((each): readonly Fault[] => [each]);
  const group = fc.oneof({ weight: 5, arbitrary: single }, { weight: 2, arbitrary: scenes(topology) });
  const many = fc.array(group, { maxLength: faultsMax }).map((groups) => groups.flat());
  // Where nothing else is wrong, stricter rules hold.
  const lags = fc.array(lagOf(topology), { minLength: 1, maxLength: 3 });
  return fc.oneof({ weight: 5, arbitrary: many }, { weight: 1, arbitrary: lags });
}

function fault(topology: Topology): fc.Arbitrary<Fault> {
  const components = componentsOf(topology);
  const stores = storeAddresses(topology);
  const component = fc.constantFrom(...components);
  const store = fc.constantFrom(...stores);
  const probability = fc.constantFrom(0.05, 0.2, 0.5);
  const brief = fc.oneof(fc.integer({ min: 50, max: 3_000 }), fc.integer({ min: 3_000, max: 25_000 }));

  const about = (kind: string, parameters: fc.Arbitrary<Readonly<Record<string, unknown>>>, weight = 1) => ({
    weight,
    arbitrary: fc
      .record({ parameters, trigger: trigger(topology), forMs: brief })
      .map((rest): Fault => ({ kind, ...rest })),
  });
  const link = fc.record({
    from: fc.uniqueArray(component, { minLength: 1, maxLength: 3 }),
    to: fc.oneof(fc.constant(["*"]), fc.uniqueArray(component, { minLength: 1, maxLength: 3 })),
    oneWay: fc.boolean(),
  });
  // Only Raft promises to bear copies and disorder: everyone else talks over connections.
  const raftLink = fc.constant({ from: stores, to: stores });
  return fc.oneof(
    about("crash", fc.record({ actor: component }), 6),
    about("pause", fc.record({ actor: component }), 3),
    about("partition", link, 4),
    about("loss", merged(link, { probability }), 2),
    about("delay", merged(link, { delayMsMax: fc.integer({ min: 1, max: 2_000 }) }), 2),
    { weight: 3, arbitrary: lagOf(topology) },
    about("duplication", merged(raftLink, { probability })),
    about("reordering", merged(raftLink, { delayMsMax: fc.integer({ min: 1, max: 300 }) })),
    about(
      "clockSkew",
      fc.record({
        actors: fc.tuple(component),
        offsetMs: fc.integer({ min: -60_000, max: 60_000 }),
        driftPpm: fc.nat(500),
      }),
    ),
    about("tornWrite", fc.record({ actor: store, probability }), 2),
    about(
      "slowDevice",
      fc.record({ actor: store, device: fc.constant("disk"), delayMsMax: fc.integer({ min: 1, max: 500 }) }),
    ),
  );
}

/** Watches tell late: those of an API server, or those of its clients, all of them or every third one. */
function lagOf(topology: Topology): fc.Arbitrary<Fault> {
  const every = fc.option(
    fc.nat(2).map((remainder) => ({ of: 3, remainder })),
    { nil: undefined },
  );
  const streams = fc.constantFrom(
    { from: storeAddresses(topology), to: apiServerAddresses(topology), types: ["store.events"] },
    { from: apiServerAddresses(topology), to: ["*"], types: ["api.watch"] },
  );
  return fc
    .record({
      streams,
      every,
      delayMs: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 50, max: 3_000 })),
      atMs: fc.nat(workloadMsMax),
      forMs: fc.integer({ min: 3_000, max: 25_000 }),
    })
    .map(({ streams: which, every: each, delayMs, atMs, forMs }) => ({
      kind: "lag",
      parameters: { ...which, delayMs, oneWay: true, ...(each ? { every: each } : {}) },
      trigger: { atMs },
      forMs,
    }));
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

function merged<A extends object, B extends Record<string, fc.Arbitrary<unknown>>>(base: fc.Arbitrary<A>, more: B) {
  return fc.tuple(base, fc.record(more)).map(([left, right]) => ({ ...left, ...right }));
}
