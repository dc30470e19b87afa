import { isRestartedByRule, restartPolicyOf } from "../../api/restart_rules.ts";
import type { ContainerRecord, PodRecord } from "../pod/pod_record.ts";

const backOffFirstMs = 10_000;
const backOffMaxMs = 300_000;
const backOffResetMs = 600_000;

/** Whether a container that exited with this code is started again. */
export function restartsAfter(pod: PodRecord, container: ContainerRecord, exitCode: number): boolean {
  if (pod.stop || pod.failure || pod.phase === "stopping" || pod.phase === "releasing") return false;
  if (container.role === "sidecar" || container.restartsAnyway) return true;
  if (container.role === "ephemeral") return false;
  const policy = restartPolicyOf(pod.pod.spec, container.spec);
  if (container.role === "init" && exitCode === 0) return false;
  if (isRestartedByRule(container.spec, exitCode)) return true;
  if (container.role === "init") return policy !== "Never";
  return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
}

/**
 * How long to wait before a container is started again; notes that it will be. The first restart comes at once, the
 * next ones after 10 s, 20 s, ... up to 5 min; ten minutes without a restart forgive all.
 */
export function restartDelayMs(container: ContainerRecord, uptimeMs: number): number {
  const isFirst = container.restartBackOffMs === 0;
  const isForgiven = uptimeMs - container.restartedUptimeMs > backOffResetMs;
  const delayMs = isFirst || isForgiven ? 0 : container.restartBackOffMs;
  container.restartBackOffMs = delayMs === 0 ? backOffFirstMs : Math.min(delayMs * 2, backOffMaxMs);
  container.restartedUptimeMs = uptimeMs + delayMs;
  container.restartDelayMs = delayMs;
  return delayMs;
}
