import { type ControllerRevision, controllerRevision } from "../../api/kinds/controller_revision.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { type StatefulSet, statefulSet as statefulSetKind } from "../../api/kinds/stateful_set.ts";
import { type Frozen, keyOf, type Pod } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { byController, byNamespace } from "../../client/object_store.ts";
import { claim, orphansByNamespace } from "../claim.ts";
import { defineLoop, type Listers, watch } from "../loop.ts";
import type { Action, Plan } from "../plan.ts";
import { nextAvailabilityMs } from "../pods/availability.ts";
import { concerned, controllerKey } from "../pods/pod_owner.ts";
import { deletionOfRevision, type History, historyOf, templateIn } from "../revisions/history.ts";
import type { ClaimLookup } from "./stateful_set/claims.ts";
import { placeOf, type Revised, revisionOf } from "./stateful_set/identity.ts";
import { statusOf, statusWrite } from "./stateful_set/status.ts";
import { nextSteps } from "./stateful_set/steps.ts";

interface Observed {
  readonly history: History;
  readonly adoptions: readonly Action[];
  readonly pods: readonly Frozen<Pod>[];
  readonly claims: ClaimLookup;
}

interface Difference extends Observed {
  readonly set: Frozen<StatefulSet>;
  /** What the set's pods were all made from, and what they are to be made from. */
  readonly current: Frozen<ControllerRevision>;
  readonly steps: readonly Action[];
}

/**
 * Gives each pod of a StatefulSet a number, a name and claims of its own that outlive it, as Kubernetes'
 * pkg/controller/statefulset does. It watches StatefulSets, pods, ControllerRevisions and claims; it owns the pods and
 * the revisions, makes the claims, and writes the status. Of one name there is never more than one pod: the next one is
 * made when the API shows that the one before is gone, for which its kubelet has to say so.
 */
export const statefulSet = defineLoop<Frozen<StatefulSet>, Observed, Difference>({
  name: "stateful-set",
  component: "statefulset-controller",
  watches: [
    watch<StatefulSet>({
      kind: statefulSetKind,
      indexes: { namespace: byNamespace },
      keys: ({ object }) => [keyOf(object)],
    }),
    watch<Pod>({
      kind: podKind,
      openTo: statefulSetKind.kind,
      indexes: { controller: byController, orphans: orphansByNamespace },
      keys: (change, { listers }) => concerned(change, { kind: statefulSetKind, listers }),
      expectedBy: (object, listers) => controllerKey(object, { kind: statefulSetKind, listers }),
    }),
    watch<ControllerRevision>({
      kind: controllerRevision,
      openTo: statefulSetKind.kind,
      indexes: { controller: byController, orphans: orphansByNamespace },
      keys: (change, { listers }) => concerned(change, { kind: statefulSetKind, listers }),
    }),
    watch<PersistentVolumeClaim>({ kind: persistentVolumeClaim, keys: waitingFor }),
  ],

  obtain: (key, listers) => listers.of(statefulSetKind).get(key),

  observe(set, listers) {
    const { uid = "", namespace = "", name } = set.metadata;
    const all = listers.of(podKind);
    const orphans = all.by("orphans", namespace).filter((each) => placeOf(each)?.set === name);
    const candidates = [...all.by("controller", uid), ...orphans];
    const { selector } = set.spec;
    const owned = claim<Pod>({ owner: set, ownerKind: statefulSetKind, selector, kind: podKind, candidates });
    const hashLabel = "controller.kubernetes.io/hash";
    return {
      history: historyOf<StatefulSet>({ owner: set, ownerKind: statefulSetKind, listers, hashLabel }),
      adoptions: owned.actions,
      pods: owned.claimed,
      claims: (claimName) => listers.of<PersistentVolumeClaim>(persistentVolumeClaim).get(`${namespace}/${claimName}`),
    };
  },

  difference(set, observed, turn) {
    const { revisions, newest } = observed.history;
    const current = revisions.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? newest;
    const mayStep = turn.expectationsMet && set.metadata.deletionTimestamp === undefined;
    const scene = {
      set,
      ...observed,
      current: revised(set, current),
      update: revised(set, newest),
      minReadySeconds: set.spec.minReadySeconds ?? 0,
      nowMs: turn.nowMs,
    };
    return { set, ...observed, current, steps: mayStep ? nextSteps(scene) : [] };
  },

  reconcile(difference, { nowMs }): Plan {
    const { set, history, adoptions, pods, current, steps } = difference;
    const goes = set.metadata.deletionTimestamp !== undefined;
    if (history.isNameTaken && !goes) return renumber(difference);
    const { minReadySeconds = 0 } = set.spec;
    const counted = statusOf(set, {
      pods,
      currentRevision: current.metadata.name,
      updateRevision: history.newest.metadata.name,
      minReadySeconds,
      nowMs,
    });
    const status = statusWrite(set, counted);
    const wait = nextAvailabilityMs(pods, { minReadySeconds, nowMs });
    return {
      actions: goes ? status : [...adoptions, ...history.actions, ...steps, ...status, ...forgotten(difference)],
      ...(wait === undefined ? {} : { againAfterMs: wait }),
      onFailure: () => status,
    };
  },
});

/** A set may wait for a claim to go, so that it can make another one of that name, and the pod that is to have it. */
function waitingFor(
  { type, object }: Change<PersistentVolumeClaim>,
  { listers }: { readonly listers: Listers },
): string[] {
  if (type !== "deleted") return [];
  const { namespace = "", name } = object.metadata;
  const sets = listers.of<StatefulSet>(statefulSetKind).by("namespace", namespace);
  return sets.filter((set) => hasClaim(set, name)).map(keyOf);
}

function hasClaim({ metadata, spec }: Frozen<StatefulSet>, claim: string): boolean {
  return (spec.volumeClaimTemplates ?? []).some((template) => {
    const first = `${template.metadata?.name}-${metadata.name}-`;
    return claim.startsWith(first) && /^\d+$/.test(claim.slice(first.length));
  });
}

function revised({ spec }: Frozen<StatefulSet>, revision: Frozen<ControllerRevision>): Revised {
  return { revision: revision.metadata.name, template: templateIn(revision) ?? spec.template };
}

/** The oldest revisions beyond the limit, of those that nothing is made from any more. */
function forgotten({ set, history, current, pods }: Difference): Action[] {
  const live = new Set([history.newest.metadata.name, current.metadata.name, ...pods.map(revisionOf)]);
  const dead = history.revisions.filter(({ metadata }) => !live.has(metadata.name));
  const limit = set.spec.revisionHistoryLimit ?? 10;
  return dead.slice(0, Math.max(0, dead.length - limit)).map(deletionOfRevision);
}

/** Another hash, and with it another name: the next turn notes the revision under that. */
function renumber({ set, adoptions }: Difference): Plan {
  const collisionCount = (set.status.collisionCount ?? 0) + 1;
  return { actions: [...adoptions, ...statusWrite(set, { ...set.status, collisionCount } as StatefulSet["status"])] };
}
