import { type Job, job as jobKind } from "../../api/kinds/job.ts";
import { type Frozen, keyOf } from "../../api/types.ts";
import { jobEnd } from "../jobs/job_end.ts";
import { defineLoop, watch } from "../loop.ts";
import { nothingToDo } from "../plan.ts";

/**
 * Deletes Jobs that ended a while ago, where they say how long they are to be kept. Watches and deletes Jobs. Follows
 * `pkg/controller/ttlafterfinished` of Kubernetes; that the time has not been changed meanwhile is sure by the version
 * that is deleted.
 */
export const ttlAfterFinished = defineLoop<Frozen<Job>, number, Frozen<Job> | number>({
  name: "ttl-after-finished",
  component: "ttl-after-finished-controller",
  watches: [watch<Job>({ kind: jobKind, keys: ({ type, object }) => (type === "deleted" ? [] : keysOf(object)) })],

  obtain: (key, listers) => {
    const job = listers.of(jobKind).get(key);
    return job && keysOf(job).length > 0 ? job : undefined;
  },

  observe: ({ spec }, _listers, { nowMs }) => (spec.ttlSecondsAfterFinished ?? 0) * 1000 - nowMs,

  difference(job, leftMs) {
    const expiresInMs = (jobEnd(job)?.atMs ?? 0) + leftMs;
    return expiresInMs > 0 ? expiresInMs : job;
  },

  reconcile(due) {
    if (typeof due === "number") return { ...nothingToDo, againAfterMs: due };
    const { namespace, name, uid = "", resourceVersion = "" } = due.metadata;
    const propagationPolicy = "Foreground";
    return { actions: [{ op: "delete", kind: jobKind, namespace, name, uid, resourceVersion, propagationPolicy }] };
  },
});

/** Jobs that will never be due cost no turn. */
function keysOf(job: Frozen<Job>): string[] {
  const isDue = job.spec.ttlSecondsAfterFinished !== undefined && jobEnd(job)?.atMs !== undefined;
  return isDue && job.metadata.deletionTimestamp === undefined ? [keyOf(job)] : [];
}
