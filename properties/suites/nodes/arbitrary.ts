import fc from "fast-check";
import type { Fault } from "../../../runtime/faults/fault.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import { faultIn } from "../../arbitraries/places.ts";
import type { RunDefinitionOptions } from "../../arbitraries/run_definition.ts";
import { controllerAddress } from "../controllers/stage.ts";
import { modelApiAddress } from "../model/api.ts";
import type { ModelLapse } from "../model/messages.ts";
import { type NodesRun, type Spell, workMsMax } from "./run.ts";
import { loops } from "./stage.ts";

const [nodesMax, podsMax, spellsMax, faultsMax] = [7, 5, 4, 2];

/** Nodes that are lost, one by one or most of them at once, that come back, go, and are not ready. */
export function nodesRuns({ mutation, withoutFaults = false }: RunDefinitionOptions = {}): fc.Arbitrary<NodesRun> {
  const run = fc.integer({ min: 1, max: nodesMax }).chain((count) =>
    fc
      .record({
        seed: fc.nat(0xffff_ffff),
        zones: fc.oneof(
          { weight: 2, arbitrary: fc.constant(Array.from({ length: count }, () => "")) },
          {
            weight: 1,
            arbitrary: fc.array(fc.constantFrom("zone-a", "zone-b"), { minLength: count, maxLength: count }),
          },
        ),
        pods: fc.array(
          fc.record({
            node: fc.nat(count - 1),
            bearsSeconds: fc.constantFrom<(number | "ever")[]>(0, 5, 30, 60, "ever"),
          }),
          { maxLength: podsMax },
        ),
        spells: fc.array(spell(count), { minLength: 1, maxLength: spellsMax }),
        outage: fc.oneof(fc.constant([]), outage(count)),
        lapses: fc.oneof(
          { weight: 4, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: lapse.map((each) => [each]) },
        ),
        faults: withoutFaults ? fc.constant([]) : plan,
      })
      .map(
        ({ spells, outage: together, ...rest }): NodesRun => ({
          ...{ suite: "nodes", ...rest, healAtMs: workMsMax },
          workload: [...spells, ...together].toSorted((a, b) => a.atMs - b.atMs),
          ...(mutation === undefined ? {} : { mutation }),
        }),
      ),
  );
  return fc.noBias(run);
}

const beginMs = fc.integer({ min: 5_000, max: workMsMax - 20_000 });
/** Shorter than nodes are waited for, about as long, and longer. */
const lastsMs = fc.oneof(
  fc.integer({ min: 5_000, max: 40_000 }),
  fc.integer({ min: 40_000, max: 75_000 }),
  fc.integer({ min: 75_000, max: 180_000 }),
  fc.constant(undefined),
);

function spellOf({ forMs, ...rest }: Omit<Spell, "forMs"> & { readonly forMs: number | undefined }): Spell {
  const isOver = forMs !== undefined && rest.atMs + forMs < workMsMax;
  return isOver ? { ...rest, forMs } : rest;
}

function spell(count: number): fc.Arbitrary<Spell> {
  return fc
    .record({
      atMs: beginMs,
      node: fc.nat(count - 1),
      what: fc.constantFrom<Spell["what"][]>("silent", "silent", "silent", "notReady", "gone", "closed"),
      forMs: lastsMs,
    })
    .map(spellOf);
}

/** Several are not heard of any more at about one time, and most of them are again. */
function outage(count: number): fc.Arbitrary<readonly Spell[]> {
  const of = fc.record({
    isHit: fc.constantFrom(true, true, true, false),
    lateMs: fc.nat(4_000),
    moreMs: fc.nat(30_000),
  });
  return fc
    .record({ atMs: beginMs, forMs: lastsMs, all: fc.array(of, { minLength: count, maxLength: count }) })
    .map(({ atMs, forMs, all }) =>
      all.flatMap(({ isHit, lateMs, moreMs }, node) => {
        const each = { atMs: atMs + lateMs, node, what: "silent", forMs: forMs && forMs + moreMs } as const;
        return isHit ? [spellOf(each)] : [];
      }),
    );
}

const lapse: fc.Arbitrary<ModelLapse> = fc.record({
  atMs: fc.nat(workMsMax),
  op: fc.constantFrom("close" as const, "forget" as const),
});

const actors = loops.map(controllerAddress);

/** Where faults can strike: the loops, and what they hear of their API. */
export const nodesPlaces: Places = {
  ...{ actors, disks: [], clocks: actors, links: { from: actors, to: [modelApiAddress] } },
  streams: [{ from: [modelApiAddress], to: actors, types: ["api.watch"] }],
};

/** What may go wrong: in most runs nothing does, as that hides what rules are about. */
const plan: fc.Arbitrary<readonly Fault[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      faultIn(nodesPlaces, {
        trigger: fc.nat(workMsMax).map((atMs) => ({ atMs })),
        forMs: fc.oneof(fc.integer({ min: 20, max: 1_000 }), fc.integer({ min: 1_000, max: 20_000 })),
      }),
      { minLength: 1, maxLength: faultsMax },
    ),
  },
);
