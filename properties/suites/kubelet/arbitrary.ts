import fc from "fast-check";
import type { Fault, Trigger } from "../../../runtime/faults/fault.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import { faultIn } from "../../arbitraries/places.ts";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { modelApiAddress } from "../model/api.ts";
import type { ModelDeed, ModelLapse, ModelRefusal } from "../model/messages.ts";
import { change } from "./changes.ts";
import { podNamed, sources, workMsMax } from "./pods.ts";
import { type CallFailure, computerAddress, type KubeletRun, kubeletAddress, nodeNameOf } from "./run.ts";
import { withScene } from "./scenes.ts";

const faultsMax = 3;
const soonMs = 40;
const [podsMax, changesMax] = [4, 6];

/** Kubelets with pods, what users do to them, and faults. */
export function kubeletRuns({ mutation, withoutFaults = false }: RunDefinitionOptions = {}): fc.Arbitrary<KubeletRun> {
  const nodes = fc.constantFrom(1, 1, 1, 1, 2);
  const run = nodes.chain((count) =>
    workOf(count).chain((work) =>
      fc
        .record({
          seed: fc.nat(0xffff_ffff),
          lapses: rarely(lapse, 3),
          refusals: withoutFaults ? fc.constant([]) : rarely(refusal, 3),
          failures: withoutFaults ? fc.constant([]) : rarely(failure, 3),
          faults: withoutFaults ? fc.constant([]) : plan(work, count),
        })
        .map(
          ({ lapses, ...rest }): KubeletRun => ({
            ...{ suite: "kubelet", nodes: count, workload: work, ...rest, healAtMs: workMsMax + 4_000 },
            lapses: lapses.toSorted((a, b) => a.atMs - b.atMs),
            ...(mutation === undefined ? {} : { mutation }),
          }),
        ),
    ),
  );
  // Without faults no run is to have the failures and crashes of a scene.
  return fc.noBias(withoutFaults ? run : run.map(withScene));
}

function workOf(nodes: number): fc.Arbitrary<readonly ModelDeed[]> {
  return fc
    .record({
      pods: fc
        .integer({ min: 1, max: podsMax })
        .chain((count) =>
          fc.tuple(...Array.from({ length: count }, (_each, index) => podNamed(`pod-${index}`, nodes))),
        ),
      changes: fc.array(change, { minLength: 1, maxLength: changesMax }),
    })
    .map(({ pods, changes }) => {
      const deeds = [...sources, ...pods, ...changes.flatMap((each) => each(pods, nodes))];
      return deeds.toSorted((a, b) => a.atMs - b.atMs);
    });
}

function rarely<T>(some: fc.Arbitrary<T>, none: number): fc.Arbitrary<readonly T[]> {
  return fc.oneof(
    { weight: none, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(some, { minLength: 1, maxLength: 2 }) },
  );
}

const lapse: fc.Arbitrary<ModelLapse> = fc.record({
  atMs: fc.nat(workMsMax),
  op: fc.constantFrom("close" as const, "forget" as const),
});

const refusal: fc.Arbitrary<ModelRefusal> = fc.record({
  verb: fc.constantFrom("patch" as const, "patch" as const, "delete" as const),
  resource: fc.constant("pods"),
  nth: fc.integer({ min: 1, max: 12 }),
  code: fc.constantFrom(409 as const, 429 as const, 500 as const, 500 as const),
  isDone: fc.boolean(),
});

const failure: fc.Arbitrary<CallFailure> = fc.record({
  op: fc.constantFrom<CallFailure["op"][]>(
    ...([
      "CreateContainer",
      "StartContainer",
      "PullImage",
      "RunPodSandbox",
      "StopContainer",
      "StopPodSandbox",
    ] as const),
  ),
  nth: fc.integer({ min: 1, max: 5 }),
});

const nodesOf = (count: number) => Array.from({ length: count }, (_each, index) => nodeNameOf(index));

/** Where faults can strike between so many kubelets and their API. */
export function kubeletPlaces(count: number): Places {
  const kubelets = nodesOf(count).map(kubeletAddress);
  return {
    ...{ actors: kubelets, disks: [], clocks: kubelets, links: { from: kubelets, to: [modelApiAddress] } },
    streams: [{ from: [modelApiAddress], to: kubelets, types: ["api.watch"] }],
  };
}

/** What may go wrong between kubelets, their computers and their API. */
function plan(work: readonly ModelDeed[], count: number): fc.Arbitrary<readonly Fault[]> {
  const kubelets = nodesOf(count).map(kubeletAddress);
  const computers = nodesOf(count).map(computerAddress);
  const ofApi = kubeletPlaces(count);
  const forMs = fc.oneof(fc.integer({ min: 20, max: 500 }), fc.integer({ min: 500, max: 6_000 }));
  const trigger = triggerOf(work, kubelets);
  const crash = fc
    .record({ actor: fc.constantFrom(...kubelets), trigger, forMs })
    .map(({ actor, ...rest }): Fault => ({ kind: "crash", parameters: { actor }, ...rest }));
  const powerLoss = fc
    .record({ actor: fc.constantFrom(...computers), trigger, forMs })
    .map(({ actor, ...rest }): Fault => ({ kind: "crash", parameters: { actor }, ...rest }));
  const slow = fc
    .record({ actor: fc.constantFrom(...computers), delayMsMax: fc.constantFrom(50, 400, 2_000), trigger, forMs })
    .map(
      ({ actor, delayMsMax, ...rest }): Fault => ({
        kind: "slowDevice",
        parameters: { actor, device: "cri", delayMsMax },
        ...rest,
      }),
    );
  const any = fc.oneof(
    { weight: 5, arbitrary: crash },
    { weight: 2, arbitrary: powerLoss },
    { weight: 2, arbitrary: slow },
    { weight: 4, arbitrary: faultIn(ofApi, { trigger, forMs }) },
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: crash.map((each) => [each]) },
    { weight: 3, arbitrary: fc.array(any, { minLength: 1, maxLength: faultsMax }) },
  );
}

/** Just after what users do kubelets are at work; or when they are told something. */
function triggerOf(work: readonly ModelDeed[], kubelets: readonly string[]): fc.Arbitrary<Trigger> {
  const told = fc.record({
    actor: fc.constantFrom(...kubelets),
    event: fc.constantFrom("reply", "reply", "reply", "cri.exited", "api.watch", "timer.deadline"),
    nth: fc.integer({ min: 1, max: 30 }),
  });
  return fc.oneof(
    { weight: 2, arbitrary: fc.nat(workMsMax).map((ms) => ({ atMs: ms })) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...work), fc.nat(soonMs)).map(([{ atMs }, ms]) => ({ atMs: atMs + ms })),
    },
    { weight: 3, arbitrary: told },
  );
}
