import { pod as podKind } from "../../../api/kinds/pod.ts";
import { type StatefulSet, statefulSet } from "../../../api/kinds/stateful_set.ts";
import { isPodTerminated } from "../../../api/pod.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import type { Action } from "../../plan.ts";
import { slowStart, together } from "../../pods/slow_start.ts";
import { type ClaimLookup, missingClaims, retentionWrites, staleClaim } from "./claims.ts";
import {
  firstOrdinal,
  isGoing,
  isInRange,
  isRunningAndAvailable,
  missingIdentity,
  newPod,
  ordinalOf,
  podNameOf,
  type Readiness,
  type Revised,
} from "./identity.ts";
import { podsToReplace, type Roster } from "./replacing.ts";

/** A set and all that its next steps depend on. */
export interface Scene extends Readiness {
  readonly set: Frozen<StatefulSet>;
  readonly pods: readonly Frozen<Pod>[];
  readonly claims: ClaimLookup;
  /** What pods below the partition are made from. */
  readonly current: Revised;
  readonly update: Revised;
}

/** More pods than this are not created in one turn. */
const burstReplicas = 500;

/** Writes by what they are about. */
interface Steps {
  readonly tell: Action[];
  readonly claim: Action[];
  readonly create: Action[];
  readonly update: Action[];
  readonly remove: Action[];
}

/**
 * The next steps towards what a set asks for. Ordered sets take one at a time: each pod in turn is made, and waited for
 * until it is available; then those that are too many go, from the top; then those of another revision, from the top.
 * Parallel sets make and give up all at once, and update as the others do: maxUnavailable at a time, if they say so.
 */
export function nextSteps(scene: Scene): Action[] {
  const steps: Steps = { tell: [], claim: [], create: [], update: [], remove: [] };
  takeSteps(scene, steps);
  const { tell, claim, create, update, remove } = steps;
  return [...tell, ...slowStart(claim), ...slowStart(create), ...together(update), ...together(remove)];
}

function takeSteps(scene: Scene, steps: Steps): void {
  const isOrdered = scene.set.spec.podManagementPolicy !== "Parallel";
  const roster = rosterOf(scene);
  for (let ordinal = roster.first; ordinal < roster.first + roster.count; ordinal++) {
    const isDone = fill(scene, { ordinal, pod: roster.at(ordinal) }, steps);
    if (!isDone && (isOrdered || steps.create.length >= burstReplicas)) return;
  }
  const condemned = scene.pods
    .filter((pod) => ordinalOf(pod) >= 0 && !isInRange(scene.set, ordinalOf(pod)))
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  for (const pod of condemned) steps.update.push(...retentionWrites({ ...scene, ordinal: ordinalOf(pod) }, pod));
  const isEnough = isOrdered ? dismissTop(scene, condemned, steps) : dismissAll(scene, condemned, steps);
  if (!isEnough) return;
  const replaced = podsToReplace({ ...scene, roster, revision: scene.update.revision });
  steps.remove.push(...replaced.map((pod) => removalOf(scene, pod)));
}

function rosterOf({ set, pods }: Scene): Roster {
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  return { first: firstOrdinal(set), count: set.spec.replicas ?? 1, at: (ordinal) => byOrdinal.get(ordinal) };
}

/** Sees to the pod of one number; whether it is there and available. */
function fill(
  scene: Scene,
  { ordinal, pod }: { readonly ordinal: number; readonly pod: Frozen<Pod> | undefined },
  steps: Steps,
): boolean {
  const claiming = { ...scene, ordinal };
  if (pod === undefined) {
    make(scene, ordinal, steps);
    return false;
  }
  // Whether it ended well or not: a new one is made when it is gone.
  if (isPodTerminated(pod)) {
    if (!isGoing(pod)) steps.remove.push(removalOf(scene, pod));
    return false;
  }
  if (pod.status.phase === "Pending") steps.claim.push(...missingClaims(claiming));
  const isOrdered = scene.set.spec.podManagementPolicy !== "Parallel";
  if (isOrdered && !isAvailable(scene, pod)) return false;
  const labels = missingIdentity(pod, ordinal);
  if (labels) steps.update.push(identification(scene, pod, labels));
  steps.update.push(...retentionWrites(claiming, pod));
  return true;
}

function make(scene: Scene, ordinal: number, steps: Steps): void {
  const { set } = scene;
  const name = podNameOf(set, ordinal);
  const what = `create Pod ${name} in StatefulSet ${set.metadata.name}`;
  const stale = staleClaim({ ...scene, ordinal });
  if (stale) {
    if (stale.metadata.deletionTimestamp === undefined) return;
    const message = `${what} failed error: pvc ${stale.metadata.name} is being deleted`;
    const report = { about: set, type: "Warning", reason: "FailedCreate", message } as const;
    steps.tell.push({ op: "tell", kind: statefulSet, object: set, report });
    return;
  }
  steps.claim.push(...missingClaims({ ...scene, ordinal }));
  steps.create.push({
    op: "create",
    kind: podKind,
    object: newPod(set, ordinal, revisionFor(scene, ordinal)),
    expected: true,
    report: { about: set, type: "Normal", reason: "SuccessfulCreate", message: `${what} successful` },
    failureReport: { about: set, type: "Warning", reason: "FailedCreate", message: `${what} failed error: ` },
  });
}

/** Below the partition a pod is made anew as it was. */
function revisionFor({ set, current, update }: Scene, ordinal: number): Revised {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type !== "RollingUpdate") return update;
  const kept = rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status.currentReplicas ?? 0);
  return ordinal < firstOrdinal(set) + kept ? current : update;
}

function isAvailable(scene: Scene, pod: Frozen<Pod> | undefined): boolean {
  return pod !== undefined && !isGoing(pod) && isRunningAndAvailable(pod, scene);
}

/** Gives up the topmost pod that is too many, when all that stay are available; whether there is none. */
function dismissTop(scene: Scene, condemned: readonly Frozen<Pod>[], steps: Steps): boolean {
  const [top] = condemned;
  if (top === undefined) return true;
  if (isGoing(top)) return false;
  // One that is not available itself may go when it is the first of all that are not.
  const firstBroken = condemned.findLast((pod) => !isAvailable(scene, pod));
  if (isRunningAndAvailable(top, scene) || top === firstBroken) steps.remove.push(removalOf(scene, top));
  return false;
}

function dismissAll(scene: Scene, condemned: readonly Frozen<Pod>[], steps: Steps): boolean {
  steps.remove.push(...condemned.filter((pod) => !isGoing(pod)).map((pod) => removalOf(scene, pod)));
  return true;
}

/** The end of a pod, in its own time: until it is over no other may have its name. */
export function removalOf({ set }: Pick<Scene, "set">, { metadata }: Frozen<Pod>): Extract<Action, { op: "delete" }> {
  const { namespace, name, uid = "" } = metadata;
  const what = `delete Pod ${name} in StatefulSet ${set.metadata.name}`;
  return {
    op: "delete",
    kind: podKind,
    namespace,
    name,
    uid,
    expected: true,
    report: { about: set, type: "Normal", reason: "SuccessfulDelete", message: `${what} successful` },
    failureReport: { about: set, type: "Warning", reason: "FailedDelete", message: `${what} failed error: ` },
  };
}

/** An adopted pod gets the labels that say who it is. */
function identification({ set }: Scene, { metadata }: Frozen<Pod>, labels: Record<string, string>): Action {
  const { namespace, name, uid } = metadata;
  const what = `update Pod ${name} in StatefulSet ${set.metadata.name}`;
  return {
    op: "patch",
    kind: podKind,
    namespace,
    name,
    patch: { metadata: { uid, labels } },
    report: { about: set, type: "Normal", reason: "SuccessfulUpdate", message: `${what} successful` },
    failureReport: { about: set, type: "Warning", reason: "FailedUpdate", message: `${what} failed error: ` },
  };
}
