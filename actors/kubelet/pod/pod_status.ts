import type { Step } from "../../../runtime/mod.ts";
import { formatTime } from "../../api/time.ts";
import type { PodCondition, PodStatus } from "../../api/types.ts";
import { ipsOf } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { containerStatus, isReadyReported } from "../container/container_status.ts";
import type { KubeletData } from "../data.ts";
import { resizeConditions } from "./granted.ts";
import { isOver, type ReportedPhase, reportedPhase } from "./pod_phase.ts";
import { comesFirst, isInitialized, type PodRecord } from "./pod_record.ts";

/** The status fields that a kubelet owns; what it does not mention it leaves to others. */
export type OwnStatus = Pick<
  PodStatus,
  "conditions" | "containerStatuses" | "ephemeralContainerStatuses" | "hostIP" | "hostIPs" | "initContainerStatuses"
> &
  Pick<PodStatus, "message" | "phase" | "podIP" | "podIPs" | "reason" | "startTime"> & {
    observedGeneration?: number;
  };

/** What a condition says beside its type. */
interface Finding {
  readonly status: "True" | "False";
  readonly reason?: string;
  readonly message?: string;
}

const isTrue: Finding = { status: "True" };

/** What a kubelet reports of a pod at this moment. */
export function podStatus(data: KubeletData, pod: PodRecord, step: Step): OwnStatus {
  const { generation } = pod.pod.metadata;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const phase = reportedPhase(pod);
  // Why it fails is told with the phase that says so: until its last container has stopped it is running, no more.
  const failure = phase === "Failed" ? saidOf(pod.failure) : {};
  // A pod that was turned away has no more to it than the reason.
  if (pod.rejected) return { ...observed, ...failure, ...startTimeOf(pod), phase };
  const { hostIp, hostIps } = data;
  const ips = podIpsOf(data, pod);
  const init = pod.containers.filter(comesFirst);
  const later = pod.containers.filter(({ role }) => role === "ephemeral");
  const main = pod.containers.filter(({ role }) => role === "main");
  return {
    ...observed,
    conditions: conditions(pod, { step, phase }),
    containerStatuses: main.map((container) => containerStatus(pod, container)),
    hostIP: hostIp,
    hostIPs: hostIps.map((ip) => ({ ip })),
    ...(later.length === 0 ? {} : { ephemeralContainerStatuses: later.map((each) => containerStatus(pod, each)) }),
    ...(init.length === 0 ? {} : { initContainerStatuses: init.map((each) => containerStatus(pod, each)) }),
    ...failure,
    phase,
    ...(ips[0] && pod.sandbox ? { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) } : {}),
    ...startTimeOf(pod),
  };
}

/** A pod in the node's network has the node's, and one whose sandbox has none any more those that it had. */
function podIpsOf({ hostIps }: KubeletData, { pod, sandbox }: PodRecord): readonly string[] {
  if (pod.spec.hostNetwork) return hostIps;
  const own = sandbox ? ipsOf(sandbox) : [];
  if (own.length > 0) return own;
  const { podIP, podIPs } = pod.status;
  return podIPs?.flatMap(({ ip }) => ip ?? []) ?? (podIP ? [podIP] : []);
}

/** Others may fail a pod without a word. */
function saidOf(failure: PodRecord["failure"]): Pick<OwnStatus, "message" | "reason"> {
  return present({ reason: failure?.reason || undefined, message: failure?.message || undefined });
}

function startTimeOf({ startTime }: PodRecord): Pick<OwnStatus, "startTime"> {
  return startTime === undefined ? {} : { startTime };
}

function conditions(
  pod: PodRecord,
  { step, phase }: { readonly step: Step; readonly phase: ReportedPhase },
): PodCondition[] {
  const containersReady = containersReadyOf(pod, phase);
  const ready = containersReady.status === "True" ? gatesPassed(pod) : containersReady;
  const found: readonly (readonly [string, Finding])[] = [
    ["PodReadyToStartContainers", pod.sandbox?.ready ? isTrue : { status: "False" }],
    ["Initialized", initializedOf(pod, phase)],
    ["Ready", ready],
    ["ContainersReady", containersReady],
    ["PodScheduled", isTrue],
    ...disruptionOf(pod),
    ...resizeFindings(pod),
  ];
  return found.map(([type, finding]) => conditionOf(pod, { type, finding, step }));
}

/** Controllers count a pod that its node has ended differently from one that has failed. */
function disruptionOf({ failure }: PodRecord): readonly (readonly [string, Finding])[] {
  if (!failure?.isDisruption) return [];
  const { message } = failure;
  return [["DisruptionTarget", { status: "True", reason: "TerminationByKubelet", message }]];
}

function conditionOf(
  pod: PodRecord,
  { type, finding, step }: { readonly type: string; readonly finding: Finding; readonly step: Step },
): PodCondition {
  let transition = pod.transitions.get(type);
  if (transition?.status !== finding.status) {
    transition = { status: finding.status, at: formatTime(step.nowMs) };
    pod.transitions.set(type, transition);
  }
  const { generation } = pod.pod.metadata;
  const { reason, message, status } = finding;
  return {
    // Kubernetes writes a time that is not set as null.
    ...({ lastProbeTime: null } as object),
    lastTransitionTime: transition.at,
    ...present({ message, observedGeneration: generation, reason }),
    status,
    type,
  };
}

/** What hinders a pod's containers from having what they are to have; nothing is said where they have it. */
function resizeFindings(pod: PodRecord): (readonly [string, Finding])[] {
  const found = { PodResizePending: pod.resizePending, PodResizeInProgress: pod.resizing };
  return resizeConditions.flatMap((type) => {
    const finding = found[type];
    if (!finding) pod.transitions.delete(type);
    return finding ? [[type, { status: "True", ...finding }] as const] : [];
  });
}

function initializedOf(pod: PodRecord, phase: ReportedPhase): Finding {
  const incomplete = pod.containers.filter((container) => comesFirst(container) && !isInitialized(container));
  if (phase === "Succeeded") return { status: "True", reason: "PodCompleted" };
  const hasRun = pod.containers.some(({ role, ran }) => role === "main" && ran);
  if (incomplete.length === 0 || hasRun) return isTrue;
  const message = `containers with incomplete status: [${incomplete.map(({ name }) => name).join(" ")}]`;
  return { status: "False", reason: "ContainersNotInitialized", message };
}

function containersReadyOf(pod: PodRecord, phase: ReportedPhase): Finding {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { status: "False", reason: "PodFailed" };
  const isAwaited = pod.containers.filter(({ role }) => role !== "init" && role !== "ephemeral");
  const unready = isOver(pod) ? isAwaited : isAwaited.filter((each) => !isReadyReported(each));
  if (unready.length === 0) return isTrue;
  const message = `containers with unready status: [${unready.map(({ name }) => name).join(" ")}]`;
  return { status: "False", reason: "ContainersNotReady", message };
}

/** Readiness gates are conditions that others set. */
function gatesPassed({ pod }: PodRecord): Finding {
  const { readinessGates = [] } = pod.spec;
  const missing = readinessGates.find(
    ({ conditionType }) =>
      !pod.status.conditions?.some((each) => each.type === conditionType && each.status === "True"),
  );
  if (!missing) return isTrue;
  const message = `corresponding condition of pod readiness gate "${missing.conditionType}" does not exist.`;
  return { status: "False", reason: "ReadinessGatesNotReady", message };
}
