import type { Job } from "../../actors/api/kinds/job.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodTerminated } from "../../actors/api/pod.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
const quietMs = 5_000;
/** Its loop hears within this time that a Job was suspended. */
const heardMs = 300;

/** A Job runs no more pods at a time than its parallelism, and none that it does not need, where nothing else is wrong. */
export const jobsMakeNoExtraPods: Invariant = {
  name: "Jobs make no pods too many",
  watch: (world) => {
    const suspendedMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith("/registry/jobs/")) {
          const isNow = (object as Frozen<Job> | undefined)?.spec.suspend === true;
          if (isNow && !(previous as Frozen<Job> | undefined)?.spec.suspend)
            suspendedMs.set(object?.metadata.uid ?? "", atMs);
          return undefined;
        }
        if (!key.startsWith(podsPrefix) || !object || previous) return undefined;
        const owner = getControllerOf(object as Frozen<Pod>);
        if (owner?.kind !== "Job") return undefined;
        const found = world.get(`/registry/jobs/${object.metadata.namespace}/${owner.name}`);
        const job = found as unknown as Frozen<Job> | undefined;
        if (job?.metadata.uid !== owner.uid) return undefined;
        const own = world.list<Pod>(podsPrefix).filter((pod) => getControllerOf(pod)?.uid === owner.uid);
        // Where they are replaced only when they have ended, those that end still count.
        const waits = job.spec.podReplacementPolicy === "Failed";
        const active = own.filter(
          (pod) => !isPodTerminated(pod) && (waits || pod.metadata.deletionTimestamp === undefined),
        ).length;
        const { parallelism = 1, completions = Number.POSITIVE_INFINITY, suspend = false } = job.spec;
        const done = Math.max(
          job.status?.succeeded ?? 0,
          own.filter(({ status }) => status.phase === "Succeeded").length,
        );
        if (suspend && atMs - (suspendedMs.get(owner.uid) ?? Number.NEGATIVE_INFINITY) < heardMs) return undefined;
        const allowed = suspend ? 0 : Math.min(parallelism, completions - done);
        if (active <= allowed || isTroubled(world, { fromMs: atMs - quietMs, toMs: atMs }, (each) => isOfKubelet(each)))
          return undefined;
        return `${key} is one of ${active} that run, and Job ${owner.name} needs ${allowed}`;
      },
    };
  },
};
