import fc from "fast-check";
import type { ImageBehaviour } from "../../actors/cri/messages.ts";
import { present } from "../../actors/kit/present.ts";
import type { Topology } from "../../scenarios/cluster/topology.ts";
import { brokenImages, initImage, jobImage, longImage, steadyImage } from "../workload/manifests.ts";

/** The images that workloads use; `app:1` to `app:4`, each with a behaviour of its own in a run. */
export const imageNames: readonly string[] = ["app:1", "app:2", "app:3", "app:4"];

/** The most nodes of a small cluster. */
export const nodesMax = 5;

const behaviour: fc.Arbitrary<ImageBehaviour> = fc.record({
  pullMs: fc.nat(500),
  startMs: fc.nat(800),
  stopMs: fc.nat(900),
  readyMs: fc.nat(1_500),
});

/** Small clusters: 1 or 3 store replicas, 1 or 2 API servers, 1 to 5 nodes. */
export function topology(): fc.Arbitrary<Topology> {
  return fc
    .record({
      nodes: fc.integer({ min: 1, max: nodesMax }),
      stores: fc.constantFrom<(1 | 3)[]>(3, 3, 3, 1),
      apiservers: fc.constantFrom<(1 | 2)[]>(2, 1),
      schedulers: fc.constantFrom(1, 1, 2),
      managers: fc.constantFrom(1, 1, 2),
      snapshotEntries: fc.constantFrom(10, 100, 10_000, 10_000),
      behaviours: fc.tuple(behaviour, behaviour, behaviour, behaviour),
    })
    .map(({ behaviours, ...sizes }) => ({
      ...sizes,
      images: {
        images: {
          ...Object.fromEntries(imageNames.map((name, index) => [name, behaviours[index] ?? {}])),
          [initImage]: { exitAfterMs: 150 },
          [jobImage]: { pullMs: 50, exitAfterMs: 700 },
          [steadyImage]: { exitAfterMs: 4_000 },
          [longImage]: { exitAfterMs: 65_000 },
          ...brokenImages,
        },
      },
      restartsMax: 1_000,
    }));
}

/** What a cluster makes of nodes that are silent, and of images that end by themselves. */
export interface Impatience {
  readonly timings: NonNullable<Topology["timings"]>;
  /** For how long the pods of Deployments bear a node that is lost. */
  readonly bearsSeconds: number;
}

/** Clusters that hold silent nodes for lost within a run, and drive their pods off. */
export function impatience(): fc.Arbitrary<Impatience | null> {
  const impatient = fc.record({
    timings: fc.record({
      nodeMonitorGraceMs: fc.integer({ min: 2_500, max: 6_000 }),
      nodeLeaseRenewMs: fc.constant(500),
    }),
    bearsSeconds: fc.integer({ min: 0, max: 4 }),
  });
  return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: impatient });
}

/** Images of which a container's first attempts end by themselves, well or not; which, by their place in `imageNames`. */
export function mortality(): fc.Arbitrary<ReadonlyMap<number, ImageBehaviour>> {
  const mortal = fc.tuple(
    fc.nat(imageNames.length - 1),
    fc.record({
      exitAfterMs: fc.integer({ min: 200, max: 5_000 }),
      exitCode: fc.constantFrom(0, 1),
      // A second end would be followed by ten seconds of nothing, which looks like rest.
      attemptsMax: fc.constant(1),
    }),
  );
  return fc
    .oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(mortal, { minLength: 1, maxLength: 2 }) },
    )
    .map((each) => new Map(each));
}

/** How much of the past a cluster keeps, and how many addresses it has to give. */
export type Scarcity = Pick<Topology, "watchEventsMax" | "serviceCidr" | "nodePorts" | "timings">;

/**
 * Clusters that forget fast and have little to give: watchers that come back have missed too much, the store's history
 * is compacted within the run, and Services meet at the same addresses and ports.
 */
export function scarcity(): fc.Arbitrary<Scarcity> {
  return fc
    .record({
      watchEventsMax: fc.constantFrom(undefined, 1, 4),
      compactionMs: fc.constantFrom(undefined, undefined, 2_500, 7_000),
      isNarrow: fc.boolean(),
    })
    .map(({ watchEventsMax, compactionMs, isNarrow }) => ({
      ...present({ watchEventsMax }),
      ...(isNarrow ? { serviceCidr: "10.96.0.0/28", nodePorts: { first: 30_000, last: 30_003 } } : {}),
      ...(compactionMs === undefined ? {} : { timings: { compactionMs } }),
    }));
}
