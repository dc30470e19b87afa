import { present } from "../../actors/kit/present.ts";
import type { Fault, FaultName, Trigger } from "../../runtime/faults/fault.ts";
import type { FaultKind } from "../../runtime/faults/kind.ts";
import { all as kinds } from "../../runtime/faults/kinds/all.ts";
import { parseFault } from "../../runtime/faults/known_faults.ts";
import type { Places } from "../../runtime/faults/places.ts";
import { type Random, randomFrom } from "../../runtime/mod.ts";
import { placesOf } from "../arbitraries/fault_plan.ts";
import type { Moment } from "./coverage.ts";
import { suiteWithStage } from "./perform.ts";
import { type AnyRun, isSuiteRun, type RunDefinition } from "./run_definition.ts";

/** A run that was performed, and what its actors took then. */
export interface Tried {
  readonly run: AnyRun;
  readonly moments: readonly Moment[];
}

const [changesMax, faultsMax] = [3, 12];
const [forMsMin, forMsMax, hurryMsMax] = [1, 25_000, 40];

/**
 * A run like one that was performed, with faults where something happened in that one: the nth time that an actor took
 * an event, just then, or several at once. Until the first of them strikes it is that run again, to the last bit.
 *
 * It stays one that could have been drawn: kinds of faults that a plan may have only within bounds of its own stay as
 * they are, and so does the order of what users do.
 */
export function varied(tried: Tried, key: number): AnyRun {
  const random = randomFrom(key);
  let { run } = tried;
  for (let change = random.int(changesMax); change >= 0; change--) run = changed({ ...tried, run }, random);
  return run;
}

function changed(tried: Tried, random: Random): AnyRun {
  const { run } = tried;
  const movable = run.faults.flatMap((fault, index) => (isFree(fault) ? [index] : []));
  const places = run.faults.every(isFree) && run.faults.length < faultsMax ? placesIn(run) : undefined;
  if (movable.length === 0 && !places) return { ...run, seed: random.int(0x1_0000_0000) };
  const choice = random.int(10);
  if (places && (choice < 3 || movable.length === 0))
    return { ...run, faults: [...run.faults, ...added(tried, places, random)] };
  const index = oneOf(movable, random);
  const fault = run.faults[index] as Fault;
  if (choice < 6) return { ...run, faults: run.faults.with(index, { ...fault, trigger: aimed(tried, fault, random) }) };
  if (choice === 6) return { ...run, faults: together(tried, movable, random) };
  if (choice === 7) return { ...run, faults: run.faults.with(index, { ...fault, forMs: lasting(fault, random) }) };
  if (choice === 8) return hurried(run, random);
  return { ...run, seed: random.int(0x1_0000_0000) };
}

/** Whether it is of a kind that plans have anywhere: others mean more than can be promised where they are not alone. */
function isFree({ kind }: Fault): boolean {
  return freeKinds.has(kind);
}

const freeKinds: ReadonlySet<FaultName> = new Set(
  (kinds as readonly FaultKind[]).filter(({ weight }) => weight > 0).map(({ kind }) => kind as FaultName),
);

/** Undefined where nothing can strike: of control loops there may be none. */
function placesIn(run: AnyRun): Places | undefined {
  const places = isSuiteRun(run) ? suiteWithStage(run.suite).places(run) : clusterPlaces(run);
  return places && places.actors.length > 0 ? places : undefined;
}

function clusterPlaces({ traffic, topology }: RunDefinition): Places | undefined {
  return traffic || topology.clouds ? undefined : placesOf(topology);
}

/** One fault more, or the same one twice. */
function added(tried: Tried, places: Places, random: Random): readonly Fault[] {
  const [first] = tried.run.faults;
  const again = first && random.int(3) === 0 ? oneOf(tried.run.faults, random) : undefined;
  const action = again ?? drawn(places, random);
  return action ? [{ ...action, trigger: aimed(tried, action, random) }] : [];
}

function drawn(places: Places, random: Random): Fault | undefined {
  const able = (kinds as readonly FaultKind[]).filter(({ weight }) => weight > 0);
  const kind = oneOf(
    able.flatMap((each) => Array<FaultKind>(each.weight).fill(each)),
    random,
  );
  const parameters = kind.draw(places, random);
  if (!parameters) return undefined;
  return { ...parseFault({ kind: kind.kind, parameters }), trigger: { atMs: 0 }, forMs: lasting({}, random) };
}

/** Where something happened, mostly to whom the fault is about. */
function aimed({ moments, run }: Tried, fault: Fault, random: Random): Trigger {
  const { faultsFromMs: fromMs = 0 } = isSuiteRun(run) ? suiteWithStage(run.suite) : {};
  const inTime = moments.filter(({ firstMs, lastMs }) => firstMs < run.healAtMs && lastMs >= fromMs);
  if (inTime.length === 0) return fault.trigger;
  const subjects = JSON.stringify(fault.parameters);
  const own = inTime.filter(({ actor }) => subjects.includes(`"${actor}"`));
  const moment = oneOf(own.length > 0 && random.int(3) > 0 ? own : inTime, random);
  return triggerAt(moment, { fromMs, untilMs: run.healAtMs }, random);
}

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

function triggerAt(moment: Moment, { fromMs, untilMs }: Span, random: Random): Trigger {
  const { actor, times, firstMs, lastMs } = moment;
  const isAtFirst = random.int(2) === 0 || lastMs >= untilMs;
  // Which of its times come after the beginning, nobody has counted.
  if (random.int(3) === 0 || firstMs < fromMs) return { atMs: Math.max(fromMs, isAtFirst ? firstMs : lastMs) };
  const nth = 1 + random.int(Math.min(times, nthMax));
  return { ...("event" in moment ? { actor, event: moment.event } : { actor, phase: moment.phase }), nth };
}

const nthMax = 200;

/** Two at one moment. */
function together(tried: Tried, movable: readonly number[], random: Random): readonly Fault[] {
  const { faults } = tried.run;
  const [one, other] = [oneOf(movable, random), oneOf(movable, random)];
  const trigger = aimed(tried, faults[one] as Fault, random);
  return faults.map((fault, index) => (index === one || index === other ? { ...fault, trigger } : fault));
}

function lasting({ forMs }: Pick<Fault, "forMs">, random: Random): number {
  if (forMs === undefined || random.int(2) === 0) return Math.max(forMsMin, Math.round(forMsMax ** random.float()));
  return Math.min(forMsMax, Math.max(forMsMin, random.int(2) === 0 ? forMs >> 1 : forMs * 2));
}

/** What users do follows closely upon what they did before. */
function hurried(run: AnyRun, random: Random): AnyRun {
  const work = run.workload as readonly { readonly atMs?: number }[];
  const index = 1 + random.int(Math.max(1, work.length - 1));
  const [before, command] = [work[index - 1]?.atMs, work[index]];
  if (before === undefined || command?.atMs === undefined || command.atMs <= before) return run;
  const atMs = Math.min(command.atMs, before + random.int(hurryMsMax));
  return { ...run, workload: work.with(index, { ...command, ...present({ atMs }) }) } as AnyRun;
}

function oneOf<T>(choices: readonly T[], random: Random): T {
  return choices[random.int(choices.length)] as T;
}
