import { removeCondition } from "../../../api/conditions.ts";
import { deployment as deploymentKind } from "../../../api/kinds/deployment.ts";
import {
  type Deployment,
  type DeploymentCondition,
  type DeploymentStatus,
  type Frozen,
  jsonEqual,
  type ReplicaSet,
} from "../../../api/types.ts";
import type { Action } from "../../plan.ts";
import { availability, type Counts, withCondition } from "./conditions.ts";
import type { Sets } from "./replica_sets.ts";
import { revisionAnnotation } from "./revision.ts";
import type { Sizing } from "./sizing.ts";

type Conditions = readonly Frozen<DeploymentCondition>[];

/** What the sets' statuses add up to. */
export function countSets({ newest, old }: Sets): Counts {
  const counts = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
  for (const { status } of newest ? [...old, newest] : old) {
    counts.replicas += status.replicas ?? 0;
    counts.readyReplicas += status.readyReplicas ?? 0;
    counts.availableReplicas += status.availableReplicas ?? 0;
  }
  counts.updatedReplicas = newest?.status.replicas ?? 0;
  return counts;
}

/** The conditions Available and ReplicaFailure, from the sets. */
export function withSetConditions(
  conditions: Conditions,
  { sets, sizing, counts, nowMs }: { sets: Sets; sizing: Sizing; counts: Counts; nowMs: number },
): Conditions {
  const { desired, unavailable } = sizing.bounds;
  const isEnough = counts.availableReplicas >= desired - unavailable;
  const available = withCondition(conditions, availability(isEnough, nowMs));
  if (!sizing.rollsOut) return available;
  const failure = failureOf(sets);
  return failure ? withCondition(available, failure) : removeCondition(available, "ReplicaFailure");
}

/** The failure of a set to make or delete pods; the newest set's says more than the others'. */
function failureOf({ newest, old }: Sets): DeploymentCondition | undefined {
  for (const set of newest ? [newest, ...old] : old) {
    const found = set.status.conditions?.find(({ type }) => type === "ReplicaFailure");
    if (!found) continue;
    const { type, status, reason = "", message = "", lastTransitionTime = "" } = found;
    return { type, status, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message };
  }
  return undefined;
}

/** What a status is made of. */
export interface StatusParts {
  readonly counts: Counts;
  readonly conditions: Conditions;
  /** What the sets' specs ask for in all, once this turn's writes are made. */
  readonly wanted: number;
  readonly collisionCount?: number | undefined;
}

/** A Deployment's status, zeros left out as the API's JSON has it. */
export function statusOf({ metadata, status }: Frozen<Deployment>, parts: StatusParts): DeploymentStatus {
  const { counts, conditions, wanted, collisionCount = status.collisionCount } = parts;
  const numbers = {
    observedGeneration: metadata.generation ?? 0,
    ...counts,
    unavailableReplicas: Math.max(0, wanted - counts.availableReplicas),
  };
  const present = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0));
  return {
    ...present,
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions.length === 0 ? {} : { conditions: conditions as DeploymentCondition[] }),
  };
}

/** The write of a status, and of the revision beside it, if either is not what it should be. */
export function statusWrite(
  deployment: Frozen<Deployment>,
  { status, revision }: { readonly status: DeploymentStatus; readonly revision: string | undefined },
): Action[] {
  const { metadata } = deployment;
  const isSame = revision === undefined || metadata.annotations?.[revisionAnnotation] === revision;
  if (isSame && jsonEqual(deployment.status, status)) return [];
  const annotations = isSame ? metadata.annotations : { ...metadata.annotations, [revisionAnnotation]: revision };
  const object = { ...deployment, metadata: { ...metadata, ...(annotations && { annotations }) }, status };
  return [{ op: "update", kind: deploymentKind, object: object as Frozen<Deployment>, subresource: "status" }];
}

/** How many pods the sets ask for once they have their new sizes. */
export function wantedReplicas({ newest, old }: Sets, { sizes, create = 0 }: Sizing): number {
  let wanted = create;
  for (const set of newest ? [...old, newest] : old) wanted += sizeAfter(set, sizes);
  return wanted;
}

/** The size of a set once it has its new one. */
export function sizeAfter({ metadata, spec }: Frozen<ReplicaSet>, sizes: Sizing["sizes"]): number {
  return sizes.get(metadata.name) ?? spec.replicas ?? 1;
}
