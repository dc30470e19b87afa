import type { Step } from "../../../runtime/mod.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { after, type KubeletData } from "../data.ts";
import { takesRoom } from "../node/node_view.ts";
import { podLog } from "./pod_events.ts";
import { failPod, ownGraceMs } from "./pod_lifecycle.ts";
import type { PodRecord } from "./pod_record.ts";
import { occupantOf, type Requirement, whoMakesRoom } from "./preemption.ts";

const message = "Preempted in order to admit critical pod";
const lookMs = 500;
/** Whoever is to go is waited for half as long again as it has, and ten seconds, then no more. */
const patienceShare = 1.5;
const patienceMsMin = 10_000;

/** What a pod lacks that is to be taken in all the same, and what follows once it is there. */
export interface Lack {
  readonly lacking: readonly Requirement[];
  readonly step: Step;
  readonly taken: (step: Step) => void;
}

/**
 * Ends lesser pods so that a critical one can be taken in, which waits until they have ended. Fails, in Kubernetes' words,
 * where nobody's end would do.
 */
export function makeRoom(data: KubeletData, pod: PodRecord, { lacking, step, taken }: Lack): Result<undefined, string> {
  const others = [...data.pods.values()].filter((each) => each !== pod && takesRoom(each)).map(occupantOf);
  const chosen = whoMakesRoom(occupantOf(pod), others, lacking);
  if (!chosen.ok) return failed(chosen.failure);
  const leaving = chosen.value.map(({ record }) => record);
  pod.isMadeRoomFor = true;
  for (const each of leaving) {
    podLog(data, each, step).preempted(message);
    if (!each.stop) failPod(data, each, { step, reason: "Preempting", message, isDisruption: true });
  }
  const graceMs = Math.max(0, ...leaving.map(ownGraceMs));
  const untilMs = step.uptimeMs + graceMs * patienceShare + patienceMsMin;
  const look = (later: Step): void => {
    if (data.pods.get(pod.identity) !== pod || pod.phase !== "admitting") return;
    const isLeft = leaving.some((each) => data.pods.get(each.identity) === each && takesRoom(each));
    if (isLeft && later.uptimeMs < untilMs) after(data, later, lookMs, look);
    else taken(later);
  };
  after(data, step, lookMs, look);
  return ok(undefined);
}
