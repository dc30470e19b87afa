import type { Job } from "../../actors/api/kinds/job.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
const pauseMs = 10_000;
/** Ends are told in whole seconds, and a while after they were. */
const slackMs = 3_000;

interface End {
  readonly phase: string;
  readonly atMs: number;
}

/** After a failure a Job waits before it makes another pod; where something is wrong it may have forgotten the failure. */
export const failuresAreWaitedOut: Invariant = {
  name: "Jobs wait after failures",
  watch(world) {
    /** By the uids of the Jobs. */
    const ends = new Map<string, End>();
    return {
      commit({ key, object, previous, atMs }) {
        if (!object || !key.startsWith(podsPrefix)) return undefined;
        const owner = getControllerOf(object as Frozen<Pod>);
        if (owner?.kind !== "Job") return undefined;
        const last = ends.get(owner.uid);
        const [phase, before] = [object, previous].map((each) => (each as Frozen<Pod> | undefined)?.status.phase);
        const isEnd = phase !== before && (phase === "Failed" || phase === "Succeeded");
        if (isEnd) ends.set(owner.uid, { phase, atMs });
        if (previous) return undefined;
        const sinceMs = atMs - (last?.atMs ?? 0);
        if (last?.phase !== "Failed" || sinceMs >= pauseMs - slackMs) return undefined;
        // Each index waits by itself.
        const job = world.get(`/registry/jobs/${object.metadata.namespace}/${owner.name}`) as Frozen<Job> | undefined;
        if (job?.spec.backoffLimitPerIndex !== undefined) return undefined;
        if (isTroubled(world, { fromMs: 0, toMs: atMs })) return undefined;
        return `${key} was made ${Math.round(sinceMs)} ms after another one of Job ${owner.name} had failed`;
      },
    };
  },
};
