import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
const slackMs = 1_500;
const killed = 137;

interface Ending {
  readonly fromMs: number;
  readonly graceMs: number;
}

/**
 * A container that began, and ends within its pod's grace is not killed, and one that is to end has done so when its grace is over,
 * or soon after where nothing is wrong: measured on the computers.
 */
export const containersGetTheirGrace: Invariant = {
  name: "containers get their grace, and no more",
  watch(world) {
    const { definition, simulation } = world;
    const images = definition.topology.images?.images ?? {};
    const pods = new Map<string, Frozen<Pod>>();
    const ending = new Map<string, Ending>();
    // A pod may be deleted while its container starts: what has not begun is only taken away.
    const began = new Set<string>();

    function noteEnd(pod: Frozen<Pod>, atMs: number) {
      const { uid = "", deletionTimestamp, deletionGracePeriodSeconds = 30 } = pod.metadata;
      const graceMs = deletionGracePeriodSeconds * 1_000;
      const before = ending.get(uid);
      if (deletionTimestamp === undefined || (before && before.graceMs <= graceMs)) return;
      ending.set(uid, { fromMs: atMs, graceMs });
    }

    return {
      commit({ key, object, atMs }) {
        if (!object || !key.startsWith(podsPrefix)) return undefined;
        const pod = object as Frozen<Pod>;
        pods.set(pod.metadata.uid ?? "", pod);
        noteEnd(pod, atMs);
        return undefined;
      },
      runtime(event) {
        if (event.type !== "container.started" && event.type !== "container.exited") return undefined;
        const place = `${event.pod.uid}/${event.container}`;
        if (event.type === "container.started") return void began.add(place);
        if (!began.delete(place)) return undefined;
        const nowMs = simulation.uptimeMs();
        const [pod, end] = [pods.get(event.pod.uid), ending.get(event.pod.uid)];
        const container = pod?.spec.containers.find(({ name }) => name === event.container);
        if (!pod || !container || !end || end.graceMs === 0) return undefined;
        const { stopMs = 0, exitAfterMs } = images[container.image ?? ""] ?? {};
        const isPatient = stopMs < end.graceMs && exitAfterMs === undefined;
        // Who deletes without grace does not wait for an answer.
        const isThere = world.get<Pod>(`${podsPrefix}${pod.metadata.namespace}/${pod.metadata.name}`)?.metadata.uid;
        if (event.exitCode === killed && isPatient && isThere === pod.metadata.uid) {
          return `${event.container} of ${event.pod.name} was killed, it ends within ${stopMs} ms and has ${end.graceMs}`;
        }
        const lateMs = nowMs - end.fromMs - end.graceMs;
        if (lateMs < slackMs || isTroubled(world, { fromMs: end.fromMs - slackMs, toMs: nowMs })) return undefined;
        return `${event.container} of ${event.pod.name} ended ${lateMs} ms after its grace of ${end.graceMs} ms`;
      },
    };
  },
};
