import type { Job } from "../../actors/api/kinds/job.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { Commit } from "../engine/world.ts";

/**
 * A Job counts each of its pods once: never more successes, those that it is about to count included, than pods of it
 * ever succeeded, nor more failures than pods of it ever were; what was counted stays counted, of no index more than
 * once, and an index that is complete stays so. Measured on what the store has committed, whatever the controller knew.
 */
export const jobsCountEachPodOnce: Invariant = {
  name: "Jobs count each pod once",
  watch() {
    /** By the Jobs' uids: the uids of their pods, and of those that succeeded. */
    const pods = new Map<string, Set<string>>();
    const succeeded = new Map<string, Set<string>>();

    function note(pod: Frozen<Pod>) {
      const owner = getControllerOf(pod);
      if (owner?.kind !== "Job") return;
      setOf(pods, owner.uid).add(pod.metadata.uid ?? "");
      if (pod.status?.phase === "Succeeded") setOf(succeeded, owner.uid).add(pod.metadata.uid ?? "");
    }

    function judge({ metadata, status = {} }: Frozen<Job>, before: Frozen<Job> | undefined): string | undefined {
      const { uid = "", name } = metadata;
      const { uncountedTerminatedPods: coming = {} } = status;
      const successes = (status.succeeded ?? 0) + (coming.succeeded?.length ?? 0);
      const failures = (status.failed ?? 0) + (coming.failed?.length ?? 0);
      const ended = succeeded.get(uid)?.size ?? 0;
      const all = pods.get(uid)?.size ?? 0;
      if (successes > ended) return `Job ${name} counts ${successes} successes, ${ended} of its pods succeeded`;
      if (failures > all) return `Job ${name} counts ${failures} failures of ${all} pods`;
      const earlier = before?.metadata.uid === uid ? before.status : undefined;
      const lost = indexesOf(earlier?.completedIndexes).filter(
        (each) => !indexesOf(status.completedIndexes).includes(each),
      );
      if (lost.length > 0) return `Job ${name} forgot that its indexes ${lost.join()} are complete`;
      const isLess =
        (status.succeeded ?? 0) < (earlier?.succeeded ?? 0) || (status.failed ?? 0) < (earlier?.failed ?? 0);
      return isLess ? `Job ${name} counts less than before` : undefined;
    }

    return {
      commit({ key, object, previous }: Commit) {
        if (!object) return undefined;
        if (key.startsWith("/registry/pods/")) return void note(object as Frozen<Pod>);
        if (!key.startsWith("/registry/jobs/")) return undefined;
        return judge(object as unknown as Frozen<Job>, previous as unknown as Frozen<Job> | undefined);
      },
    };
  },
};

function setOf(sets: Map<string, Set<string>>, key: string): Set<string> {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set);
  return set;
}

/** The numbers that `0,2-4` stands for. */
function indexesOf(text = ""): number[] {
  return text.split(",").flatMap((piece) => {
    if (piece === "") return [];
    const [first = 0, last = first] = piece.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_each, index) => first + index);
  });
}
