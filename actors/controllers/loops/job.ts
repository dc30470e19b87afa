import { type Job, job as jobKind } from "../../api/kinds/job.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { isPodReady } from "../../api/pod.ts";
import { type Frozen, keyOf, type Pod } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { byController, byNamespace } from "../../client/object_store.ts";
import { claim, orphansByNamespace } from "../claim.ts";
import { jobEnd } from "../jobs/job_end.ts";
import { defineLoop, type Turn, type WatchContext, watch } from "../loop.ts";
import type { Action, Plan, PlanFailure } from "../plan.ts";
import { concerned, controllerKey } from "../pods/pod_owner.ts";
import { slowStart, together } from "../pods/slow_start.ts";
import type { BackoffRecord } from "./job/backoff.ts";
import { completion, deadlineLeftMs, decideEnding, type Ending } from "./job/ending.ts";
import { jobPod, podNamePrefix } from "./job/job_pod.ts";
import { isTracked, trackingFinalizer } from "./job/job_pods.ts";
import { type JobState, jobState } from "./job/job_state.ts";
import { isManagedElsewhere, orphanKeys, orphanOf, releaseOrphan, untrack } from "./job/orphans.ts";
import { decideSizing, type Sizing } from "./job/sizing.ts";
import { statusWrites } from "./job/status.ts";
import { track } from "./job/tracking.ts";

/** The failures of each Job, by its uid; a controller that starts anew begins to wait anew. */
type Failures = Map<string, BackoffRecord>;

/** A Job to be worked on; or a pod that still has the finalizer of one that will not count it. */
type Subject = { readonly job: Frozen<Job> } | { readonly orphan: Frozen<Pod> };

interface Observed {
  readonly state: JobState;
  readonly claims: readonly Action[];
}

interface Difference extends Observed {
  readonly ending: Ending | undefined;
  readonly sizing: Sizing;
  /** Whether it could decide about its pods: it sees all that it did before. */
  readonly isManaged: boolean;
}

/** What is to be done about an orphan. */
interface Release {
  readonly release: Plan;
}

/**
 * Runs pods to their end until enough have succeeded. Watches Jobs and pods, owns the pods, writes pods and the status
 * of Jobs. Follows `pkg/controller/job` of Kubernetes, KEP 2307 (counting with finalizers), 3329 (failure policy),
 * 3850 (limits per index), 3939 (replacement), 3998 (success policy) and 4368 (managedBy). Where Kubernetes writes the
 * status, takes finalizers off and writes the status again in one go, this loop takes a turn for each half, and sees
 * what the first half did before it plans the second.
 */
export const job = defineLoop<Subject, Observed | Release, Difference | Release, Failures>({
  name: "job",
  component: "job-controller",
  watches: [
    watch<Job, Failures>({ kind: jobKind, indexes: { namespace: byNamespace }, keys: jobChanged }),
    watch<Pod, Failures>({
      kind: podKind,
      openTo: jobKind.kind,
      indexes: { controller: byController, orphans: orphansByNamespace },
      keys: (change, { listers }) => [
        ...concerned(change, { kind: jobKind, listers }),
        ...(change.type === "deleted" ? [] : orphanKeys(change.object, listers)),
      ],
      expectedBy: (object, listers) => controllerKey(object, { kind: jobKind, listers }),
    }),
  ],
  begin: () => new Map(),

  obtain(key, listers) {
    const orphan = orphanOf(key, listers);
    if (orphan) return { orphan };
    const found = listers.of(jobKind).get(key);
    return found === undefined || jobEnd(found) || isManagedElsewhere(found) ? undefined : { job: found };
  },

  observe(subject, listers, { memory }) {
    if ("orphan" in subject) return { release: releaseOrphan(subject.orphan, listers) };
    const { job: owner } = subject;
    const { uid = "", namespace = "" } = owner.metadata;
    const pods = listers.of(podKind);
    const candidates = [...pods.by("controller", uid), ...pods.by("orphans", namespace)];
    const { selector } = owner.spec;
    const finalizer = trackingFinalizer;
    const owned = claim<Pod>({ owner, ownerKind: jobKind, selector, kind: podKind, candidates, finalizer });
    const state = jobState(owner, { pods: owned.claimed, backoff: memory.get(uid) });
    memory.set(uid, state.backoff);
    return { state, claims: owned.actions };
  },

  difference: (_subject, observed, turn) => ("release" in observed ? observed : differenceOf(observed, turn)),

  reconcile: (difference, turn) => ("release" in difference ? difference.release : planFor(difference, turn)),
});

/** A Job that is over or gone needs no memory, and lets go of what pods still have its finalizer. */
function jobChanged({ type, object }: Change<Job>, { listers, memory }: WatchContext<Failures>): string[] {
  const { uid = "" } = object.metadata;
  const isOver = type === "deleted" || jobEnd(object) !== undefined;
  if (!isOver) return [keyOf(object)];
  memory.delete(uid);
  const pods = listers.of(podKind).by("controller", uid);
  return [keyOf(object), ...pods.flatMap((pod) => orphanKeys(pod, listers))];
}

function differenceOf(observed: Observed, turn: Turn): Difference {
  const { state } = observed;
  const { active, job: desired } = state;
  const ending = decideEnding(state, turn.nowMs);
  // What the mirror does not show yet might be more pods to end.
  const isManaged = turn.expectationsMet && (ending !== undefined || desired.metadata.deletionTimestamp === undefined);
  if (ending) {
    const sizing = { remove: isManaged ? active : [], create: [] };
    return { ...observed, sizing, isManaged, ending: isManaged ? ending : undefined };
  }
  const sizing = isManaged ? decideSizing(state, turn.nowMs) : { remove: [], create: [] };
  const left = active.length - sizing.remove.length + sizing.create.length;
  return { ...observed, sizing, isManaged, ending: completion(state, left) };
}

function planFor(difference: Difference, turn: Turn): Plan {
  const { state, claims, sizing } = difference;
  const waits = [sizing.waitMs, difference.ending ? undefined : deadlineLeftMs(state.job, turn.nowMs)];
  const againAfterMs = Math.min(...waits.filter((each) => each !== undefined));
  return {
    actions: [...claims, ...removals(difference), ...creations(difference, turn), ...counting(difference, turn)],
    ...(Number.isFinite(againAfterMs) && { againAfterMs }),
    onFailure: (failure) => countAnyway(difference, { failure, turn }),
  };
}

/** Pods that a Job which goes on gives up are not to count as failed; those of one that ends may still say how it went. */
function removals({ state, sizing, ending }: Difference): Action[] {
  const about = state.job;
  const untracked = ending ? [] : sizing.remove.filter(isTracked).map(untrack);
  const deletions = sizing.remove.map(({ metadata }): Action => {
    const { name, namespace, uid = "" } = metadata;
    return {
      op: "delete",
      kind: podKind,
      namespace,
      name,
      uid,
      expected: true,
      report: { about, type: "Normal", reason: "SuccessfulDelete", message: `Deleted pod: ${name}` },
      failureReport: { about, type: "Warning", reason: "FailedDelete", message: "Error deleting: " },
    };
  });
  return [...together(untracked), ...together(deletions)];
}

function creations({ state, sizing }: Difference, turn: Turn): Action[] {
  const about = state.job;
  const actions = sizing.create.map((index): Action => {
    const name = turn.newName(podNamePrefix(about.metadata.name, index));
    const replaces = index === undefined ? undefined : state.indexes?.kept.get(index);
    return {
      op: "create",
      kind: podKind,
      object: jobPod(about, { name, index, replaces }),
      expected: true,
      report: { about, type: "Normal", reason: "SuccessfulCreate", message: `Created pod: ${name}` },
      failureReport: { about, type: "Warning", reason: "FailedCreate", message: "Error creating: " },
    };
  });
  return slowStart(actions);
}

/** First the status says which pods have ended, then they may go. */
function counting({ state, sizing, ending, isManaged }: Difference, { nowMs }: { readonly nowMs: number }): Action[] {
  const tracking = track(state, ending);
  const { remove, create } = sizing;
  const status = statusWrites(state.job, {
    active: state.active.length - remove.length + create.length,
    ready: state.active.filter(isPodReady).length - remove.filter(isPodReady).length,
    terminating: state.terminating.length + remove.length,
    tracking,
    ending,
    isManaged,
    nowMs,
  });
  return [...status, ...together(tracking.release.map(untrack))];
}

/** That pods could not be made or deleted keeps no pod that has ended from being counted. */
function countAnyway(difference: Difference, { failure, turn }: { failure: PlanFailure; turn: Turn }): Action[] {
  const { op } = failure.action;
  if (op !== "create" && op !== "delete") return [];
  return counting({ ...difference, ending: undefined, sizing: { remove: [], create: [] } }, turn);
}
