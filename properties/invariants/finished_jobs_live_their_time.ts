import type { Job } from "../../actors/api/kinds/job.ts";
import type { Frozen } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

const clockMs = 1_000;

/** A Job that goes by itself stays as long as it says after its end, and others stay. */
export const finishedJobsLiveTheirTime: Invariant = {
  name: "finished Jobs live their time",
  watch({ definition }) {
    const endedMs = new Map<string, number>();
    const isDropped = definition.workload.some(
      (each) => each.op === "drop" && (each.kind === "Job" || each.kind === "Namespace"),
    );
    const isSkewed = definition.faults.some(({ kind }) => kind === "clockSkew");
    return {
      commit({ key, object, previous, atMs }) {
        if (!key.startsWith("/registry/jobs/")) return undefined;
        const job = (object ?? previous) as unknown as Frozen<Job>;
        const { uid = "" } = job.metadata;
        const isOver = job.status?.conditions?.some(
          ({ type, status }) => status === "True" && (type === "Complete" || type === "Failed"),
        );
        if (isOver && !endedMs.has(uid)) endedMs.set(uid, atMs);
        const { ttlSecondsAfterFinished } = job.spec;
        if (isDropped || isSkewed) return undefined;
        const isGoing = object === undefined || object.metadata.deletionTimestamp !== undefined;
        if (!isGoing || previous?.metadata.deletionTimestamp !== undefined) return undefined;
        // An owner forgets its own, or has them go with it.
        const isOwned = (job.metadata.ownerReferences ?? []).length > 0;
        if (ttlSecondsAfterFinished === undefined)
          return isOwned || !isOver ? undefined : `${key} was deleted, and was to stay`;
        const forMs = atMs - (endedMs.get(uid) ?? atMs);
        if (forMs >= ttlSecondsAfterFinished * 1_000 - clockMs) return undefined;
        return `${key} was deleted ${forMs} ms after its end, it lives for ${ttlSecondsAfterFinished} s`;
      },
    };
  },
};
