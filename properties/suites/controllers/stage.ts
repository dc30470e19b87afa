import { controller } from "../../../actors/controllers/definition.ts";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { createSimulation, type Simulation, simulationStartMs } from "../../../runtime/hosts/simulation/simulation.ts";
import type { Address } from "../../../runtime/mod.ts";
import { nodeName } from "../../../scenarios/cluster/topology.ts";
import { unconverged } from "../../engine/convergence.ts";
import { freshLookMs, freshLookRule, lookAnew } from "../../engine/fresh_look.ts";
import type { Violation } from "../../engine/invariant.ts";
import {
  convergenceRule,
  crashFreeRule,
  isFinding,
  isFrozen,
  isHeartbeat,
  quiescenceRule,
  type RunResult,
  resultOf,
} from "../../engine/run.ts";
import type { RunDefinition } from "../../engine/run_definition.ts";
import { driverAddress } from "../../engine/run_specs.ts";
import type { SuiteOptions } from "../../engine/suite.ts";
import { createWorld } from "../../engine/world.ts";
import { type DriverData, driver } from "../../workload/driver.ts";
import { modelApi, modelApiAddress } from "../model/api.ts";
import type { ModelApiData } from "../model/data.ts";
import { createEndlessJudge, endlessRule } from "../model/endless.ts";
import { createFeed } from "../model/feed.ts";
import type { ModelApiInput, ModelChange, ModelDeed, ModelLapse } from "../model/messages.ts";
import { createFruitlessJudge } from "./fruitless.ts";
import { controllersInvariants } from "./rules.ts";
import { type ControllersRun, loopsFor } from "./run.ts";

/** The address of a control loop. */
export const controllerAddress = (loop: string): Address => `controller/${loop}`;

/** As in runs of whole clusters. */
const [convergeMsMax, settleMs, restMs] = [180_000, 12_000, 12_000];

/** Performs a run: rules are held against each change of the API; then healing, convergence, rest. */
export function performControllers(run: ControllersRun, options: SuiteOptions = {}): RunResult {
  const stage = setUp(run, options);
  const { simulation, isBroken } = stage;
  const hasEnded = (atMs: number) => simulation.runUntil(isBroken, atMs);
  if (!hasEnded(run.healAtMs)) {
    simulation.faults.heal();
    const isDone = () => isBroken() || stage.isConverged();
    if (!simulation.runUntil(isDone, run.healAtMs + convergeMsMax)) {
      stage.report(convergenceRule, stage.unsettled() ?? "it converged in its last moment");
    }
    if (!isBroken() && !hasEnded(simulation.uptimeMs() + settleMs)) {
      stage.beQuiet();
      if (!hasEnded(simulation.uptimeMs() + restMs)) stage.judgeEnd();
      if (!isBroken()) {
        stage.lookAnew();
        hasEnded(simulation.uptimeMs() + freshLookMs);
      }
    }
  }
  options.inspect?.(simulation);
  return resultOf(simulation, stage.violation());
}

interface Stage {
  readonly simulation: Simulation;
  violation(): Violation | undefined;
  isBroken(): boolean;
  report(property: string, details: string | undefined): void;
  isConverged(): boolean;
  unsettled(): string | undefined;
  beQuiet(): void;
  judgeEnd(): void;
  /** From now on whoever writes does so because it looks anew. */
  lookAnew(): void;
}

function setUp(run: ControllersRun, options: SuiteOptions): Stage {
  const { seed, faults, topology, workload, healAtMs, lapses, startMs = simulationStartMs } = run;
  const { journalMax = 0, freeze = isFrozen(run) } = options;
  const cast = { actors: [modelApi, driver, controller], devices: [] };
  const simulation = createSimulation({ cast, seed, faults, journalMax, freeze, startMs });
  options.begin?.(simulation);
  const all = [...faults, ...lapses.map(asFault)];
  const definition: RunDefinition = { seed, topology, workload, faults: all, healAtMs, startMs };
  const world = createWorld(definition, simulation);
  const watches = controllersInvariants.map((each) => [each.name, each.watch(world)] as const);
  const feed = createFeed(world);
  const isLoop = (address: Address) => address.startsWith("controller/");
  const judgeFruitless = createFruitlessJudge(isLoop);
  const judgeEndless = createEndlessJudge(isLoop);
  let judged = 0;
  let violation: Violation | undefined;
  let [hasChanged, isQuiet, isAnew] = [true, false, false];

  function report(property: string, details: string | undefined) {
    if (details !== undefined) violation ??= { property, details, atMs: simulation.uptimeMs() };
  }

  simulation.onStep((address) => {
    if (address === driverAddress) hasChanged = true;
    if (address === modelApiAddress) {
      const data = simulation.dataOf(modelApiAddress) as ModelApiData;
      const fruitless = judgeFruitless(data);
      if (fruitless) report(fruitless.rule, fruitless.details);
      for (; judged < data.changes.length; judged++) {
        report(endlessRule, judgeEndless(data.changes[judged] as ModelChange));
      }
      feed(data, (commit) => {
        hasChanged = true;
        for (const [name, watch] of watches) report(name, watch.commit?.(commit));
        if (isAnew && isFinding(commit)) report(freshLookRule, `${commit.key} was written`);
        else if (isQuiet && !isAnew && !isHeartbeat(commit))
          report(quiescenceRule, `${commit.key} was written at rest`);
      });
    }
    if (simulation.failures().length > 0) report(crashFreeRule, simulation.failures()[0]?.reason);
  });
  spawnAll(run, simulation);

  const unsettled = () => {
    const { acknowledged = 0 } = (simulation.dataOf(driverAddress) as DriverData | undefined) ?? {};
    const next = workload[acknowledged];
    return next ? `the command ${JSON.stringify(next)} was never acknowledged` : unconverged(world);
  };
  return {
    simulation,
    violation: () => violation,
    isBroken: () => violation !== undefined,
    report,
    isConverged() {
      if (!hasChanged) return false;
      hasChanged = false;
      return unsettled() === undefined;
    },
    unsettled,
    beQuiet: () => {
      isQuiet = true;
    },
    judgeEnd() {
      for (const [name, watch] of watches) report(name, watch.end?.());
      report(convergenceRule, unconverged(world));
    },
    lookAnew() {
      isAnew = true;
      lookAnew(simulation);
    },
  };
}

/** As rules know it: something that is wrong with what is heard, until watches are taken up again. */
function asFault({ atMs }: ModelLapse): Fault {
  const parameters = { from: [modelApiAddress], to: ["*"], types: ["api.watch"], oneWay: true, probability: 1 };
  return { kind: "brokenStream", parameters, trigger: { atMs }, forMs: 2_000 };
}

function spawnAll({ topology, workload, lapses, endMs }: ControllersRun, simulation: Simulation) {
  const nodes = Array.from({ length: topology.nodes }, (_each, index) => nodeName(index));
  const deeds = nodes.map((name): ModelDeed => ({ op: "put", atMs: 0, resource: "nodes", object: nodeOf(name) }));
  const played = { nodes, images: topology.images?.images ?? {} };
  const input: ModelApiInput = { deeds, lapses, endMs, played };
  simulation.spawnNow({ name: modelApiAddress, kind: modelApi.kind, input });
  const servers = [modelApiAddress];
  for (const loop of loopsFor(workload)) {
    simulation.spawnNow({
      name: controllerAddress(loop),
      kind: controller.kind,
      input: { loop, servers },
      restartsMax: 10_000,
    });
  }
  simulation.spawnNow({ name: driverAddress, kind: driver.kind, input: { servers, commands: workload } });
}

function nodeOf(name: string) {
  const labels = { "kubernetes.io/hostname": name };
  const allocatable = { cpu: "64", memory: "64Gi", pods: "110" };
  const conditions = [{ type: "Ready", status: "True", reason: "KubeletReady" }];
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec: {}, status: { allocatable, conditions } };
}
