import type { Step } from "../../../runtime/mod.ts";
import type { Frozen, Probe } from "../../api/types.ts";
import { callOff } from "../../kit/alarms.ts";
import { after, type KubeletData } from "../data.ts";
import { podLog } from "../pod/pod_events.ts";
import type { ContainerRecord, PodRecord, Subject } from "../pod/pod_record.ts";
import { isCarriedOut, type OnFailure, type ProbeStart } from "./probing.ts";

/**
 * Probes without polling: the runtime tells when what a probe would find changes, and from the probe's start, period
 * and thresholds follows the one moment at which a kubelet that did probe would have come to know.
 */
export function startForetold(data: KubeletData, subject: Subject, start: ProbeStart): void {
  const { step, kind, probe, onFailure, onStarted } = start;
  const { container } = subject;
  switch (kind) {
    case "readiness":
      awaitReadiness(data, subject, step);
      return;
    case "liveness":
      if (!container.runtimeHealthy) becameUnhealthy(data, subject, { step, onFailure });
      return;
    case "startup":
      awaitStartup(data, subject, { step, probe, onFailure, onStarted });
  }
}

function awaitStartup(
  data: KubeletData,
  subject: Subject,
  { step, probe, onFailure, onStarted }: Omit<ProbeStart, "kind">,
): void {
  const { container } = subject;
  container.whenStarted = onStarted;
  if (container.runtimeReady) {
    awaitStarted(data, subject, step);
    return;
  }
  const { failureThreshold = 3, periodSeconds = 10 } = probe;
  const lastTickMs = firstTickMs(container, probe) + (failureThreshold - 1) * periodSeconds * 1000;
  container.probes.startup = after(data, step, lastTickMs - step.uptimeMs, (later) => {
    podLog(data, subject.pod, later, container).unhealthy(failureText("Startup", probe, subject));
    onFailure("startup", later);
  });
}

/** What a readiness or startup probe would find has changed. */
export function runtimeReadyChanged(
  data: KubeletData,
  subject: Subject,
  { step, ready }: { readonly step: Step; readonly ready: boolean },
): void {
  const { container } = subject;
  container.runtimeReady = ready;
  // Readiness is asked for until the end: while a container stops, it says how long requests may still be sent there.
  if (container.phase !== "running" && container.phase !== "stopping") return;
  const { startupProbe, readinessProbe } = container.spec;
  if (!container.started) {
    if (ready && startupProbe && !isCarriedOut(container, startupProbe)) awaitStarted(data, subject, step);
  } else if (readinessProbe && !isCarriedOut(container, readinessProbe)) {
    awaitReadiness(data, subject, step);
  }
}

/** A liveness probe would fail from now on. */
export function becameUnhealthy(
  data: KubeletData,
  subject: Subject,
  { step, onFailure }: { readonly step: Step; readonly onFailure: OnFailure },
): void {
  const { container } = subject;
  const { livenessProbe } = container.spec;
  container.runtimeHealthy = false;
  if (
    !livenessProbe ||
    isCarriedOut(container, livenessProbe) ||
    container.phase !== "running" ||
    container.probes.liveness
  )
    return;
  const { failureThreshold = 3, periodSeconds = 10 } = livenessProbe;
  const tickMs = nextTickMs(container, livenessProbe, step.uptimeMs) + (failureThreshold - 1) * periodSeconds * 1000;
  container.probes.liveness = after(data, step, tickMs - step.uptimeMs, (later) => {
    podLog(data, subject.pod, later, container).unhealthy(failureText("Liveness", livenessProbe, subject));
    onFailure("liveness", later);
  });
}

function awaitStarted(data: KubeletData, subject: Subject, step: Step): void {
  const { container } = subject;
  const { startupProbe } = container.spec;
  const { startup } = container.probes;
  callOff(startup);
  const tickMs = startupProbe ? nextTickMs(container, startupProbe, step.uptimeMs) : step.uptimeMs;
  container.probes.startup = after(data, step, tickMs - step.uptimeMs, (later) => container.whenStarted?.(later));
}

/** Waits for the tick at which the readiness that holds now is known; a change before then starts anew. */
function awaitReadiness(data: KubeletData, subject: Subject, step: Step): void {
  const { pod, container } = subject;
  const { readinessProbe } = container.spec;
  if (!readinessProbe) return;
  const { readiness } = container.probes;
  callOff(readiness);
  const { successThreshold = 1, failureThreshold = 3, periodSeconds = 10 } = readinessProbe;
  const { runtimeReady } = container;
  const isFirst = !runtimeReady && !container.ready;
  // A container that has never been ready is told of after its first failed probe: that changes nothing.
  const ticks = runtimeReady ? successThreshold : isFirst ? 1 : failureThreshold;
  const tickMs = nextTickMs(container, readinessProbe, step.uptimeMs) + (ticks - 1) * periodSeconds * 1000;
  container.probes.readiness = after(data, step, tickMs - step.uptimeMs, (later) => {
    if (!runtimeReady) {
      podLog(data, pod, later, container).unhealthy(failureText("Readiness", readinessProbe, subject));
    }
    if (container.ready === runtimeReady) return;
    container.ready = runtimeReady;
    data.dirty.add(pod);
  });
}

function firstTickMs({ startedUptimeMs }: ContainerRecord, { initialDelaySeconds = 0 }: Frozen<Probe>): number {
  return startedUptimeMs + initialDelaySeconds * 1000;
}

/** The first time at or after `uptimeMs` at which the probe is made. */
function nextTickMs(container: ContainerRecord, probe: Frozen<Probe>, uptimeMs: number): number {
  const firstMs = firstTickMs(container, probe);
  if (uptimeMs <= firstMs) return firstMs;
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  return firstMs + Math.ceil((uptimeMs - firstMs) / periodMs) * periodMs;
}

function failureText(kind: string, probe: Frozen<Probe>, { pod }: Subject): string {
  return `${kind} probe failed: ${findingOf(probe, pod)}`;
}

function findingOf({ httpGet, tcpSocket, grpc }: Frozen<Probe>, { sandbox }: PodRecord): string {
  const ip = sandbox?.ip ?? "";
  if (httpGet) return "HTTP probe failed with statuscode: 503";
  if (tcpSocket) return `dial tcp ${ip}:${tcpSocket.port}: connect: connection refused`;
  if (grpc) return `service unhealthy (responded with "NOT_SERVING")`;
  return "command exited with 1";
}
