import type { Invariant } from "../engine/invariant.ts";
import { describeRecord, eachEnded } from "../traffic/records.ts";
import { isWireTroubled } from "./_trouble.ts";

const answered = /^answered (\d+) with 200$/;

/** What a server has answered reaches the client, unless its process was killed or something broke on the way. */
export const whatWasAnsweredArrives: Invariant = {
  name: "what was answered arrives",
  watch(world) {
    if (!world.definition.traffic) return {};
    const answers = new Map<number, { readonly pod: string; readonly atMs: number }>();
    /** When each pod's process was last ended against its will. */
    const killedMs = new Map<string, number>();
    const places = new Map<string, string>();
    const nowMs = () => world.simulation.uptimeMs();
    return {
      runtime(event) {
        if (event.type === "node.lost") {
          for (const [pod, node] of places) if (node === event.node) killedMs.set(pod, nowMs());
          return undefined;
        }
        if (event.type === "volume.removed") return undefined;
        const { name: pod } = event.pod;
        if (event.type === "container.started") places.set(pod, event.node);
        if (event.type === "container.exited" && event.exitCode !== 0) killedMs.set(pod, nowMs());
        const [, id] =
          (event.type === "container.wrote" && pod.startsWith("front-") && answered.exec(event.text)) || [];
        if (id !== undefined) answers.set(Number(id), { pod, atMs: nowMs() });
        return undefined;
      },
      step: eachEnded(world, (record) => {
        const { outcome, request, endedAtMs } = record;
        const answer = answers.get(request.id);
        if (outcome?.kind === "answer" || !answer) return undefined;
        const { pod, atMs } = answer;
        const isExcused = (killedMs.get(pod) ?? 0) >= atMs || isWireTroubled(world, record.sentAtMs, endedAtMs);
        return isExcused ? undefined : `${pod} answered at ${atMs.toFixed()} ms: ${describeRecord(record)}`;
      }),
    };
  },
};
