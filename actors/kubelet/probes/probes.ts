import type { Step } from "../../../runtime/mod.ts";
import type { KubeletData } from "../data.ts";
import type { Subject } from "../pod/pod_record.ts";
import { startWorker } from "./probe_worker.ts";
import { type ProbeOptions, stopProbes } from "./probing.ts";

/** A container runs: from now on its probes decide whether it has started, lives and is ready. */
export function startProbes(data: KubeletData, subject: Subject, { step, onFailure }: ProbeOptions): void {
  const { container } = subject;
  const { startupProbe: probe } = container.spec;
  stopProbes(container);
  const onStarted = (later: Step) => begun(data, subject, { step: later, onFailure });
  // Of a container that a kubelet before this one has seen start is believed that it did.
  if (!probe || container.started) {
    onStarted(step);
    return;
  }
  container.started = false;
  container.ready = false;
  startWorker(data, subject, { step, onFailure, kind: "startup", probe, onStarted });
}

/** The container has started, as far as its startup probe is concerned. */
function begun(data: KubeletData, subject: Subject, { step, onFailure }: ProbeOptions): void {
  const { pod, container } = subject;
  const { readinessProbe, livenessProbe } = container.spec;
  container.started = true;
  data.dirty.add(pod);
  data.moved.add(pod);
  const onStarted = () => {};
  if (!readinessProbe) container.ready = true;
  for (const [kind, probe] of [
    ["readiness", readinessProbe],
    ["liveness", livenessProbe],
  ] as const) {
    if (probe) startWorker(data, subject, { step, onFailure, kind, probe, onStarted });
  }
}
