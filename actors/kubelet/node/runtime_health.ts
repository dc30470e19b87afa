import type { Step } from "../../../runtime/mod.ts";
import { callCri } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import { durationText } from "../pod/pod_events.ts";

/** Kubernetes calls it maxWaitForContainerRuntime. */
const silentMsMax = 30_000;
/** After so long it is also said that nobody has seen what pods do, who are looked after by an event generator, the PLEG. */
const unseenMsMax = 180_000;

/** Asks the runtime again and again whether it is there, from its first answer on. */
export function watchRuntime(data: KubeletData, step: Step): void {
  const { runtimeCheckMs } = data.input;
  data.node.runtimeSeenUptimeMs = step.uptimeMs;
  if (runtimeCheckMs === undefined) return;
  const check = (now: Step) =>
    callCri(data, now, { op: "Version" }, (answer, later) => {
      if (answer.ok) data.node.runtimeSeenUptimeMs = later.uptimeMs;
      after(data, later, runtimeCheckMs, check);
    });
  after(data, step, runtimeCheckMs, check);
}

/**
 * Why a node cannot be ready, as its kubelet puts it; undefined when it can.
 *
 * @see https://kubernetes.io/docs/reference/node/node-status/#condition
 */
export function runtimeTrouble(data: KubeletData, step: Step): string | undefined {
  if (data.input.runtimeCheckMs === undefined) return undefined;
  const silentMs = step.uptimeMs - data.node.runtimeSeenUptimeMs;
  if (silentMs < silentMsMax) return undefined;
  const isDown = "container runtime is down";
  if (silentMs < unseenMsMax) return isDown;
  const seen = `pleg was last seen active ${durationText(silentMs)} ago; threshold is ${durationText(unseenMsMax)}`;
  return `[${isDown}, PLEG is not healthy: ${seen}]`;
}
