import type { StatefulSet } from "../../../api/kinds/stateful_set.ts";
import { isPodTerminated } from "../../../api/pod.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import { scaledValue } from "../../pods/int_or_percent.ts";
import { isGoing, isRunningAndAvailable, type Readiness, revisionOf } from "./identity.ts";

/** The numbers of the set and the pods that have them: there may be far more numbers than pods. */
export interface Roster {
  readonly first: number;
  readonly count: number;
  at(ordinal: number): Frozen<Pod> | undefined;
}

/** What is to be replaced by what. */
export interface Replacing extends Readiness {
  readonly set: Frozen<StatefulSet>;
  readonly roster: Roster;
  /** The revision that pods are to be of. */
  readonly revision: string;
}

/**
 * The pods of another revision that are to go now, from the top. As Kubernetes does: without maxUnavailable one at a
 * time, whatever its state, once all above it are available again; with it as many as leave no more pods than that
 * unavailable, wherever they are.
 */
export function podsToReplace(replacing: Replacing): readonly Frozen<Pod>[] {
  const { type, rollingUpdate } = replacing.set.spec.updateStrategy ?? {};
  if (type === "OnDelete") return [];
  const { partition = 0, maxUnavailable } = (rollingUpdate ?? {}) as RollingUpdate;
  const lowest = replacing.roster.first + partition;
  return maxUnavailable === undefined ? topmost(replacing, lowest) : withinBound(replacing, { lowest, maxUnavailable });
}

interface RollingUpdate {
  readonly partition?: number;
  readonly maxUnavailable?: number | string;
}

function topmost({ roster, revision, ...readiness }: Replacing, lowest: number): readonly Frozen<Pod>[] {
  for (let ordinal = roster.first + roster.count - 1; ordinal >= lowest; ordinal--) {
    const pod = roster.at(ordinal);
    if (pod === undefined) return [];
    // A pod that ended is on its way out already.
    if (revisionOf(pod) !== revision && !isGoing(pod)) return isPodTerminated(pod) ? [] : [pod];
    if (!isAvailable(pod, readiness)) return [];
  }
  return [];
}

interface Bound {
  readonly lowest: number;
  readonly maxUnavailable: number | string;
}

function withinBound(
  { roster, revision, ...readiness }: Replacing,
  { lowest, maxUnavailable }: Bound,
): readonly Frozen<Pod>[] {
  const { first, count, at } = roster;
  let spare = Math.max(1, scaledValue(maxUnavailable, count, "down"));
  const candidates: Frozen<Pod>[] = [];
  for (let ordinal = first + count - 1; ordinal >= first && spare > 0; ordinal--) {
    const pod = at(ordinal);
    if (!isAvailable(pod, readiness)) spare--;
    if (pod === undefined || ordinal < lowest || revisionOf(pod) === revision) continue;
    if (!isGoing(pod) && !isPodTerminated(pod)) candidates.push(pod);
  }
  return candidates.slice(0, spare);
}

function isAvailable(pod: Frozen<Pod> | undefined, readiness: Readiness): boolean {
  return pod !== undefined && !isGoing(pod) && isRunningAndAvailable(pod, readiness);
}
