import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

type Status = Frozen<Pod["status"]>;

/**
 * The API never tells that time goes back for a pod: what has succeeded or failed stays so, it starts once, and its
 * containers have been restarted no fewer times than was said before.
 */
export const podsGoForward: Invariant = {
  name: "pods go forward",
  watch: () => ({
    commit({ key, object, previous }) {
      if (!object || !previous || !key.startsWith("/registry/pods/")) return undefined;
      const [before, after] = [previous as Frozen<Pod>, object as Frozen<Pod>];
      if (before.metadata.uid !== after.metadata.uid) return undefined;
      const why = backward(before.status, after.status);
      return why && `Pod ${key.slice("/registry/pods/".length)} ${why}`;
    },
  }),
};

/** What of that change would be going back; undefined when nothing is. */
export function backward(before: Status, after: Status): string | undefined {
  const isOver = before.phase === "Succeeded" || before.phase === "Failed";
  if (isOver && after.phase !== before.phase) return `was ${before.phase} and is ${after.phase}`;
  if (before.startTime !== undefined && after.startTime !== before.startTime) {
    return `had started at ${before.startTime} and now has at ${after.startTime}`;
  }
  const counts = new Map((before.containerStatuses ?? []).map(({ name, restartCount }) => [name, restartCount]));
  for (const { name, restartCount } of after.containerStatuses ?? []) {
    const was = counts.get(name) ?? 0;
    if (restartCount < was) return `had ${was} restarts of ${name} and now has ${restartCount}`;
  }
  return undefined;
}
