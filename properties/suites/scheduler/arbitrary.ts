import fc from "fast-check";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { lostAnswer } from "../../../runtime/faults/kinds/lost_answer.ts";
import { partition } from "../../../runtime/faults/kinds/partition.ts";
import { pause } from "../../../runtime/faults/kinds/pause.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import { faultIn, faultOf } from "../../arbitraries/places.ts";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { modelApiAddress } from "../model/api.ts";
import type { ModelDeed, ModelLapse } from "../model/messages.ts";
import { change } from "./changes.ts";
import { movings } from "./moves.ts";
import { nodeNamed, workMsMax } from "./nodes.ts";
import { nodeNames, podNamed } from "./pods.ts";
import type { SchedulerRun } from "./run.ts";
import { schedulerAddress } from "./stage.ts";
import { standings } from "./stands.ts";
import { waitings } from "./waits.ts";

const faultsMax = 3;
/** A few nodes and pods, of which each change is about one that matters, or a crowd. */
const sizes = [
  { weight: 2, nodesMax: 2, podsMax: 4, changesMax: 4 },
  { weight: 1, nodesMax: nodeNames.length, podsMax: 14, changesMax: 8 },
] as const;

/** Schedulers with work and faults, and nothing else of a cluster. */
export function schedulerRuns({
  mutation,
  withoutFaults = false,
}: RunDefinitionOptions = {}): fc.Arbitrary<SchedulerRun> {
  const run = fc
    .record({
      seed: fc.nat(0xffff_ffff),
      work: fc.oneof(...sizes.map(({ weight, ...size }) => ({ weight, arbitrary: workOf(size) }))),
      lapses: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(lapse, { minLength: 1, maxLength: 2 }) },
      ),
      schedulers: fc.constantFrom(1, 1, 1, 2),
      endMs: fc.constantFrom(100, 400, 1_500),
      faults: withoutFaults ? fc.constant([]) : plan(),
      // What came later is drawn last, so that all else in a campaign's runs is as it was before.
      standing: standings(),
      rivalry: withoutFaults ? fc.constant([]) : rivalries(),
      moving: movings(),
      waiting: waitings(),
    })
    .map(({ work, lapses, standing, rivalry, moving, waiting, ...rest }) => ({
      ...{ suite: "scheduler" as const, ...rest, healAtMs: workMsMax + 1_000 },
      ...(rivalry.length > 0 ? { schedulers: schedulers.length, faults: rivalry } : {}),
      workload: [...work, ...standing, ...moving, ...waiting].toSorted((a, b) => a.atMs - b.atMs),
      lapses: lapses.toSorted((a, b) => a.atMs - b.atMs),
      ...(mutation === undefined ? {} : { mutation }),
    }));
  // Most of what is interesting is not at the edges: times that lie between others, numbers that just fit.
  return fc.noBias(run);
}

type Size = Omit<(typeof sizes)[number], "weight">;

function workOf({ nodesMax, podsMax, changesMax }: Size): fc.Arbitrary<readonly ModelDeed[]> {
  const upTo = <T>(max: number, each: (index: number) => fc.Arbitrary<T>) =>
    fc
      .integer({ min: 1, max })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_each, index) => each(index))));
  return fc
    .record({
      nodes: upTo(nodesMax, (index) => nodeNamed(nodeNames[index] ?? "")),
      pods: upTo(podsMax, pod),
      // Many a pod is one of a set, whose pods are all alike.
      model: podNamed("model"),
      alike: fc.array(fc.boolean(), { minLength: podsMax, maxLength: podsMax }),
      changes: fc.array(change, { minLength: 1, maxLength: changesMax }),
    })
    .map(({ nodes, pods: own, changes, model, alike }) => {
      const pods = own.map((each, index) => (alike[index] ? { ...each, object: likeModel(model, each.object) } : each));
      return [...nodes, ...pods, ...changes.flatMap((each) => each({ nodes, pods }))];
    });
}

type Put = ModelDeed & { readonly op: "put" };

function likeModel(model: Put["object"], { metadata: { name } }: Put["object"]): Put["object"] {
  return { ...model, metadata: { ...model.metadata, name } };
}

const lapse: fc.Arbitrary<ModelLapse> = fc.record({
  atMs: fc.nat(workMsMax),
  op: fc.constantFrom("close" as const, "forget" as const),
});

function pod(index: number): fc.Arbitrary<Put> {
  const atMs = fc.oneof({ weight: 1, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(workMsMax) });
  return fc
    .tuple(atMs, podNamed(`pod-${index}`))
    .map(([ms, object]) => ({ atMs: ms, op: "put", resource: "pods", object }));
}

const schedulers = [0, 1].map(schedulerAddress);

/** Where faults can strike: schedulers, and what they hear of their API. */
export const schedulerPlaces: Places = {
  ...{ actors: schedulers, disks: [], clocks: schedulers, links: { from: schedulers, to: [modelApiAddress] } },
  streams: [{ from: [modelApiAddress], to: schedulers, types: ["api.watch"] }],
};

/** Whoever leads is kept from it for about as long as its Lease lasts, once or twice, and somebody else waits for that. */
function rivalries(): fc.Arbitrary<readonly Fault[]> {
  const when = {
    trigger: fc.integer({ min: 1_500, max: workMsMax }).map((atMs) => ({ atMs })),
    forMs: fc.integer({ min: 1_500, max: 6_500 }),
  };
  const one = fc.oneof(...[pause, pause, partition, lostAnswer].map((kind) => faultOf(kind, schedulerPlaces, when)));
  return fc.oneof(
    { weight: 7, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) },
  );
}

/** What may go wrong between schedulers and their API. */
function plan(): fc.Arbitrary<readonly Fault[]> {
  const forMs = fc.oneof(fc.integer({ min: 20, max: 500 }), fc.integer({ min: 500, max: 4_000 }));
  const replies = fc.record({
    actor: fc.constant(schedulerAddress(0)),
    event: fc.constant("reply"),
    nth: fc.integer({ min: 15, max: 60 }),
  });
  const trigger = fc.oneof(
    { weight: 2, arbitrary: fc.nat(workMsMax).map((ms) => ({ atMs: ms })) },
    { weight: 1, arbitrary: replies },
  );
  const some = fc.array(faultIn(schedulerPlaces, { trigger, forMs }), { minLength: 1, maxLength: faultsMax });
  return fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: some });
}
