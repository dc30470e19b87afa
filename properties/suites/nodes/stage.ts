import { controller } from "../../../actors/controllers/definition.ts";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { freshLookMs, freshLookRule, lookAnew } from "../../engine/fresh_look.ts";
import type { Invariant, Violation } from "../../engine/invariant.ts";
import { crashFreeRule, isFinding, isFrozen, type RunResult, resultOf } from "../../engine/run.ts";
import type { RunDefinition } from "../../engine/run_definition.ts";
import type { SuiteOptions } from "../../engine/suite.ts";
import { createWorld } from "../../engine/world.ts";
import { lostNodesAreTainted } from "../../invariants/lost_nodes_are_tainted.ts";
import { lostNodesMayReturn } from "../../invariants/lost_nodes_may_return.ts";
import { taintsGiveTheirTime } from "../../invariants/taints_give_their_time.ts";
import { controllerAddress } from "../controllers/stage.ts";
import { modelApi, modelApiAddress } from "../model/api.ts";
import type { ModelApiData } from "../model/data.ts";
import { createEndlessJudge, endlessRule } from "../model/endless.ts";
import { createFeed } from "../model/feed.ts";
import type { ModelApiInput, ModelChange, ModelLapse } from "../model/messages.ts";
import { deedsOf } from "./deeds.ts";
import { createNodesJudge, type Found, nodesRules } from "./judge.ts";
import type { NodesRun } from "./run.ts";

/** The loops that look after nodes, and after pods for their sake. */
export const loops = ["node-lifecycle", "pod-garbage-collector", "taint-eviction"] as const;

/** The rules of whole clusters that hold of them by themselves. */
export const nodesInvariants: readonly Invariant[] = [lostNodesAreTainted, lostNodesMayReturn, taintsGiveTheirTime];

/** Seven nodes are given up one by one, and their pods may stay for a minute. */
const [settleMs, restMs, lookMs, endMs] = [260_000, 30_000, 1_000, 200];

/** Performs a run: rules are held against each change and look, and all at the end. */
export function performNodes(run: NodesRun, options: SuiteOptions = {}): RunResult {
  const { seed, faults, healAtMs, lapses, zones } = run;
  const { journalMax = 0, freeze = isFrozen(run) } = options;
  const simulation = createSimulation({
    cast: { actors: [modelApi, controller], devices: [] },
    seed,
    faults,
    journalMax,
    freeze,
  });
  options.begin?.(simulation);
  const topology = { nodes: zones.length, stores: 1, apiservers: 1 } as const;
  const definition: RunDefinition = {
    seed,
    topology,
    workload: [],
    faults: [...faults, ...lapses.map(asFault)],
    healAtMs,
  };
  const world = createWorld(definition, simulation);
  const watches = nodesInvariants.map((each) => [each.name, each.watch(world)] as const);
  const feed = createFeed(world);
  const judge = createNodesJudge(run);
  const judgeEndless = createEndlessJudge((address) => address.startsWith("controller/"));
  let violation: Violation | undefined;
  let [taken, lookAtMs] = [0, 0];
  let [isQuiet, isAnew] = [false, false];
  const report = (property: string, details: string | undefined) => {
    if (details !== undefined) violation ??= { property, details, atMs: simulation.uptimeMs() };
  };
  const tell = (found: Found | undefined) => found && report(nodesRules[found.rule], found.details);

  function take(change: ModelChange) {
    tell(judge.take(change));
    report(endlessRule, judgeEndless(change));
    const { by, key, resource } = change;
    if (by && isQuiet && !isAnew && resource !== "events") report(nodesRules.rest, `${by} wrote ${key}`);
  }

  simulation.onStep((address) => {
    const nowMs = simulation.uptimeMs();
    if (address === modelApiAddress) {
      const data = simulation.dataOf(modelApiAddress) as ModelApiData;
      for (; taken < data.changes.length; taken++) take(data.changes[taken] as ModelChange);
      feed(data, (commit) => {
        for (const [name, watch] of watches) report(name, watch.commit?.(commit));
        const isHeartbeat = commit.key.includes("/leases/");
        if (isAnew && !isHeartbeat && isFinding(commit)) report(freshLookRule, `${commit.key} was written`);
      });
    }
    if (simulation.failures().length > 0) report(crashFreeRule, simulation.failures()[0]?.reason);
    if (nowMs < lookAtMs) return;
    lookAtMs = nowMs + lookMs;
    tell(judge.look(nowMs));
  });
  spawnAll(run, simulation);
  const isBroken = () => violation !== undefined;
  const hasEnded = (atMs: number) => simulation.runUntil(isBroken, atMs);
  if (!hasEnded(healAtMs)) {
    simulation.faults.heal();
    if (!hasEnded(healAtMs + settleMs)) {
      isQuiet = true;
      if (!hasEnded(simulation.uptimeMs() + restMs)) tell(judge.end(simulation.uptimeMs()));
      isAnew = true;
      lookAnew(simulation);
      hasEnded(simulation.uptimeMs() + freshLookMs);
    }
  }
  options.inspect?.(simulation);
  return resultOf(simulation, violation);
}

/** As rules know it: something that is wrong with what is heard, until watches are taken up again. */
function asFault({ atMs }: ModelLapse): Fault {
  const parameters = { from: [modelApiAddress], to: ["*"], types: ["api.watch"], oneWay: true, probability: 1 };
  return { kind: "brokenStream", parameters, trigger: { atMs }, forMs: 2_000 };
}

function spawnAll(run: NodesRun, simulation: Simulation) {
  const deeds = deedsOf(run, run.healAtMs + settleMs + restMs + freshLookMs);
  const input: ModelApiInput = { deeds, lapses: run.lapses, endMs, isCollected: true };
  simulation.spawnNow({ name: modelApiAddress, kind: modelApi.kind, input });
  for (const loop of loops) {
    const servers = [modelApiAddress];
    simulation.spawnNow({
      name: controllerAddress(loop),
      kind: controller.kind,
      input: { loop, servers },
      restartsMax: 10_000,
    });
  }
}
