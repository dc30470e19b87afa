import { type Job, job as jobKind } from "../../../api/kinds/job.ts";
import { pod as podKind } from "../../../api/kinds/pod.ts";
import { getControllerOf } from "../../../api/owner_references.ts";
import { type Frozen, keyOf, type Pod } from "../../../api/types.ts";
import { withoutFinalizer } from "../../claim.ts";
import { jobEnd } from "../../jobs/job_end.ts";
import type { Listers } from "../../loop.ts";
import { type Action, nothingToDo, type Plan } from "../../plan.ts";
import { controllerKey } from "../../pods/pod_owner.ts";
import { isTracked, trackingFinalizer } from "./job_pods.ts";

/** Keys of pods begin so; those of Jobs are a namespace and a name. */
const podPrefix = "pod/";
const ownName = "kubernetes.io/job-controller";

/** The key of a pod that still has the finalizer of a Job that will not count it any more; none for any other. */
export function orphanKeys(pod: Frozen<Pod>, listers: Listers): string[] {
  if (!isTracked(pod) || isCounted(pod, listers)) return [];
  return [`${podPrefix}${keyOf(pod)}`];
}

/** The pod that a key names, when it is a pod's and the pod is there. */
export function orphanOf(key: string, listers: Listers): Frozen<Pod> | undefined {
  return key.startsWith(podPrefix) ? listers.of(podKind).get(key.slice(podPrefix.length)) : undefined;
}

/** Lets a pod go that no Job will count. A Job that only this mirror does not show is looked for first. */
export function releaseOrphan(pod: Frozen<Pod>, listers: Listers): Plan {
  if (!isTracked(pod) || isCounted(pod, listers)) return nothingToDo;
  const controller = getControllerOf(pod);
  if (controller === undefined || jobOf(pod, listers)) return { actions: [untrack(pod)] };
  const { namespace } = pod.metadata;
  const { name, uid } = controller;
  return { actions: [{ op: "ensureAbsent", kind: jobKind, namespace, name, uid }, untrack(pod)] };
}

/** Whether another controller than this cluster's own has a Job in its care. */
export function isManagedElsewhere({ spec }: Frozen<Job>): boolean {
  return spec.managedBy !== undefined && spec.managedBy !== ownName;
}

/** Takes the finalizer off a pod: what it was kept for is done. */
export function untrack({ metadata }: Frozen<Pod>): Action {
  const { namespace, name, uid } = metadata;
  const patch = { metadata: { uid, ...withoutFinalizer(trackingFinalizer) } };
  return { op: "patch", kind: podKind, namespace, name, patch, accept: ["NotFound"] };
}

function jobOf(pod: Frozen<Pod>, listers: Listers): Frozen<Job> | undefined {
  const key = controllerKey(pod, { kind: jobKind, listers });
  return key === undefined ? undefined : listers.of(jobKind).get(key);
}

/** Whether somebody else takes the finalizer off: a Job that goes on, or whoever controls the pod. */
function isCounted(pod: Frozen<Pod>, listers: Listers): boolean {
  const controller = getControllerOf(pod);
  if (controller === undefined) return false;
  if (controller.kind !== jobKind.kind || controller.apiVersion !== "batch/v1") return true;
  const job = jobOf(pod, listers);
  return job !== undefined && (isManagedElsewhere(job) || jobEnd(job) === undefined);
}
