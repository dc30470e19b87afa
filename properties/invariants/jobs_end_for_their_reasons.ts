import { getCondition } from "../../actors/api/conditions.ts";
import type { Job } from "../../actors/api/kinds/job.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodTerminated } from "../../actors/api/pod.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isTroubled } from "./_trouble.ts";

const [jobsPrefix, podsPrefix] = ["/registry/jobs/", "/registry/pods/"];
const indexAnnotation = "batch.kubernetes.io/job-completion-index";
/** Who decides knows of what is older, where nothing is wrong. */
const knownMs = 2_000;
const quietMs = 8_000;

/**
 * A Job is over for the reason that it tells: as many have succeeded, or failed, as that takes, and its time is up since
 * it was let go on last. While it waits none of its pods stays, and of an index that has failed for good none is made.
 */
export const jobsEndForTheirReasons: Invariant = {
  name: "Jobs end for their reasons",
  watch(world) {
    const isSkewed = world.definition.faults.some(({ kind }) => kind === "clockSkew");
    /** Since when each may go on, and since when it has to wait, by its uid. */
    const [wentOnMs, waitsMs] = [new Map<string, number>(), new Map<string, number>()];
    const failedMs = new Map<string, number>();

    function note(uid: string, { spec, status }: Frozen<Job>, atMs: number) {
      const isWaiting = spec.suspend === true;
      // Whose status never said that it waits goes on as if it had not: its time is counted by its status.
      const didWait = getCondition(status?.conditions, "Suspended")?.status === "True";
      if (!isWaiting && (!wentOnMs.has(uid) || (waitsMs.has(uid) && didWait))) wentOnMs.set(uid, atMs);
      if (!isWaiting) waitsMs.delete(uid);
      else if (!waitsMs.has(uid)) waitsMs.set(uid, atMs);
      for (const index of indexesIn(status?.failedIndexes)) {
        if (!failedMs.has(`${uid} ${index}`)) failedMs.set(`${uid} ${index}`, atMs);
      }
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(podsPrefix) && object && !previous) {
          const wrong = wrongPod(object as Frozen<Pod>, { failedMs, atMs });
          return wrong && !isTroubled(world, { fromMs: atMs - quietMs, toMs: atMs }) ? `${key} ${wrong}` : undefined;
        }
        if (!key.startsWith(jobsPrefix) || !object) return undefined;
        const job = object as unknown as Frozen<Job>;
        const { uid = "" } = job.metadata;
        const waitedMs = atMs - (waitsMs.get(uid) ?? atMs);
        const stays = waitedMs > knownMs ? podsOf(world, uid).find((pod) => isLiving(pod)) : undefined;
        note(uid, job, atMs);
        if (stays && !isTroubled(world, { fromMs: atMs - waitedMs - quietMs, toMs: atMs }))
          return `${key} has waited for ${Math.round(waitedMs)} ms, and ${stays.metadata.name} stays`;
        const wrong = wrongEnd(job, isSkewed ? undefined : atMs - (wentOnMs.get(uid) ?? atMs));
        return wrong && `${key} ${wrong}`;
      },
    };
  },
};

interface Failed {
  /** By the Job's uid and the index. */
  readonly failedMs: ReadonlyMap<string, number>;
  readonly atMs: number;
}

function wrongPod(pod: Frozen<Pod>, { failedMs, atMs }: Failed): string | undefined {
  const owner = getControllerOf(pod);
  const index = pod.metadata.annotations?.[indexAnnotation];
  const forMs = atMs - (failedMs.get(`${owner?.uid} ${index}`) ?? atMs);
  return forMs > knownMs ? `was made for index ${index}, which had failed for good` : undefined;
}

/** `undefined` for a time that nobody can tell. */
function wrongEnd({ spec, status }: Frozen<Job>, activeMs: number | undefined): string | undefined {
  const [complete, failed] = (["Complete", "Failed"] as const).map((each) => getCondition(status?.conditions, each));
  const [succeeded, failures] = [status?.succeeded ?? 0, status?.failed ?? 0];
  const { completions = 1, backoffLimit = 0, maxFailedIndexes = Number.POSITIVE_INFINITY } = spec;
  if (complete?.status === "True" && complete.reason === "CompletionsReached" && succeeded < completions)
    return `is complete with ${succeeded} of ${completions}`;
  if (failed?.status !== "True") return undefined;
  const indexes = indexesIn(status?.failedIndexes).length;
  switch (failed.reason) {
    case "BackoffLimitExceeded": {
      const isCounted = spec.template.spec?.restartPolicy === "Never";
      return isCounted && failures <= backoffLimit
        ? `has failed by ${failures} failures, of which it bears ${backoffLimit}`
        : undefined;
    }
    case "DeadlineExceeded": {
      const { activeDeadlineSeconds = 0 } = spec;
      return activeMs !== undefined && activeMs < activeDeadlineSeconds * 1_000 - 1_000
        ? `has failed after ${Math.round(activeMs)} ms, and has ${activeDeadlineSeconds} s`
        : undefined;
    }
    case "MaxFailedIndexesExceeded":
      return indexes <= maxFailedIndexes ? `has ${indexes} failed indexes, and bears ${maxFailedIndexes}` : undefined;
    case "FailedIndexes":
      return indexes + succeeded < completions || indexes > maxFailedIndexes
        ? `has ${indexes} failed indexes and ${succeeded} that succeeded, of ${completions}, and bears ${maxFailedIndexes}`
        : undefined;
    default:
      return undefined;
  }
}

/** Written as `0,2-4`. */
function indexesIn(text = ""): readonly number[] {
  return text.split(",").flatMap((part) => {
    if (part === "") return [];
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_each, at) => first + at);
  });
}

function podsOf(world: World, uid: string): readonly Frozen<Pod>[] {
  return world.list<Pod>(podsPrefix).filter((pod) => getControllerOf(pod)?.uid === uid);
}

const isLiving = (pod: Frozen<Pod>) => !isPodTerminated(pod) && pod.metadata.deletionTimestamp === undefined;
