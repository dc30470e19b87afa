import type { Deployment, Frozen, ReplicaSet } from "../../../api/types.ts";
import { countsOf, isComplete } from "./conditions.ts";
import { forgettable, newSetName, type Sets, sizeOf } from "./replica_sets.ts";
import { desiredReplicasAnnotation, numberIn } from "./revision.ts";
import { type Bounds, boundsOf, newSetSize, type Sizes, scaleInProportion, shrinkOld } from "./rolling.ts";

/** What a Deployment's turn looks at. */
export interface Situation {
  readonly deployment: Frozen<Deployment>;
  readonly sets: Sets;
  /** Whether pods of old sets still run; asked only for `Recreate`. */
  oldPodsRun(): boolean;
}

/** What is to become of the ReplicaSets in this turn. */
export interface Sizing {
  readonly bounds: Bounds;
  /** The replicas with which the newest set is to be created; undefined when it is there, or not wanted yet. */
  readonly create?: number;
  readonly sizes: Sizes;
  readonly forget: readonly Frozen<ReplicaSet>[];
  /** In a rollout, as opposed to a mere change of size, or a pause. */
  readonly rollsOut: boolean;
}

const unchanged: Sizes = new Map();
const none: readonly never[] = [];

/** The bounds of a Deployment; only a rolling update goes above its number, or below it. */
function deploymentBounds({ spec }: Frozen<Deployment>): Bounds {
  const desired = spec.replicas ?? 1;
  if (spec.strategy?.type === "Recreate") return { desired, surge: 0, unavailable: 0 };
  const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {};
  return boundsOf(desired, {
    maxSurge: maxSurge as number | string,
    maxUnavailable: maxUnavailable as number | string,
  });
}

/** Decides on the sizes of all sets: the Deployment deleted, paused, scaled, or rolled out by its strategy. */
export function decideSizes(situation: Situation): Sizing {
  const { deployment, sets } = situation;
  const bounds = deploymentBounds(deployment);
  const isGone = deployment.metadata.deletionTimestamp !== undefined;
  if (isGone) return { bounds, sizes: unchanged, forget: none, rollsOut: false };
  const isPaused = deployment.spec.paused === true;
  const recreates = deployment.spec.strategy?.type === "Recreate";
  if (isPaused || (!recreates && isScaled(sets, bounds))) {
    const forget = isPaused ? forgettable(deployment, sets.old) : none;
    return { bounds, sizes: rescale(deployment, sets, bounds), forget, rollsOut: false };
  }
  const move = recreates ? recreate(situation, bounds) : roll(situation, bounds);
  // What the status says is of what was asked for before, until it says otherwise.
  const isSaid = (deployment.status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);
  const isDone = isSaid && isComplete(deployment, countsOf(deployment.status)) && move.create === undefined;
  return { bounds, ...move, forget: isDone ? forgettable(deployment, sets.old) : none, rollsOut: true };
}

/** Whether sets were sized for another number of replicas than the Deployment's present one. */
function isScaled({ newest, old }: Sets, { desired }: Bounds): boolean {
  return [...old, ...(newest ? [newest] : [])].some((set) => {
    const sizedFor = numberIn(set.metadata.annotations, desiredReplicasAnnotation);
    return (set.spec.replicas ?? 1) > 0 && sizedFor !== undefined && sizedFor !== desired;
  });
}

function rescale(deployment: Frozen<Deployment>, { newest, old }: Sets, bounds: Bounds): Sizes {
  const all = [...old, ...(newest ? [newest] : [])];
  const active = all.filter(({ spec }) => (spec.replicas ?? 1) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? newest ?? old.at(-1);
    return only ? new Map([[only.metadata.name, bounds.desired]]) : unchanged;
  }
  if (newest && isSaturated(newest, bounds)) {
    return new Map(active.filter((set) => set !== newest).map((set) => [set.metadata.name, 0]));
  }
  if (deployment.spec.strategy?.type === "Recreate") return unchanged;
  return scaleInProportion(bounds, active.map(sizeOf), deployment.status.replicas ?? 0);
}

function isSaturated({ spec, status, metadata }: Frozen<ReplicaSet>, { desired }: Bounds): boolean {
  const sizedFor = numberIn(metadata.annotations, desiredReplicasAnnotation);
  return spec.replicas === desired && sizedFor === desired && (status.availableReplicas ?? 0) === desired;
}

type Move = Pick<Sizing, "create" | "sizes">;

function roll({ deployment, sets }: Situation, bounds: Bounds): Move {
  const { newest } = sets;
  const old = sets.old.map(sizeOf);
  const oldTotal = old.reduce((total, { replicas }) => total + replicas, 0);
  const current = newest ? sizeOf(newest) : undefined;
  const replicas = current?.replicas ?? 0;
  const grown = Math.min(bounds.desired, newSetSize(bounds, { total: oldTotal + replicas, current: replicas }));
  // One thing at a time: first the newest set grows, and when that is done the others shrink.
  if (current && grown !== replicas) return { sizes: new Map([[current.name, grown]]) };
  const newSet = current ?? { name: newSetName(deployment), replicas: grown, available: 0, createdMs: 0 };
  const sizes = shrinkOld(bounds, { newSet, old });
  return current ? { sizes } : { create: grown, sizes };
}

function recreate({ sets, oldPodsRun }: Situation, { desired }: Bounds): Move {
  const running = sets.old.filter(({ spec }) => (spec.replicas ?? 1) > 0);
  if (running.length > 0) return { sizes: new Map(running.map(({ metadata }) => [metadata.name, 0])) };
  if (oldPodsRun()) return { sizes: unchanged };
  const { newest } = sets;
  return newest ? { sizes: new Map([[newest.metadata.name, desired]]) } : { create: desired, sizes: unchanged };
}
