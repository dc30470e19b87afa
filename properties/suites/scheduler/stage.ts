import type { Frozen, Pod } from "../../../actors/api/types.ts";
import { scheduler } from "../../../actors/scheduler/definition.ts";
import type { SchedulerInput } from "../../../actors/scheduler/messages.ts";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import type { Address } from "../../../runtime/mod.ts";
import type { Violation } from "../../engine/invariant.ts";
import { isFrozen, type RunResult, resultOf } from "../../engine/run.ts";
import type { SuiteOptions } from "../../engine/suite.ts";
import type { Commit, World } from "../../engine/world.ts";
import { leasesRunOutFirst } from "../../invariants/leases_run_out_first.ts";
import { oneLeadsAtATime } from "../../invariants/one_leads_at_a_time.ts";
import { modelApi, modelApiAddress } from "../model/api.ts";
import type { ModelApiData } from "../model/data.ts";
import type { ModelChange } from "../model/messages.ts";
import type { SchedulerRun } from "./run.ts";
import {
  createMoments,
  hasPlaceWithout,
  isWaiting,
  type Moment,
  type Moments,
  placeFor,
  whyNotBound,
  withBound,
} from "./scenes.ts";
import { guarded } from "./stands.ts";

/** The rules of this suite, by what reports call them. */
export const schedulerRules = {
  placed: "pods are bound where they may be",
  soon: "pods that fit are bound soon",
  victims: "only lesser pods are preempted",
  told: "pods that wait are told why",
  leads: oneLeadsAtATime.name,
  taken: leasesRunOutFirst.name,
  rest: "at the fixpoint nobody writes",
  errors: "no component gives up",
};

/** The address of a scheduler. */
export const schedulerAddress = (index: number): Address => `scheduler/${index}`;

/** Whoever has failed again and again is tried again after ten seconds. */
const soonMs = 13_000;
/** What was restarted, or heard nothing for a while, needs so long until it knows what there is. */
const recoveryMs = 6_000;
/** Whose question was lost waits for so long, and acts only then on what it knew. */
const answerMs = 35_000;
const [lookMs, settleMsMax, restMs] = [250, 60_000, 4_000];
const timings = { leaseMs: 3_000, renewDeadlineMs: 2_000, retryMs: 1_000 };

/** Performs a run: bindings and preemptions are judged as they happen, who waits for long at each look, all at the end. */
export function performScheduler(run: SchedulerRun, options: SuiteOptions = {}): RunResult {
  const { seed, faults, healAtMs } = run;
  const { journalMax = 0, freeze = isFrozen(run) } = options;
  const cast = { actors: [modelApi, scheduler], devices: [] };
  const simulation = createSimulation({ cast, seed, faults, journalMax, freeze });
  options.begin?.(simulation);
  const judge = createJudge(run, simulation);
  const { workload: deeds, lapses, endMs } = run;
  simulation.spawnNow({ name: modelApiAddress, kind: modelApi.kind, input: { deeds, lapses, endMs } });
  for (let index = 0; index < run.schedulers; index++) {
    const input: SchedulerInput = { servers: [modelApiAddress], ...timings };
    simulation.spawnNow({ name: schedulerAddress(index), kind: scheduler.kind, input, restartsMax: 10_000 });
  }
  const isBroken = () => judge.violation() !== undefined;
  const hasEnded = (atMs: number) => simulation.runUntil(isBroken, atMs);
  if (!hasEnded(healAtMs)) {
    simulation.faults.heal();
    const isDone = () => isBroken() || judge.unsettled() === undefined;
    if (!hasEnded(healAtMs + Math.max(recoveryMs, ...faults.map(recoveryOf)))) {
      if (!simulation.runUntil(isDone, healAtMs + settleMsMax)) judge.report("soon", judge.unsettled());
      // Who fits nowhere is tried again for as long as it may be told something new.
      hasEnded(simulation.uptimeMs() + soonMs);
      judge.beQuiet();
      if (!hasEnded(simulation.uptimeMs() + restMs)) judge.end();
    }
  }
  options.inspect?.(simulation);
  return resultOf(simulation, judge.violation());
}

interface Judge {
  violation(): Violation | undefined;
  report(rule: keyof typeof schedulerRules, details: string | undefined): void;
  /** Who waits although there is room. */
  unsettled(): string | undefined;
  beQuiet(): void;
  end(): void;
}

interface Driven {
  readonly atMs: number;
  readonly victim: Frozen<Pod>;
  readonly node: string;
  /** What there was when it was told to go. */
  readonly now: Moment;
}

function createJudge(run: SchedulerRun, simulation: Simulation): Judge {
  const moments = createMoments();
  const world = { definition: { topology: { schedulers: run.schedulers } }, simulation } as unknown as World;
  const leaders = oneLeadsAtATime.watch(world);
  const leases = leasesRunOutFirst.watch(world);
  const hasBudget = run.workload.some((deed) => deed.op === "put" && deed.resource === "poddisruptionbudgets");
  /** Since when there has been a place for each pod that waits. */
  const fitsMs = new Map<string, number>();
  let driven: Driven[] = [];
  let [seen, lookAtMs] = [0, 0];
  let isQuiet = false;
  let violation: Violation | undefined;

  function report(rule: keyof typeof schedulerRules, details: string | undefined) {
    if (details !== undefined) violation ??= { property: schedulerRules[rule], details, atMs: simulation.uptimeMs() };
  }

  function take(change: ModelChange) {
    moments.take(change);
    const { resource, key, object, previous, atMs, by, version: revision } = change;
    if (resource === "leases") {
      const commit = { revision, key: `/registry/${key}`, object, previous, atMs } as unknown as Commit;
      report("taken", leases.commit?.(commit));
    }
    if (by && isQuiet && resource !== "leases" && resource !== "events") report("rest", `${by} wrote ${key}`);
    if (resource !== "pods" || !object || !by) return;
    const [pod, before] = [object as unknown as Frozen<Pod>, previous as unknown as Frozen<Pod> | undefined];
    const { nodeName } = pod.spec;
    if (nodeName && !before?.spec.nodeName && !isTroubled(run, simulation)) {
      const why = whyNotBound(key, nodeName, { moments, atMs });
      if (why) report("placed", `${key} was bound to ${nodeName}: ${why}`);
    }
    if (nodeName && isPreempted(pod) && before && !isPreempted(before))
      driven.push({ atMs, victim: before, node: nodeName, now: moments.now() });
  }

  /** Looks, when all words of a preemption have arrived, whether each of its victims had to go. */
  function judgeVictims(nowMs: number) {
    const [first] = driven;
    if (!first || nowMs - first.atMs < lookMs / 2) return;
    const together = driven.filter(({ atMs, node }) => node === first.node && atMs - first.atMs < 10);
    driven = driven.filter((each) => !together.includes(each));
    if (!isTroubled(run, simulation)) report("victims", whyNotDriven(together, moments, hasBudget));
  }

  function look(nowMs: number) {
    const now = moments.now();
    for (const [key, pod] of now.pods) {
      const place = isWaiting(pod) && !isTroubled(run, simulation) ? placeFor(pod, now) : undefined;
      if (place === undefined) fitsMs.delete(key);
      else if (!fitsMs.has(key)) fitsMs.set(key, nowMs);
      const sinceMs = fitsMs.get(key) ?? nowMs;
      if (nowMs - sinceMs >= soonMs)
        report("soon", `${key} waits since ${sinceMs} ms, and there is a place on ${place}`);
    }
  }

  simulation.onStep((address) => {
    report("leads", leaders.step?.(address));
    if (address === modelApiAddress) {
      const { changes } = simulation.dataOf(modelApiAddress) as ModelApiData;
      for (; seen < changes.length; seen++) take(changes[seen] as ModelChange);
    }
    if (simulation.failures().length > 0) report("errors", simulation.failures()[0]?.reason);
    const nowMs = simulation.uptimeMs();
    judgeVictims(nowMs);
    if (nowMs < lookAtMs) return;
    lookAtMs = nowMs + lookMs;
    look(nowMs);
  });

  return {
    violation: () => violation,
    report,
    unsettled() {
      const now = moments.now();
      for (const [key, pod] of now.pods) {
        if (pod.metadata.deletionTimestamp) return `${key} does not end`;
        const place = isWaiting(pod) ? placeFor(pod, now) : undefined;
        if (place !== undefined) return `${key} waits, and there is a place on ${place}`;
      }
      return undefined;
    },
    beQuiet: () => {
      isQuiet = true;
    },
    end() {
      // Whoever could not be told what an attempt came to is told of the next, which may be minutes away.
      if (run.faults.length > 0) return;
      for (const [key, pod] of moments.now().pods) {
        if (!isWaiting(pod) || pod.spec.schedulingGates?.length) continue;
        const told = pod.status.conditions?.find(({ type }) => type === "PodScheduled");
        if (told?.status !== "False" || !told.message) report("told", `${key} is told ${JSON.stringify(told)}`);
      }
    },
  };
}

/** Whether something may have kept schedulers from knowing what there is. */
function isTroubled({ faults, lapses }: SchedulerRun, simulation: Simulation): boolean {
  const nowMs = simulation.uptimeMs();
  const begunMs = simulation.faults.begunMs();
  if (lapses.some(({ atMs }) => atMs <= nowMs && nowMs < atMs + recoveryMs)) return true;
  return faults.some((fault, index) => {
    const { forMs = Number.POSITIVE_INFINITY } = fault;
    const sinceMs = begunMs[index];
    return sinceMs !== undefined && nowMs < sinceMs + forMs + recoveryOf(fault);
  });
}

/** How long a fault is felt when it is over. */
function recoveryOf({ kind }: Fault): number {
  return kind === "crash" || kind === "pause" || kind === "clockSkew" ? recoveryMs : answerMs;
}

const isPreempted = ({ status }: Frozen<Pod>) =>
  status.conditions?.some(({ type, reason }) => type === "DisruptionTarget" && reason === "PreemptionByScheduler") ??
  false;

/** What is wrong about pods that were driven off one node together: there was nobody to drive them off for, or no need. */
function whyNotDriven(together: readonly Driven[], moments: Moments, hasBudget: boolean): string | undefined {
  const [first] = together;
  if (!first) return undefined;
  const { node, atMs, now } = first;
  const heard = moments.known(atMs);
  // Who binds a pod knows of it at once, and of what went before only when it hears of it.
  const known = [...heard, ...heard.slice(0, heard.indexOf(now)).map((moment) => withBound(moment, now))];
  const least = Math.max(...together.map(({ victim }) => victim.spec.priority ?? 0));
  const names = together.map(({ victim }) => victim.metadata.name).join(", ");
  const isOver = (pod: Frozen<Pod>) =>
    isWaiting(pod) && (pod.spec.priority ?? 0) > least && pod.spec.preemptionPolicy !== "Never";
  const preemptors = new Set(
    known.flatMap(({ pods }) => [...pods].flatMap(([key, pod]) => (isOver(pod) ? [key] : []))),
  );
  if (preemptors.size === 0) return `${names} of priority ${least} made room for nobody who matters more`;
  const idle = together.find(
    (driven) => ![...preemptors].some((key) => known.some((moment) => isInTheWay(key, { moment, together, driven }))),
  );
  if (idle) return `${names} made room on ${node}, and ${idle.victim.metadata.name} was in nobody's way`;
  const kept = together.find(({ victim }) => isGuarded(victim));
  return hasBudget && kept && wereOthers(together, { known, preemptors })
    ? `${names} made room on ${node}, a budget keeps ${kept.victim.metadata.name}, and others would have done`
    : undefined;
}

interface Deciding {
  readonly known: readonly Moment[];
  readonly preemptors: ReadonlySet<string>;
}

/** Whether others than those that a budget keeps would have done, for whomever it was, whatever was known. */
function wereOthers(together: readonly Driven[], { known, preemptors }: Deciding): boolean {
  const uids = together.map(({ victim }) => victim.metadata.uid ?? "");
  const node = together[0]?.node ?? "";
  const cases = [...preemptors].flatMap((key) =>
    known.flatMap((moment) => {
      const pod = moment.pods.get(key);
      if (!pod || !isWaiting(pod)) return [];
      const gone = new Set([...uids, ...endingBelow(pod, moment)]);
      return hasPlaceWithout(pod, node, { moment, gone }) ? [{ pod, moment }] : [];
    }),
  );
  return cases.length > 0 && cases.every(({ pod, moment }) => isRoomBeside(pod, { moment, node }));
}

/** A budget keeps it, which lets nobody go. */
const isGuarded = ({ metadata }: Frozen<Pod>) => metadata.labels?.guarded === guarded.guarded;

/** Whether a pod has its place on a node once all lesser ones are gone that no budget keeps. */
function isRoomBeside(pod: Frozen<Pod>, { moment, node }: { readonly moment: Moment; readonly node: string }): boolean {
  // Room that was made for another is not to be had.
  const isPromised = ({ metadata, spec, status }: Frozen<Pod>) =>
    !spec.nodeName && status.nominatedNodeName === node && metadata.uid !== pod.metadata.uid;
  if ([...moment.pods.values()].some(isPromised)) return false;
  const lesser = [...moment.pods.values()].filter(
    (each) => each.spec.nodeName === node && (each.spec.priority ?? 0) < (pod.spec.priority ?? 0) && !isGuarded(each),
  );
  return hasPlaceWithout(pod, node, { moment, gone: new Set(lesser.map(({ metadata }) => metadata.uid ?? "")) });
}

interface Need {
  readonly moment: Moment;
  readonly together: readonly Driven[];
  readonly driven: Driven;
}

/**
 * Whether a pod has its place once all of them have gone, and lesser ones that end anyway, and not while this one stays,
 * whoever matters less goes in its place.
 */
function isInTheWay(key: string, { moment, together, driven: { victim, node } }: Need): boolean {
  const pod = moment.pods.get(key);
  if (!pod || !isWaiting(pod)) return false;
  // Whom it needs near it may be among those that go.
  if (pod.spec.affinity?.podAffinity) return true;
  const uids = together.map((each) => each.victim.metadata.uid ?? "");
  const fitsWithout = (gone: readonly string[]) => hasPlaceWithout(pod, node, { moment, gone: new Set(gone) });
  const others = uids.filter((each) => each !== victim.metadata.uid);
  return (
    fitsWithout([...uids, ...endingBelow(pod, moment)]) && !fitsWithout([...others, ...lesserThan(victim, pod, moment)])
  );
}

/** Those that matter less than a pod and end anyway. */
function endingBelow({ spec: { priority = 0 } }: Frozen<Pod>, { pods }: Moment): readonly string[] {
  return [...pods.values()].flatMap(({ metadata, spec }) =>
    metadata.deletionTimestamp && (spec.priority ?? 0) < priority ? [metadata.uid ?? ""] : [],
  );
}

/** Those on its node that matter less than a victim: they go before it. Who is to be spread may fit no better without them. */
function lesserThan({ spec }: Frozen<Pod>, preemptor: Frozen<Pod>, { pods }: Moment): readonly string[] {
  if (preemptor.spec.topologySpreadConstraints?.length) return [];
  return [...pods.values()].flatMap((each) => {
    // Who is kept by a budget is spared before others that matter more.
    if (isGuarded(each)) return [];
    const isLesser = each.spec.nodeName === spec.nodeName && (each.spec.priority ?? 0) < (spec.priority ?? 0);
    return isLesser ? [each.metadata.uid ?? ""] : [];
  });
}
