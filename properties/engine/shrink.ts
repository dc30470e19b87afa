import type { Topology } from "../../scenarios/cluster/topology.ts";
import { unmetNeeds } from "../workload/needs.ts";
import { briefer, fewer } from "./fewer.ts";
import type { Violation } from "./invariant.ts";
import { perform, suiteWithStage } from "./perform.ts";
import { type AnyRun, isSuiteRun, type RunDefinition } from "./run_definition.ts";

/** What is left between two commands, and after the last thing that is done. */
const pauseMs = 1_000;

/** The smallest run found that breaks the rule. */
export interface Counterexample<Run extends AnyRun = RunDefinition> {
  readonly definition: Run;
  readonly violation: Violation;
  readonly hash: string;
  /** How many runs the shrinking took. */
  readonly shrinks: number;
}

/**
 * Makes a failing run smaller as long as it breaks the same rule: fewer faults, fewer commands, a smaller cluster,
 * less time, no names that nothing is called by.
 *
 * It works on the data of the run, not on what generated it. Random numbers come from (seed, address, step), so that
 * what is left out disturbs as little as can be of what stays. Nothing is left out that what stays needs: a run that then
 * cannot come to its end would break the same rule for another reason, and show nothing of the first.
 */
export function shrinkRun<Run extends AnyRun>(
  first: Omit<Counterexample<Run>, "shrinks">,
  shrinksMax: number,
): Counterexample<Run> {
  const lacks = new Set(needsOf(first.definition));
  const isWhole = (run: Run) => needsOf(run).every((each) => lacks.has(each));
  let best = first;
  let shrinks = 0;
  let hasShrunk = true;
  while (hasShrunk) {
    hasShrunk = false;
    for (const definition of smallerThan(best.definition)) {
      if (!isWhole(definition)) continue;
      if (shrinks >= shrinksMax) return { ...best, shrinks };
      shrinks++;
      const { violation, hash } = perform(definition);
      if (violation?.property !== first.violation.property) continue;
      best = { definition, violation, hash };
      hasShrunk = true;
      break;
    }
  }
  return { ...best, shrinks };
}

function smallerThan<Run extends AnyRun>(run: Run): Iterable<Run> {
  const found = isSuiteRun(run) ? suiteWithStage(run.suite).smaller(run) : smaller(run);
  return found as Iterable<AnyRun> as Iterable<Run>;
}

function needsOf(run: AnyRun): readonly string[] {
  return isSuiteRun(run) ? [] : unmetNeeds(run);
}

/** Smaller definitions, the boldest first. */
function* smaller(definition: RunDefinition): Generator<RunDefinition> {
  const { faults, workload, topology, traffic } = definition;
  for (const less of fewer(faults)) yield { ...definition, faults: less };
  for (const less of fewer(traffic?.requests ?? [])) yield { ...definition, traffic: { requests: less } };
  for (const less of fewer(workload)) yield { ...definition, workload: less };
  yield* plainerTraffic(definition);
  if (definition.probes) {
    const { probes: _left, ...rest } = definition;
    yield rest;
  }
  if ((topology.managers ?? 1) > 1) yield { ...definition, topology: { ...topology, managers: 1 } };
  if ((topology.schedulers ?? 1) > 1) yield { ...definition, topology: { ...topology, schedulers: 1 } };
  for (const nodes of [1, topology.nodes - 1]) {
    if (nodes > 0 && nodes < topology.nodes) yield { ...definition, topology: withNodes(topology, nodes) };
  }
  if (topology.apiservers > 1) yield { ...definition, topology: { ...topology, apiservers: 1 } };
  if (topology.stores > 1) yield { ...definition, topology: { ...topology, stores: 1 } };
  for (const less of briefer(faults)) yield { ...definition, faults: less };
  yield* sooner(definition);
  yield* withoutDeadNames(definition);
}

/** Less time in which nothing is done: between two commands, and before faults are healed. */
function* sooner(definition: RunDefinition): Generator<RunDefinition> {
  const { faults, workload, healAtMs } = definition;
  for (const [index, { atMs }] of workload.entries()) {
    const lessMs = atMs - (workload[index - 1]?.atMs ?? atMs) - pauseMs;
    if (lessMs <= 0) continue;
    const shifted = (ms: number) => (ms < atMs ? ms : ms - lessMs);
    yield {
      ...definition,
      workload: workload.map((each) => ({ ...each, atMs: shifted(each.atMs) })),
      faults: faults.map((each) =>
        "atMs" in each.trigger ? { ...each, trigger: { atMs: shifted(each.trigger.atMs) } } : each,
      ),
      healAtMs: shifted(healAtMs),
    };
  }
  const ends = faults.map(({ trigger, forMs = 0 }) => ("atMs" in trigger ? trigger.atMs : 0) + forMs);
  const doneMs = Math.max(0, ...workload.map(({ atMs }) => atMs), ...ends) + pauseMs;
  if (doneMs < healAtMs) yield { ...definition, healAtMs: doneMs };
}

/** Without images that no command names. */
function* withoutDeadNames(definition: RunDefinition): Generator<RunDefinition> {
  const { topology, workload } = definition;
  const all = topology.images?.images ?? {};
  const said = JSON.stringify(workload);
  const named = Object.fromEntries(Object.entries(all).filter(([name]) => said.includes(JSON.stringify(name))));
  if (Object.keys(named).length === Object.keys(all).length) return;
  yield { ...definition, topology: { ...topology, images: { ...topology.images, images: named } } };
}

/** Fewer servers, then plainer requests. */
function* plainerTraffic(definition: RunDefinition): Generator<RunDefinition> {
  const { traffic, workload } = definition;
  if (!traffic) return;
  const { requests } = traffic;
  for (const [index, command] of workload.entries()) {
    if (command.op !== "create" || command.replicas < 2) continue;
    yield { ...definition, workload: workload.with(index, { ...command, replicas: 1 }) };
  }
  for (const field of ["bytes", "answerBytes", "workMs"] as const) {
    if (!requests.some((each) => each[field] > 0)) continue;
    yield { ...definition, traffic: { requests: requests.map((each) => ({ ...each, [field]: 0 })) } };
  }
}

/** Fewer nodes that together have as much to give: what does not fit any more would break other rules. */
function withNodes(topology: Topology, nodes: number): Topology {
  const { cpu } = topology.nodeCapacity ?? {};
  if (cpu === undefined) return { ...topology, nodes };
  const millis = Math.ceil((Number.parseInt(cpu, 10) * topology.nodes) / nodes);
  return { ...topology, nodes, nodeCapacity: { ...topology.nodeCapacity, cpu: `${millis}m` } };
}
