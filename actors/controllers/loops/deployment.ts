import { getCondition } from "../../api/conditions.ts";
import { deployment as deploymentKind } from "../../api/kinds/deployment.ts";
import { pod } from "../../api/kinds/pod.ts";
import { replicaSet } from "../../api/kinds/replica_set.ts";
import { isPodTerminated } from "../../api/pod.ts";
import { type Deployment, type Frozen, jsonEqual, keyOf, type Pod, type ReplicaSet } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { byController, byNamespace } from "../../client/object_store.ts";
import { present } from "../../kit/present.ts";
import { claim, orphansByNamespace } from "../claim.ts";
import { defineLoop, type Listers, type Watch, watch } from "../loop.ts";
import { type Action, failureText, type Plan, type PlanFailure } from "../plan.ts";
import { concerned, controllerKey } from "../pods/pod_owner.ts";
import {
  newCondition,
  progressCheckMs,
  progressDeadlineMs,
  withCondition,
  withPause,
  withProgress,
} from "./deployment/conditions.ts";
import { newSetFor, newSetName, type Sets, sortOut } from "./deployment/replica_sets.ts";
import { newSetAnnotations, revisionAnnotation, sizeAnnotations } from "./deployment/revision.ts";
import { rollback } from "./deployment/rollback.ts";
import { decideSizes, type Sizing } from "./deployment/sizing.ts";
import { countSets, sizeAfter, statusOf, statusWrite, wantedReplicas, withSetConditions } from "./deployment/status.ts";

interface Observed {
  readonly sets: Sets;
  readonly claims: readonly Action[];
  /** Another object has the name that the newest set would get. */
  readonly isNameTaken: boolean;
  oldPodsRun(): boolean;
}

interface Difference extends Observed {
  readonly deployment: Frozen<Deployment>;
  readonly sizing: Sizing;
}

/** Pods are only looked at while there are Deployments that have old ones go before new ones come. */
const pods = watch<Pod>({
  kind: pod,
  openTo: replicaSet.kind,
  indexes: { controller: byController },
  keys: (change, { listers }) => recreatedBy(change, listers),
}) as unknown as Watch;

/** Rolls a Deployment's pods out by sizing its ReplicaSets. */
export const deployment = defineLoop<Frozen<Deployment>, Observed, Difference>({
  name: "deployment",
  component: "deployment-controller",
  watches: [
    watch<Deployment>({
      kind: deploymentKind,
      indexes: { namespace: byNamespace, recreating: (each) => (isRecreating(each) ? ["all"] : []) },
      keys: ({ object }) => [keyOf(object)],
    }),
    watch<ReplicaSet>({
      kind: replicaSet,
      indexes: { controller: byController, orphans: orphansByNamespace },
      keys: (change, { listers }) => concerned(change, { kind: deploymentKind, listers }),
    }),
  ],
  derived: {
    from: [deploymentKind],
    watchesOf: (listers) => (listers.of<Deployment>(deploymentKind).by("recreating", "all").length > 0 ? [pods] : []),
  },

  obtain: (key, listers) => listers.of(deploymentKind).get(key),

  observe(desired, listers) {
    const { uid = "", namespace = "", name } = desired.metadata;
    const all = listers.of(replicaSet);
    const candidates = [...all.by("controller", uid), ...all.by("orphans", namespace)];
    const { selector } = desired.spec;
    const owned = claim<ReplicaSet>({
      owner: desired,
      ownerKind: deploymentKind,
      selector,
      kind: replicaSet,
      candidates,
    });
    const sets = sortOut(desired, owned.claimed);
    const isNameTaken = name !== "" && sets.newest === undefined && all.has(`${namespace}/${newSetName(desired)}`);
    return { sets, claims: owned.actions, isNameTaken, oldPodsRun: () => oldPodsRun(sets, listers) };
  },

  difference: (desired, observed) => ({
    deployment: desired,
    ...observed,
    sizing: decideSizes({ deployment: desired, ...observed }),
  }),

  reconcile(difference, { nowMs }): Plan {
    const { deployment: desired, sets, sizing, claims } = difference;
    const back = isGoing(desired) ? undefined : rollback(desired, sets);
    if (back) return { actions: [...claims, back] };
    if (sizing.create !== undefined && difference.isNameTaken) return renumber(difference);
    const counts = countSets(sets);
    const begun = withBeginning(difference, withPause(desired, desired.status.conditions ?? [], nowMs), nowMs);
    const settled = withSetConditions(begun, { sets, sizing, counts, nowMs });
    const newSet = sizing.create === undefined ? sets.newest?.metadata.name : newSetName(desired);
    const conditions = sizing.rollsOut
      ? withProgress({ deployment: desired, conditions: settled, counts, newSet, nowMs })
      : settled;
    const status = statusOf(desired, { counts, conditions, wanted: wantedReplicas(sets, sizing) });
    const resizes = sizeWrites(difference);
    const creation = sizing.create === undefined ? [] : [creationOf(difference, sizing.create)];
    const check = sizing.rollsOut ? progressCheckMs(desired, conditions, { ...counts, nowMs }) : undefined;
    return {
      actions: [
        ...claims,
        ...creation,
        ...resizes,
        ...sizing.forget.map(deletionOf),
        ...statusWrite(desired, { status, revision: revisionFor(difference) }),
      ],
      ...present({ againAfterMs: check }),
      onFailure: (failure) => sayFailure(difference, { failure, nowMs }),
    };
  },
});

function isGoing({ metadata }: Frozen<Deployment>): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Recreate waits for old pods to go: the last one's end is what it waits for. */
function recreatedBy({ type, object }: Change<Pod>, listers: Listers): string[] {
  if (type !== "deleted" && !isPodTerminated(object)) return [];
  const setKey = controllerKey(object, { kind: replicaSet, listers });
  const set = setKey === undefined ? undefined : listers.of(replicaSet).get(setKey);
  const key = set && controllerKey(set, { kind: deploymentKind, listers });
  const owner = key === undefined ? undefined : listers.of(deploymentKind).get(key);
  return key !== undefined && owner && isRecreating(owner) ? [key] : [];
}

function isRecreating({ spec }: Frozen<Deployment>): boolean {
  return spec.strategy?.type === "Recreate";
}

function oldPodsRun({ old }: Sets, listers: Listers): boolean {
  if (old.some(({ status }) => (status.replicas ?? 0) > 0)) return true;
  const all = listers.of(pod);
  return old.some(({ metadata }) => all.by("controller", metadata.uid ?? "").some((each) => !isPodTerminated(each)));
}

/** What is to be said when the newest set is created, or found without anything having been said before. */
function withBeginning(
  { deployment: desired, sets, sizing }: Difference,
  conditions: Conditions,
  nowMs: number,
): Conditions {
  if (progressDeadlineMs(desired) === undefined) return conditions;
  const say = (reason: string, message: string) =>
    withCondition(conditions, newCondition(nowMs, { type: "Progressing", status: "True", reason, message }));
  if (sizing.create !== undefined) {
    return say("NewReplicaSetCreated", `Created new replica set "${newSetName(desired)}"`);
  }
  if (!sets.newest || getCondition(conditions, "Progressing")) return conditions;
  return say("FoundNewReplicaSet", `Found new replica set "${sets.newest.metadata.name}"`);
}

type Conditions = Parameters<typeof withPause>[1];

function revisionFor({ deployment: desired, sets, sizing }: Difference): string | undefined {
  if (sizing.create !== undefined) return String(sets.revision);
  return (
    sets.newest &&
    newSetAnnotations(desired, { before: sets.newest.metadata.annotations, revision: sets.revision })[
      revisionAnnotation
    ]
  );
}

function creationOf({ deployment: desired, sets, sizing }: Difference, replicas: number): Action {
  const replicasMax = sizing.bounds.desired + sizing.bounds.surge;
  const object = newSetFor(desired, { replicas, revision: sets.revision, replicasMax });
  const message = `Scaled up replica set ${object.metadata.name} from 0 to ${replicas}`;
  return {
    op: "create",
    kind: replicaSet,
    object,
    ...(replicas > 0 && { report: { about: desired, type: "Normal", reason: "ScalingReplicaSet", message } }),
    failureReport: {
      about: desired,
      type: "Warning",
      reason: "ReplicaSetCreateError",
      message: `Failed to create new replica set "${object.metadata.name}": `,
    },
  };
}

/** Writes each set whose size, annotations or minimal time of readiness are not what they should be. */
function sizeWrites(difference: Difference): Action[] {
  const { newest, old } = difference.sets;
  // Those that shrink after those that grow: whatever is cut off in between keeps more pods, not fewer.
  return [...(newest ? [newest] : []), ...old].flatMap((set) => sizeWrite(difference, set));
}

function sizeWrite({ deployment: desired, sets, sizing }: Difference, set: Frozen<ReplicaSet>): Action[] {
  const { bounds, sizes } = sizing;
  const { name } = set.metadata;
  const [from, to] = [set.spec.replicas ?? 1, sizeAfter(set, sizes)];
  const before = set.metadata.annotations;
  const own = set === sets.newest ? newSetAnnotations(desired, { before, revision: sets.revision }) : { ...before };
  const sized = sizes.has(name) ? sizeAnnotations(bounds.desired, bounds.desired + bounds.surge) : {};
  const annotations = { ...own, ...sized };
  const minReadySeconds = set === sets.newest ? desired.spec.minReadySeconds : set.spec.minReadySeconds;
  const isSame = from === to && (minReadySeconds ?? 0) === (set.spec.minReadySeconds ?? 0);
  if (isSame && jsonEqual(annotations, before ?? {})) return [];
  const spec = { ...set.spec, replicas: to, ...present({ minReadySeconds }) };
  const object = { ...set, metadata: { ...set.metadata, annotations }, spec } as Frozen<ReplicaSet>;
  const message = `Scaled ${to > from ? "up" : "down"} replica set ${name} from ${from} to ${to}`;
  const report = { about: desired, type: "Normal", reason: "ScalingReplicaSet", message } as const;
  return [{ op: "update", kind: replicaSet, object, ...(from !== to && { report }) }];
}

function deletionOf({ metadata }: Frozen<ReplicaSet>): Action {
  const { namespace, name, uid = "" } = metadata;
  return { op: "delete", kind: replicaSet, namespace, name, uid };
}

/** Another hash, and with it another name: the next turn creates the set under that. */
function renumber({ deployment: desired, sets, claims }: Difference): Plan {
  const collisionCount = (desired.status.collisionCount ?? 0) + 1;
  const status = { ...desired.status, collisionCount } as Deployment["status"];
  const revision = sets.newest?.metadata.annotations?.[revisionAnnotation];
  return { actions: [...claims, ...statusWrite(desired, { status, revision })] };
}

/** A set that cannot be created holds the rollout up, and the status says why. */
function sayFailure(
  { deployment: desired }: Difference,
  { failure, nowMs }: { failure: PlanFailure; nowMs: number },
): Action[] {
  const { action } = failure;
  const reason = failure.failure?.reason;
  const isOurs = action.op === "create" && action.kind === replicaSet;
  if (!isOurs || reason === undefined || ["AlreadyExists", "unknown", "notSent"].includes(reason)) return [];
  if (progressDeadlineMs(desired) === undefined) return [];
  const message = `Failed to create new replica set "${newSetName(desired)}": ${failureText(failure)}`;
  const condition = newCondition(nowMs, {
    type: "Progressing",
    status: "False",
    reason: "ReplicaSetCreateError",
    message,
  });
  const conditions = [...withCondition(desired.status.conditions ?? [], condition)];
  return statusWrite(desired, {
    status: { ...desired.status, conditions } as Deployment["status"],
    revision: undefined,
  });
}
