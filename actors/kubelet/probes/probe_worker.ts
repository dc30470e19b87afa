import type { Step } from "../../../runtime/mod.ts";
import type { Frozen, Probe } from "../../api/types.ts";
import { after, type KubeletData } from "../data.ts";
import { podLog } from "../pod/pod_events.ts";
import type { ProbeKind, Subject } from "../pod/pod_record.ts";
import { makeProbe } from "./make_probe.ts";
import type { Finding, ProbeStart } from "./probing.ts";

/** One probe of one run of a container, made again and again. */
interface Worker {
  readonly kind: ProbeKind;
  readonly probe: Frozen<Probe>;
  /** The run that is probed. */
  readonly id: string | undefined;
  readonly onFailure: ProbeStart["onFailure"];
  readonly onStarted: ProbeStart["onStarted"];
  /** When the next probe is due. */
  dueMs: number;
  /** What the latest probes found, and how many found the same, one after the other. */
  latest: boolean | undefined;
  inARow: number;
}

const kindNames = { startup: "Startup", readiness: "Readiness", liveness: "Liveness" } as const;

/** Probes by polling, as a kubelet's probe workers do: in the probe's own period, one at a time. */
export function startWorker(data: KubeletData, subject: Subject, start: ProbeStart): void {
  const { step, kind, probe, onFailure, onStarted } = start;
  const { id, startedUptimeMs } = subject.container;
  const dueMs = Math.max(step.uptimeMs, startedUptimeMs + (probe.initialDelaySeconds ?? 0) * 1000);
  // A container that is ready already was found so by the kubelet before this one.
  const latest = kind === "readiness" && subject.container.ready ? true : undefined;
  const inARow = latest === undefined ? 0 : (probe.successThreshold ?? 1);
  awaitTurn(data, subject, { step, worker: { kind, probe, id, onFailure, onStarted, dueMs, latest, inARow } });
}

function awaitTurn(data: KubeletData, subject: Subject, { step, worker }: { step: Step; worker: Worker }): void {
  subject.container.probes[worker.kind] = after(data, step, worker.dueMs - step.uptimeMs, (now) => {
    const turn = subject.container.probes[worker.kind];
    makeProbe(data, subject, { step: now, probe: worker.probe, kind: worker.kind }, (finding, later) => {
      // It has been stopped meanwhile: what was found is of no interest.
      if (subject.container.probes[worker.kind] !== turn || subject.container.id !== worker.id) return;
      takeFinding(data, subject, { step: later, worker, finding });
      if (subject.container.probes[worker.kind] !== turn) return;
      const periodMs = (worker.probe.periodSeconds ?? 10) * 1000;
      do worker.dueMs += periodMs;
      while (worker.dueMs < later.uptimeMs);
      awaitTurn(data, subject, { step: later, worker });
    });
  });
}

/** As a kubelet's metrics call what a probe comes to. */
const outcomes = { unknown: "unknown", failure: "failed", success: "successful", warning: "successful" } as const;

function count({ container }: Subject, what: string): void {
  container.probed ??= {};
  container.probed[what] = (container.probed[what] ?? 0) + 1;
}

function takeFinding(
  data: KubeletData,
  subject: Subject,
  { step, worker, finding }: { readonly step: Step; readonly worker: Worker; readonly finding: Finding },
): void {
  const { kind, probe } = worker;
  const name = kindNames[kind];
  const log = podLog(data, subject.pod, step, subject.container);
  count(subject, `${name} ${outcomes[finding.result]}`);
  if (finding.result === "unknown") {
    // A probe that could not be made says nothing about the container.
    if (finding.text !== "") log.unhealthy(`${name} probe errored and resulted in unknown state: ${finding.text}`);
    return;
  }
  if (finding.result === "failure") log.unhealthy(`${name} probe failed: ${finding.text}`);
  if (finding.result === "warning") log.probeWarning(`${name} probe warning: ${finding.text}`);
  const isGood = finding.result !== "failure";
  worker.inARow = worker.latest === isGood ? worker.inARow + 1 : 1;
  worker.latest = isGood;
  const { successThreshold = 1, failureThreshold = 3 } = probe;
  if (worker.inARow < (isGood ? successThreshold : failureThreshold)) return;
  if (isGood) passed(data, subject, { step, worker });
  else failed(data, subject, { step, worker });
}

function passed(data: KubeletData, subject: Subject, { step, worker }: { step: Step; worker: Worker }) {
  if (worker.kind === "readiness") return setReady(data, subject, true);
  if (worker.kind !== "startup") return;
  delete subject.container.probes.startup;
  worker.onStarted(step);
}

function failed(data: KubeletData, subject: Subject, { step, worker }: { step: Step; worker: Worker }) {
  if (worker.kind === "readiness") return setReady(data, subject, false);
  // The container is killed: this probe is made again when it runs again.
  delete subject.container.probes[worker.kind];
  worker.onFailure(worker.kind, step);
}

function setReady(data: KubeletData, { pod, container }: Subject, ready: boolean): void {
  if (container.ready === ready) return;
  container.ready = ready;
  data.dirty.add(pod);
}
