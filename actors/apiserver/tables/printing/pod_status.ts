import { parseTime } from "../../../api/time.ts";
import type { ContainerStatus, Frozen, Pod } from "../../../api/types.ts";
import { humanDuration } from "./duration.ts";

/** What kubectl says of a pod in one line. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  /** When a container last ended before it was started again; 0: none did. */
  readonly restartedAtMs: number;
}

type Status = Frozen<ContainerStatus>;

/** Sums up a pod: the reason that a person looks for, rather than the phase. */
export function summarizePod(pod: Frozen<Pod>): PodSummary {
  const { spec, status, metadata } = pod;
  const sidecars = new Set(
    (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name),
  );
  const total = spec.containers.length + sidecars.size;
  const scheduledGated = (status.conditions ?? []).some(
    ({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated",
  );
  const phase = scheduledGated ? "SchedulingGated" : status.reason || status.phase || "";
  const init = summarizeInit(pod, sidecars);
  const rest =
    init.waiting === undefined || isInitialized(pod) ? summarizeContainers(pod, init.waiting ?? phase) : undefined;
  const counted = rest
    ? { restarts: rest.restarts + init.sidecarRestarts, atMs: Math.max(rest.atMs, init.sidecarAtMs) }
    : init;
  const shown = rest?.reason ?? init.waiting ?? phase;
  const ended = phase === "Succeeded" || phase === "Failed";
  const reason = !metadata.deletionTimestamp
    ? shown
    : status.reason === "NodeLost"
      ? "Unknown"
      : ended
        ? shown
        : "Terminating";
  return {
    ready: (rest?.ready ?? 0) + init.sidecarsReady,
    total,
    status: reason,
    restarts: counted.restarts,
    restartedAtMs: counted.atMs,
  };
}

function isInitialized({ status }: Frozen<Pod>): boolean {
  return (status.conditions ?? []).some(({ type, status: is }) => type === "Initialized" && is === "True");
}

interface InitSummary {
  /** Why the pod is not past its init containers; undefined when it is. */
  readonly waiting: string | undefined;
  readonly restarts: number;
  readonly atMs: number;
  readonly sidecarRestarts: number;
  readonly sidecarAtMs: number;
  readonly sidecarsReady: number;
}

function summarizeInit({ spec, status }: Frozen<Pod>, sidecars: ReadonlySet<string>): InitSummary {
  let [restarts, atMs, sidecarRestarts, sidecarAtMs, sidecarsReady] = [0, 0, 0, 0, 0];
  let waiting: string | undefined;
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    restarts += container.restartCount;
    atMs = Math.max(atMs, lastEndMs(container));
    if (sidecars.has(container.name)) {
      sidecarRestarts += container.restartCount;
      sidecarAtMs = Math.max(sidecarAtMs, lastEndMs(container));
    }
    const { terminated, waiting: waits } = container.state ?? {};
    if (terminated && terminated.exitCode === 0) continue;
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) sidecarsReady++;
      continue;
    }
    if (terminated) waiting = `Init:${terminated.reason || exitText(terminated)}`;
    else if (waits?.reason && waits.reason !== "PodInitializing") waiting = `Init:${waits.reason}`;
    else waiting = `Init:${index}/${(spec.initContainers ?? []).length}`;
    break;
  }
  return { waiting, restarts, atMs, sidecarRestarts, sidecarAtMs, sidecarsReady };
}

function exitText({ signal, exitCode }: { readonly signal?: number; readonly exitCode: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

interface ContainersSummary {
  readonly reason: string;
  readonly ready: number;
  readonly restarts: number;
  readonly atMs: number;
}

function summarizeContainers({ status }: Frozen<Pod>, phase: string): ContainersSummary {
  let [ready, restarts, atMs, hasRunning] = [0, 0, 0, false];
  let reason = phase;
  // The first container that has something to say is heard: later ones are looked at before it.
  for (const container of [...(status.containerStatuses ?? [])].reverse()) {
    restarts += container.restartCount;
    atMs = Math.max(atMs, lastEndMs(container));
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) reason = terminated.reason || exitText(terminated);
    else if (container.ready && running) {
      hasRunning = true;
      ready++;
    }
  }
  if (reason === "Completed" && hasRunning) {
    const isReady = (status.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True");
    reason = isReady ? "Running" : "NotReady";
  }
  return { reason, ready, restarts, atMs };
}

function lastEndMs({ lastState }: Status): number {
  const finished = lastState?.terminated?.finishedAt;
  return (finished === undefined ? undefined : parseTime(finished)) ?? 0;
}

/** The restarts, with how long ago the last one was: `2 (5m ago)`. */
export function restartsText({ restarts, restartedAtMs }: PodSummary, nowMs: number): string {
  if (restarts === 0 || restartedAtMs === 0) return String(restarts);
  return `${restarts} (${humanDuration(nowMs - restartedAtMs)} ago)`;
}
