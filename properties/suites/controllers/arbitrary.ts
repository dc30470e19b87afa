import fc from "fast-check";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { lag } from "../../../runtime/faults/kinds/lag.ts";
import { loss } from "../../../runtime/faults/kinds/loss.ts";
import { lostAnswer } from "../../../runtime/faults/kinds/lost_answer.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import { chores } from "../../arbitraries/chores.ts";
import { errands } from "../../arbitraries/errands.ts";
import { faultIn, faultOf } from "../../arbitraries/places.ts";
import { measuredPursuits, minutely } from "../../arbitraries/pursuits.ts";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { editsOf, serviceEdits } from "../../arbitraries/service_edits.ts";
import { serviceCommands } from "../../arbitraries/services.ts";
import { mannered, setManners, setStarts } from "../../arbitraries/set_manners.ts";
import { setCommands } from "../../arbitraries/sets.ts";
import { isTimed, timetableStartMs, timetables } from "../../arbitraries/timetables.ts";
import { topology } from "../../arbitraries/topology.ts";
import { ventures } from "../../arbitraries/ventures.ts";
import { workload, workloadMsMax } from "../../arbitraries/workload.ts";
import type { Command } from "../../workload/command.ts";
import { modelApiAddress } from "../model/api.ts";
import type { ModelLapse } from "../model/messages.ts";
import { type ControllersRun, loopsFor } from "./run.ts";
import { controllersScenes } from "./scenes.ts";
import { controllerAddress } from "./stage.ts";

const [faultsMax, faultyMs] = [3, 3_000];
/** So soon after a command loops are at work on what it changed. */
const soonMs = 30;

/** Control loops with work and faults, and nothing else of a cluster. */
export function controllerRuns({
  mutation,
  withoutFaults = false,
}: RunDefinitionOptions = {}): fc.Arbitrary<ControllersRun> {
  const run = topology().chain((shape) => {
    const place = { topology: shape, isTight: false };
    const families = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(workload(), serviceCommands()).map((all) => all.flat()) },
      { weight: 2, arbitrary: setCommands() },
      { weight: 2, arbitrary: chores() },
      { weight: 2, arbitrary: timetables() },
      { weight: 3, arbitrary: fc.tuple(workload(), errands(place)).map((all) => all.flat()) },
      { weight: 3, arbitrary: fc.tuple(workload(), ventures(place)).map((all) => all.flat()) },
    );
    return families.chain((commands) => {
      const work = inOrder(commands.filter(isPlayed));
      return fc
        .record({
          seed: fc.nat(0xffff_ffff),
          lapses: fc.oneof(
            { weight: 3, arbitrary: fc.constant([]) },
            { weight: 1, arbitrary: fc.array(lapse, { minLength: 1, maxLength: 2 }) },
          ),
          endMs: fc.constantFrom(50, 400, 1_500),
          faults: withoutFaults ? fc.constant([]) : plan(work),
          // What came later is drawn last, so that all else in a campaign's runs is as it was before.
          edits: serviceEdits(),
          pursuit: work.some(isTimed) ? minutely() : measuredPursuits(),
          mannerOfSets: setManners(),
          startOfSets: setStarts(),
          scene: controllersScenes(controllerAddress("ttl-after-finished"), workloadMsMax),
        })
        .map(
          ({ lapses, edits, pursuit, mannerOfSets, startOfSets, scene, faults, ...rest }): ControllersRun => ({
            ...{
              suite: "controllers",
              ...rest,
              workload: inOrder(
                mannered([...work, ...editsOf(work, edits), ...pursuit, ...(withoutFaults ? [] : scene.workload)], {
                  ...mannerOfSets,
                  ...startOfSets,
                }),
              ),
              faults: withoutFaults ? faults : [...faults, ...scene.faults],
              healAtMs: workloadMsMax + faultyMs,
            },
            topology: { ...shape, stores: 1, apiservers: 1 },
            lapses: lapses.toSorted((a, b) => a.atMs - b.atMs),
            ...(work.some(isTimed) ? { startMs: timetableStartMs } : {}),
            ...(mutation === undefined ? {} : { mutation }),
          }),
        );
    });
  });
  return fc.noBias(run);
}

function inOrder(commands: readonly Command[]): readonly Command[] {
  return commands.toSorted((a, b) => a.atMs - b.atMs);
}

const lapse: fc.Arbitrary<ModelLapse> = fc.record({
  atMs: fc.nat(workloadMsMax),
  op: fc.constantFrom("close" as const, "forget" as const),
});

const playedKinds = new Set(["CronJob", "Job", "Pod", "PodDisruptionBudget", "ReplicationController"]);
/** Whose pods ask for what nobody gives here: places of their own, what is made later, more than is granted. */
const choosy = new Set([
  "apart",
  "ports",
  "pinned",
  "elsewhere",
  "evenly",
  "urgent",
  "first",
  "second",
  "reader",
  "waiting",
]);

/** Whether what it asks for is all played: there is no scheduler, no quota, no volume. */
function isPlayed(command: Command): boolean {
  if (["deleteNode", "labelNode", "deleteClaim", "cordon", "taint", "passGate"].includes(command.op)) return false;
  if (command.op === "createPod") return !command.gated;
  if (command.op === "createSet") return !command.claims;
  if (command.op !== "make" && command.op !== "change" && command.op !== "drop") return true;
  return command.namespace === "default" && playedKinds.has(command.kind) && !choosy.has(command.name);
}

/** Where faults can strike: the loops that have something to do, and what they hear of their API. */
export function controllerPlaces(work: readonly Command[]): Places {
  const actors = loopsFor(work).map(controllerAddress);
  return {
    ...{ actors, disks: [], clocks: actors, links: { from: actors, to: [modelApiAddress] } },
    streams: [{ from: [modelApiAddress], to: actors, types: ["api.watch"] }],
  };
}

/** What may go wrong between control loops and their API. */
function plan(work: readonly Command[]): fc.Arbitrary<readonly Fault[]> {
  const places = controllerPlaces(work);
  const { actors } = places;
  if (actors.length === 0) return fc.constant([]);
  const forMs = fc.oneof(fc.integer({ min: 20, max: 1_000 }), fc.integer({ min: 1_000, max: 8_000 }));
  const replies = fc.record({
    actor: fc.constantFrom(...actors),
    event: fc.constant("reply"),
    nth: fc.integer({ min: 3, max: 40 }),
  });
  const trigger = fc.oneof(
    { weight: 2, arbitrary: fc.nat(workloadMsMax).map((ms) => ({ atMs: ms })) },
    { weight: 1, arbitrary: replies },
  );
  const some = fc.array(faultIn(places, { trigger, forMs }), { minLength: 1, maxLength: faultsMax });
  // What was written and is not seen yet, what was not done, and what was done and nobody answered: what loops forget.
  const soon = fc.tuple(fc.constantFrom(...work), fc.nat(soonMs)).map(([{ atMs }, ms]) => ({ atMs: atMs + ms }));
  const aimed = fc.oneof(...[lag, loss, lostAnswer].map((kind) => faultOf(kind, places, { trigger: soon, forMs })));
  const several = fc.array(aimed, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: some },
    { weight: 2, arbitrary: several },
  );
}
