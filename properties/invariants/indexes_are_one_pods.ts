import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
const indexAnnotation = "batch.kubernetes.io/job-completion-index";
const quietMs = 5_000;

/** Of an indexed Job one pod at a time works on an index, and none on one that is done, where nothing else is wrong. */
export const indexesAreOnePods: Invariant = {
  name: "an index of a Job has one pod",
  watch: (world) => ({
    commit({ key, object, previous, atMs }) {
      if (!key.startsWith(podsPrefix) || !object || previous) return undefined;
      const [owner, index] = [getControllerOf(object as Frozen<Pod>), indexOf(object as Frozen<Pod>)];
      if (owner?.kind !== "Job" || index === undefined) return undefined;
      const other = world
        .list<Pod>(podsPrefix)
        .filter((pod) => getControllerOf(pod)?.uid === owner.uid && indexOf(pod) === index)
        .find((pod) => pod.metadata.uid !== object.metadata.uid && isTaken(pod));
      if (!other || isTroubled(world, { fromMs: atMs - quietMs, toMs: atMs }, (each) => isOfKubelet(each)))
        return undefined;
      return `${key} was made for index ${index}, which ${other.metadata.name} has, that is ${other.status.phase}`;
    },
  }),
};

const indexOf = ({ metadata }: Frozen<Pod>) => metadata.annotations?.[indexAnnotation];

const isTaken = ({ metadata, status }: Frozen<Pod>) =>
  status.phase === "Succeeded" || (status.phase !== "Failed" && metadata.deletionTimestamp === undefined);
