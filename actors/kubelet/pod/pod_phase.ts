import { restartPolicyOf } from "../../api/restart_rules.ts";
import { comesFirst, isInitialized, isLive, type PodRecord } from "./pod_record.ts";

/** The phase that a pod is reported with. */
export type ReportedPhase = "Pending" | "Running" | "Succeeded" | "Failed";

/** Whether nothing of the pod will ever run again: only then does its phase say how it went. */
export function isOver({ phase, failure, stop, mayHoldDevices }: PodRecord): boolean {
  if (phase === "finished" || phase === "removing" || phase === "gone") return true;
  return phase === "releasing" && !mayHoldDevices && (failure !== undefined || stop !== undefined);
}

/**
 * The phase of a pod, from what its containers do, as a kubelet works it out. While any of them may run the phase before
 * stays, whatever would follow: others put a new pod in the place of one that is over.
 */
export function reportedPhase(pod: PodRecord): ReportedPhase {
  const before = pod.pod.status.phase;
  // A phase that says how a pod went is never taken back.
  if (before === "Succeeded" || before === "Failed") return before;
  if (isOver(pod)) return pod.failure || !isWellEnded(pod) ? "Failed" : "Succeeded";
  const phase = phaseNow(pod);
  const saysHowItWent = phase === "Succeeded" || phase === "Failed";
  if (!saysHowItWent || !(pod.containers.some(isLive) || pod.mayHoldDevices)) return phase;
  return (pod.reported?.phase ?? before) === "Running" ? "Running" : "Pending";
}

function phaseNow(pod: PodRecord): ReportedPhase {
  const policyOf = ({ spec }: PodRecord["containers"][number]) => restartPolicyOf(pod.pod.spec, spec);
  const init = pod.containers.filter(comesFirst);
  const mains = pod.containers.filter(({ role }) => role === "main");
  const isBegun = mains.some(({ phase, ran }) => ran || phase !== "waiting");
  if (!isBegun) {
    const hasFailed = init.some(
      (each) =>
        each.role === "init" && each.phase === "ended" && each.end?.exitCode !== 0 && policyOf(each) === "Never",
    );
    if (hasFailed) return "Failed";
    if (init.some((container) => !isInitialized(container))) return "Pending";
  }
  if (mains.some(({ startedAt, end, last }) => !startedAt && !end && !last)) return "Pending";
  if (mains.some(({ startedAt, end }) => startedAt !== undefined && !end)) return "Running";
  if (mains.some((each) => policyOf(each) === "Always")) return "Running";
  if (mains.some(({ phase }) => phase !== "ended")) return "Running";
  return isWellEnded(pod) ? "Succeeded" : "Failed";
}

function isWellEnded({ containers }: PodRecord): boolean {
  return containers.every(({ role, end }) => role === "sidecar" || role === "ephemeral" || end?.exitCode === 0);
}
