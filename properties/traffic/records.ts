import type { World } from "../engine/world.ts";
import type { TrafficAnswer } from "./answer.ts";
import type { TrafficData, TrafficRecord } from "./client_data.ts";
import { trafficAddress } from "./traffic_plan.ts";

/** What the client of a run knows; undefined in a run without traffic. */
export function trafficOf(world: World): TrafficData | undefined {
  return world.definition.traffic && (world.simulation.dataOf(trafficAddress) as TrafficData | undefined);
}

/** Calls `judge` once for each request that has ended, when it has: to be called at each step. */
export function eachEnded(
  world: World,
  judge: (record: TrafficRecord) => string | undefined,
): (address: string) => string | undefined {
  let judged = 0;
  return (address) => {
    if (address !== trafficAddress) return undefined;
    const { ended = [] } = trafficOf(world) ?? {};
    while (judged < ended.length) {
      const wrong = judge(ended[judged++] as TrafficRecord);
      if (wrong) return wrong;
    }
    return undefined;
  };
}

/** The pods that had a request in hand; none when it was not answered well. */
export function handlersOf({ outcome }: TrafficRecord): readonly string[] {
  if (outcome?.kind !== "answer" || outcome.status !== 200) return [];
  try {
    const { front, back } = JSON.parse(outcome.text) as TrafficAnswer;
    return [front.pod, back.pod];
  } catch {
    // Another rule looks at what answers say.
    return [];
  }
}

/** A request in words: what became of it. */
export function describeRecord(record: TrafficRecord): string {
  const { request, node, sentAtMs, endedAtMs } = record;
  const sent = `request ${request.id} to ${node.computer} at ${sentAtMs} ms`;
  return record.outcome ? `${sent} ended at ${endedAtMs} ms: ${describeOutcome(record)}` : `${sent} has not ended`;
}

const shownMax = 120;

/** The end of a request in words. */
export function describeOutcome(record: TrafficRecord): string {
  const { outcome } = record;
  if (outcome?.kind === "error") return outcome.message;
  if (outcome?.kind !== "answer") return "silence, its client gave up";
  const handlers = handlersOf(record);
  const said = handlers.length > 0 ? `from ${handlers.join(" and ")}` : outcome.text.slice(0, shownMax);
  return `answer ${outcome.status}: ${said}`;
}
