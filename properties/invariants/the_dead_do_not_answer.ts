import type { Invariant } from "../engine/invariant.ts";
import { describeRecord, eachEnded, handlersOf, trafficOf } from "../traffic/records.ts";
import { trafficAddress } from "../traffic/traffic_plan.ts";

/** A life of a pod's process, in counts of what happened: both ends are in the run's own order. */
interface Life {
  readonly node: string;
  endedAt: number;
}

/** Who had ended, as its computer saw it, before a request was sent does not answer that request. */
export const theDeadDoNotAnswer: Invariant = {
  name: "no pod answers that had ended",
  watch(world) {
    if (!world.definition.traffic) return {};
    const lives = new Map<string, Life>();
    const begunAt = new Map<number, number>();
    let count = 0;
    const end = (life: Life | undefined) => {
      if (life) life.endedAt = Math.min(life.endedAt, ++count);
    };
    const judge = eachEnded(world, (record) => {
      const sentAt = begunAt.get(record.request.id) ?? 0;
      const dead = handlersOf(record).find((pod) => (lives.get(pod)?.endedAt ?? Number.POSITIVE_INFINITY) <= sentAt);
      return dead && `${dead} had ended before it was sent: ${describeRecord(record)}`;
    });
    return {
      runtime(event) {
        const { node, type } = event;
        if (type === "node.lost") for (const life of lives.values()) if (life.node === node) end(life);
        if (type === "container.started") lives.set(event.pod.name, { node, endedAt: Number.POSITIVE_INFINITY });
        if (type === "container.exited" || type === "sandbox.stopped") end(lives.get(event.pod.name));
        return undefined;
      },
      step(address) {
        if (address !== trafficAddress) return undefined;
        const { begun = [] } = trafficOf(world) ?? {};
        for (const { request } of begun.slice(begunAt.size)) begunAt.set(request.id, count);
        return judge(address);
      },
    };
  },
};
