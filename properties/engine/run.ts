import type { Keyspace } from "../../actors/store/keyspace/keyspace.ts";
import type { Strike } from "../../runtime/faults/engine.ts";
import { createSimulation, type Simulation, simulationStartMs } from "../../runtime/hosts/simulation/simulation.ts";
import { mix32 } from "../../runtime/mod.ts";
import { modelCast } from "../../scenarios/cluster/cast.ts";
import { storeAddresses } from "../../scenarios/cluster/topology.ts";
import { all as allInvariants } from "../invariants/all.ts";
import { traffic } from "../traffic/client.ts";
import { trafficModules } from "../traffic/modules.ts";
import { trafficAddress } from "../traffic/traffic_plan.ts";
import { apiProbe } from "../workload/api_probe.ts";
import { apiReader } from "../workload/api_reader.ts";
import { type DriverData, driver } from "../workload/driver.ts";
import { storeProbe } from "../workload/store_probe.ts";
import { unconverged } from "./convergence.ts";
import { type FreshLook, freshLookMs, freshLookRule, lookAnew } from "./fresh_look.ts";
import type { Invariant, InvariantWatch, Violation } from "./invariant.ts";
import { loadedMutation } from "./loaded.ts";
import type { AnyRun, RunDefinition } from "./run_definition.ts";
import { driverAddress, runSpecs } from "./run_specs.ts";
import { type Commit, createWorld, type World } from "./world.ts";

/** What came of a run. */
export interface RunResult {
  /** Chained over all deliveries and states: equal for equal definitions, on every machine. */
  readonly hash: string;
  readonly violation: Violation | undefined;
  /** How far virtual time went. */
  readonly virtualMs: number;
  /** Events delivered. */
  readonly events: number;
  /** What came of each planned fault. */
  readonly strikes: readonly Strike[];
}

/** What a simulation tells of its run when it is over. */
export function resultOf(simulation: Simulation, violation: Violation | undefined): RunResult {
  return {
    hash: simulation.journal.hash(),
    violation,
    virtualMs: simulation.uptimeMs(),
    events: simulation.journal.count(),
    strikes: simulation.faults.strikes(),
  };
}

/** How a run is carried out; none of it changes what happens. */
export interface RunOptions {
  /** Default: all of `invariants/`. */
  readonly invariants?: readonly Invariant[];
  /** Keeps so many deliveries for people to read. Default 0. */
  readonly journalMax?: number;
  /** Whether messages are frozen, so that who changes one crashes. Default: in one run of eight, as its seed says. */
  readonly freeze?: boolean;
  /** Called before anybody lives in it. */
  readonly begin?: (simulation: Simulation) => void;
  /** Called when the run is over, before it is forgotten. */
  readonly inspect?: (world: World, driver: DriverData | undefined) => void;
}

/**
 * After the faults are healed the cluster has so long to converge: a little longer than the two minutes that a kubelet
 * waits for its container runtime, by far the longest of what sound runs wait for. Who is awake only after the five
 * minutes of the scheduler's second look, or of a resync, was not woken when it should have been.
 */
const convergeMsMax = 180_000;
/** Events, clean-ups and other late writes may take so long after convergence. */
const settleMs = 12_000;
/** Who was cut off when a server ended, was not told, and notices by its watches' silence. */
const unheardMs = 18_000;
/** Then nobody may write for so long, but for heartbeats. */
const restMs = 12_000;

/** Rules that `performRun` itself judges, beside the invariants. */
export const convergenceRule = "the cluster converges after healing";
/** See `convergenceRule`. */
export const quiescenceRule = "at the fixpoint nobody writes";
/** See `convergenceRule`. */
export const crashFreeRule = "no component gives up";

/**
 * Performs a run: safety with faults on, checked at each step and commit; then healing, convergence, rest.
 *
 * @example
 * const { hash, violation } = performRun(definition)
 */
export function performRun(definition: RunDefinition, options: RunOptions = {}): RunResult {
  assertLoaded(definition);
  const stage = setUp(definition, options);
  const { simulation, world } = stage;
  const { healAtMs, faults } = definition;
  const isBroken = () => stage.violation() !== undefined;
  if (!simulation.runUntil(isBroken, healAtMs)) {
    simulation.faults.heal();
    const isDone = () => isBroken() || stage.isConverged();
    if (!simulation.runUntil(isDone, healAtMs + convergeMsMax)) {
      stage.report(convergenceRule, unconverged(world) ?? stage.unacknowledged() ?? "it converged in its last moment");
    }
    if (!isBroken()) rest(stage, faults.some(({ kind }) => kind === "partition") ? healAtMs + unheardMs : 0);
  }
  options.inspect?.(world, stage.driverData());
  return resultOf(simulation, stage.violation());
}

/** A run of a mutation that sound code performed would show that nothing is wrong. */
export function assertLoaded({ mutation }: AnyRun): void {
  if (mutation === loadedMutation) return;
  const [wanted, is] = [mutation, loadedMutation].map((each) =>
    each === undefined ? "without mutation" : `with ${each}`,
  );
  throw new Error(`Cannot perform a run ${wanted}: this is the code ${is}, take what performerWith() gives`);
}

/** Lets late writes happen, until a time at the least, then checks that nobody writes any more, then all that must hold at the end. */
function rest(stage: Stage, fromMs: number) {
  const { simulation } = stage;
  const isBroken = () => stage.violation() !== undefined;
  if (simulation.runUntil(isBroken, Math.max(simulation.uptimeMs() + settleMs, fromMs))) return;
  stage.beQuiet();
  stage.askAgain();
  if (simulation.runUntil(isBroken, simulation.uptimeMs() + restMs)) return;
  stage.judgeEnd();
  if (isBroken()) return;
  const look = stage.lookAnew();
  if (simulation.runUntil(isBroken, simulation.uptimeMs() + freshLookMs)) return;
  stage.report(freshLookRule, look.difference());
}

/** A run under way. */
interface Stage {
  readonly simulation: Simulation;
  readonly world: World;
  violation(): Violation | undefined;
  report(property: string, details: string | undefined): void;
  isConverged(): boolean;
  unacknowledged(): string | undefined;
  driverData(): DriverData | undefined;
  beQuiet(): void;
  /** Has the client of a run with traffic send its last requests, which must succeed. */
  askAgain(): void;
  judgeEnd(): void;
  /** From now on whoever writes does so because it looks anew. */
  lookAnew(): FreshLook;
}

/** Whoever changes a message that others see, too, crashes in such a run: one of eight is enough to find out. */
export function isFrozen({ seed }: Pick<RunDefinition, "seed">): boolean {
  return mix32(seed, 8) % 8 === 0;
}

function setUp(definition: RunDefinition, options: RunOptions): Stage {
  const { topology, seed, faults, workload, startMs = simulationStartMs } = definition;
  const { invariants = allInvariants, journalMax = 0, freeze = isFrozen(definition) } = options;
  const models = modelCast({
    ...(topology.images ? { images: topology.images } : {}),
    ...(definition.traffic ? { modules: trafficModules() } : {}),
    observe: (event) => {
      for (const [{ name }, watch] of observers) report(name, watch.runtime?.(event));
    },
  });
  const cast = {
    actors: [...models.actors, driver, storeProbe, apiProbe, apiReader, traffic],
    devices: models.devices,
  };
  const simulation = createSimulation({ cast, seed, faults, journalMax, freeze, startMs });
  options.begin?.(simulation);
  const world = createWorld(definition, simulation);
  const watches: [Invariant, InvariantWatch][] = invariants.map((each) => [each, each.watch(world)]);
  const steppers = watches.filter(([, watch]) => watch.step);
  const committers = watches.filter(([, watch]) => watch.commit);
  const observers = watches.filter(([, watch]) => watch.runtime);
  const stores = new Set(storeAddresses(topology));
  let violation: Violation | undefined;
  let hasChanged = true;
  let isQuiet = false;
  let isAnew = false;

  function report(property: string, details: string | undefined) {
    if (details !== undefined) violation ??= { property, details, atMs: simulation.uptimeMs() };
  }

  function onCommit(commit: Commit) {
    hasChanged = true;
    for (const [{ name }, watch] of committers) report(name, watch.commit?.(commit));
    if (isAnew && isFinding(commit)) report(freshLookRule, `${commit.key} was written`);
    else if (isQuiet && !isAnew && !isHeartbeat(commit)) report(quiescenceRule, `${commit.key} was written at rest`);
  }

  simulation.onStep((address) => {
    if (stores.has(address)) {
      const data = simulation.dataOf(address) as { readonly keyspace: Keyspace } | undefined;
      if (data?.keyspace && data.keyspace.revision > world.revision()) world.follow(data.keyspace, onCommit);
    } else if (address === driverAddress) hasChanged = true;
    for (const [{ name }, watch] of steppers) report(name, watch.step?.(address));
    if (simulation.failures().length > 0) report(crashFreeRule, simulation.failures()[0]?.reason);
  });
  for (const spec of runSpecs(definition)) simulation.spawnNow(spec);

  const driverData = () => simulation.dataOf(driverAddress) as DriverData | undefined;
  const unacknowledged = () => {
    const next = workload[driverData()?.acknowledged ?? 0];
    return next && `the command ${JSON.stringify(next)} was never acknowledged`;
  };
  return {
    simulation,
    world,
    violation: () => violation,
    report,
    isConverged() {
      if (!hasChanged) return false;
      hasChanged = false;
      return unacknowledged() === undefined && unconverged(world) === undefined;
    },
    unacknowledged,
    driverData,
    beQuiet: () => {
      isQuiet = true;
    },
    askAgain: () => {
      if (definition.traffic) simulation.send(trafficAddress, { type: "traffic.finale" });
    },
    judgeEnd() {
      for (const [{ name }, watch] of watches) report(name, watch.end?.());
      report(convergenceRule, unconverged(world));
    },
    lookAnew() {
      isAnew = true;
      return lookAnew(simulation);
    },
  };
}

/** What is written for ever, to show that somebody lives. */
export function isHeartbeat({ key, object, previous }: Commit): boolean {
  // What API servers agree on among themselves: when the store was compacted.
  if (!key.startsWith("/registry/")) return true;
  // That of a node goes with it, and comes again when it returns.
  if (key.startsWith("/registry/leases/kube-node-lease/")) return true;
  if (key.startsWith("/registry/leases/")) return object !== undefined && previous !== undefined;
  // It tells what it measures.
  if (key.startsWith("/registry/horizontalpodautoscalers/")) return object !== undefined && previous !== undefined;
  // A budget without pods says so whenever somebody looks at it, after each resync: as in Kubernetes.
  if (key.startsWith("/registry/events/"))
    return (object as { readonly reason?: string } | undefined)?.reason === "NoPods";
  if (!key.startsWith("/registry/minions/")) return false;
  return object !== undefined && previous !== undefined && conditionsOf(object) === conditionsOf(previous);
}

/** Whether it shows that something had been missed, when somebody looks at all of it anew: Events tell of looks, too. */
export function isFinding(commit: Commit): boolean {
  return !isHeartbeat(commit) && !commit.key.startsWith("/registry/events/");
}

function conditionsOf(node: unknown): string {
  const { status } = node as {
    readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
  };
  return (status?.conditions ?? []).map(({ type, status: value }) => `${type}=${value}`).join();
}
