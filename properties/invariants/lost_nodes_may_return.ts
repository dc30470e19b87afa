import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

const [podsPrefix, nodesPrefix] = ["/registry/pods/", "/registry/minions/"];
/** A node that is gone is given so long to show itself again. */
const quarantineMs = 40_000;
const slackMs = 1_000;

/** Pods are collected with their node only when that has been gone for a while. */
export const lostNodesMayReturn: Invariant = {
  name: "the pods of a node that is gone stay for a while",
  watch() {
    const goneMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(nodesPrefix)) {
          if (!object) goneMs.set(key.slice(nodesPrefix.length), atMs);
          return undefined;
        }
        if (!object || !key.startsWith(podsPrefix)) return undefined;
        const pod = object as Frozen<Pod>;
        if (!isCollected(pod) || (previous && isCollected(previous as Frozen<Pod>))) return undefined;
        const sinceMs = goneMs.get(pod.spec.nodeName ?? "");
        if (sinceMs !== undefined && atMs - sinceMs >= quarantineMs - slackMs) return undefined;
        const since = sinceMs === undefined ? "never was gone" : `has been gone for ${Math.round(atMs - sinceMs)} ms`;
        return `${key} was collected, and its node ${pod.spec.nodeName} ${since}`;
      },
    };
  },
};

const isCollected = ({ status }: Frozen<Pod>) =>
  status.conditions?.some(
    ({ reason, message = "" }) => reason === "DeletionByPodGC" && message.includes("no longer"),
  ) ?? false;
