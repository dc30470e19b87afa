import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isTroubled } from "./_trouble.ts";

/** The pause before the nth restart, in milliseconds; the first comes at once. */
const pauseMsOf = (restarts: number) => (restarts < 2 ? 0 : Math.min(10_000 * 2 ** (restarts - 2), 300_000));
const slackMs = 400;

interface Life {
  starts: number;
  endedMs: number | undefined;
  /** The computer was lost meanwhile: nobody knows what it started. */
  isDoubtful: boolean;
}

/**
 * A pod tells no more restarts than there were, at rest all of them; who ends again and again is started more and more
 * slowly: measured on the computers.
 */
export const restartsAreCounted: Invariant = {
  name: "restarts are counted, and slower each time",
  watch(world) {
    const { simulation } = world;
    const lives = new Map<string, Life>();
    const lifeOf = (key: string) => {
      const life = lives.get(key) ?? { starts: 0, endedMs: undefined, isDoubtful: false };
      lives.set(key, life);
      return life;
    };
    const startsOf = (pod: Frozen<Pod>, name: string) => lives.get(`${pod.metadata.uid} ${name}`);

    return {
      runtime(event) {
        if (event.type === "node.lost") for (const life of lives.values()) life.isDoubtful = true;
        if (event.type !== "container.started" && event.type !== "container.exited") return undefined;
        const nowMs = simulation.uptimeMs();
        const life = lifeOf(`${event.pod.uid} ${event.container}`);
        if (event.type === "container.exited") {
          life.endedMs = nowMs;
          return undefined;
        }
        const restarts = life.starts++;
        const pausedMs = nowMs - (life.endedMs ?? nowMs);
        const isEarly = restarts > 0 && pausedMs < pauseMsOf(restarts) - slackMs && !life.isDoubtful;
        if (!isEarly || isTroubled(world, { fromMs: nowMs - 30_000, toMs: nowMs })) return undefined;
        return `container ${event.container} of ${event.pod.name} was started again after ${pausedMs} ms, for time ${restarts}`;
      },
      commit({ key, object }) {
        if (!object || !key.startsWith("/registry/pods/")) return undefined;
        const pod = object as Frozen<Pod>;
        for (const { name, restartCount } of pod.status.containerStatuses ?? []) {
          if (restartCount === 0) continue;
          const { starts = 0, isDoubtful = false } = startsOf(pod, name) ?? {};
          if (restartCount > starts && !isDoubtful) {
            return `${key} tells ${restartCount} restarts of ${name}, which was started ${starts} times`;
          }
        }
        return undefined;
      },
      end() {
        for (const pod of world.list<Pod>("/registry/pods/")) {
          for (const { name, restartCount, state } of pod.status.containerStatuses ?? []) {
            const { starts = 0, isDoubtful = false } = startsOf(pod, name) ?? {};
            if (state?.running === undefined || isDoubtful || restartCount === starts - 1) continue;
            return `${pod.metadata.name} tells ${restartCount} restarts of ${name}, which was started ${starts} times`;
          }
        }
        return undefined;
      },
    };
  },
};
