import { assert, test } from "../../../../properties/house/test.ts";
import { formatTime } from "../../../api/time.ts";
import type { Deployment, ReplicaSet } from "../../../api/types.ts";
import { decideSizes } from "./sizing.ts";

interface Scene {
  /** What the sets were sized for. */
  readonly from: number;
  readonly to: number;
  /** Oldest first; the last one is of the present template, unless there is none. */
  readonly sets: readonly number[];
  readonly surge?: readonly [number, number];
  readonly hasNewest?: boolean;
  readonly sizedFor?: readonly number[];
  readonly paused?: boolean;
  readonly available?: readonly number[];
}

/** The sizes that the sets get when the Deployment's changes. */
function scaled(scene: Scene): number[] {
  const { from, to, sets, surge: [before, after] = [0, 0], hasNewest = true, sizedFor, paused, available } = scene;
  const all = sets.map((replicas, index): ReplicaSet => {
    const desired = sizedFor?.[index] ?? from;
    const annotations = {
      "deployment.kubernetes.io/desired-replicas": String(desired),
      "deployment.kubernetes.io/max-replicas": String(desired + before),
    };
    return {
      metadata: { name: `v${index}`, creationTimestamp: formatTime(index * 3_600_000), annotations },
      spec: { replicas },
      status: { replicas, availableReplicas: available?.[index] ?? replicas },
    } as unknown as ReplicaSet;
  });
  const deployment = {
    metadata: { name: "web" },
    spec: {
      replicas: to,
      paused,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: after, maxUnavailable: 1 } },
      template: {},
    },
    status: { replicas: sets.reduce((sum, each) => sum + each, 0) },
  } as unknown as Deployment;
  const newest = hasNewest ? all.at(-1) : undefined;
  const old = hasNewest ? all.slice(0, -1) : all;
  const { sizes, rollsOut } = decideSizes({ deployment, sets: { newest, old, revision: 9n }, oldPodsRun: () => false });
  assert.equal(rollsOut, false);
  return all.map(({ metadata, spec }) => sizes.get(metadata.name) ?? spec.replicas ?? 1);
}

test("decideSizes() spreads another size over the sets as Kubernetes' own cases have it", () => {
  const cases: readonly (readonly [Scene, readonly number[]])[] = [
    [{ from: 10, to: 12, sets: [10] }, [12]],
    [{ from: 10, to: 5, sets: [10] }, [5]],
    [{ from: 5, to: 10, sets: [3, 2] }, [6, 4]],
    [{ from: 5, to: 3, sets: [3, 2] }, [2, 1]],
    [{ from: 9, to: 4, sets: [1, 8] }, [0, 4]],
    [{ from: 7, to: 10, sets: [2, 3, 2] }, [3, 4, 3]],
    [{ from: 13, to: 8, sets: [3, 8, 2] }, [2, 5, 1]],
    // What rounding leaves over goes to the newest when there are to be more, and is taken from the oldest.
    [{ from: 3, to: 4, sets: [1, 1, 1] }, [1, 1, 2]],
    [{ from: 3, to: 2, sets: [1, 1, 1] }, [0, 1, 1]],
    [{ from: 4, to: 5, sets: [2, 2], hasNewest: false }, [2, 3]],
    [{ from: 6, to: 0, sets: [1, 2, 3] }, [0, 0, 0]],
    [{ from: 10, to: 20, sets: [6, 6], surge: [2, 2] }, [11, 11]],
    [{ from: 10, to: 50, sets: [8, 5], surge: [3, 6] }, [34, 22]],
    [{ from: 10, to: 14, sets: [3, 7], hasNewest: false }, [4, 10]],
    // One set was written before the manager was cut off: the others follow.
    [{ from: 5, to: 5, sets: [1, 1, 2], sizedFor: [5, 3, 5] }, [1, 2, 2]],
  ];
  for (const [scene, sizes] of cases) assert.deepEqual(scaled(scene), sizes, JSON.stringify(scene));
});

test("decideSizes() sizes a paused Deployment's sets, but leaves old pods beside a new set that is full and broken", () => {
  assert.deepEqual(scaled({ from: 6, to: 6, sets: [0, 0, 0], paused: true }), [0, 0, 6]);
  const broken = { from: 2, to: 2, sets: [1, 2], surge: [1, 1], paused: true, available: [1, 0] } as const;
  assert.deepEqual(scaled(broken), [1, 2]);
});

test("decideSizes() forgets old sets once the status says of the present template that all is done", () => {
  const setOf = (name: string, replicas: number, hour: number) =>
    ({
      metadata: { name, creationTimestamp: formatTime(hour * 3_600_000) },
      spec: { replicas },
      status: { replicas, availableReplicas: replicas, observedGeneration: 1 },
    }) as unknown as ReplicaSet;
  const [first, second] = [setOf("first", 0, 0), setOf("second", 2, 1)];
  const forgotten = (
    strategy: object,
    observedGeneration: number,
    sets: { newest?: ReplicaSet; old: ReplicaSet[] },
  ) => {
    const deployment = {
      metadata: { name: "web", generation: 5 },
      spec: { replicas: 2, revisionHistoryLimit: 1, strategy, template: {} },
      status: { replicas: 2, updatedReplicas: 2, availableReplicas: 2, observedGeneration },
    } as unknown as Deployment;
    const { forget } = decideSizes({
      deployment,
      sets: { newest: undefined, revision: 3n, ...sets },
      oldPodsRun: () => false,
    });
    return forget.map(({ metadata }) => metadata.name);
  };
  const recreate = { type: "Recreate" };
  const rolling = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  // The newest is yet to be made: of two old ones that are there, one is to stay, and both are now.
  assert.deepEqual(forgotten(recreate, 4, { old: [first, second] }), []);
  const [third, zeroth] = [setOf("third", 2, 2), setOf("zeroth", 0, -1)];
  for (const strategy of [recreate, rolling]) {
    const sets = { newest: third, old: [zeroth, first, setOf("second", 0, 1)] };
    assert.deepEqual(forgotten(strategy, 4, sets), []);
    assert.deepEqual(forgotten(strategy, 5, sets), ["zeroth", "first"]);
  }
});
