import type { Step } from "../../../runtime/mod.ts";
import { conditionNow } from "../../api/conditions.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, Pod, PodCondition } from "../../api/types.ts";
import type { ApiClient } from "../../client/api_client.ts";
import type { EventRecorder } from "../../client/events.ts";
import type { Failure } from "../../client/outcome.ts";
import { present } from "../../kit/present.ts";
import type { Core, Decision, Preemption } from "../core.ts";
import { type PluginWrite, preemptionReason } from "../framework.ts";
import type { PodInfo } from "../pod_info.ts";

/** What carries out decisions: bindings, and what people are told about pods that fit nowhere. */
export interface Executor {
  carryOut(step: Step, decision: Decision): void;
  /** Goes on with bindings that waited for something, where it is done by now. */
  goOn(step: Step): void;
  /** Bindings under way; those that wait do not count. */
  readonly underWay: number;
}

/** What an executor works with. */
export interface ExecutorOptions {
  readonly client: ApiClient;
  /** Who tells of a pod: each scheduler in its own name. */
  recorderOf(schedulerName: string): EventRecorder;
  readonly core: Core;
}

type Binding = Extract<Decision, { readonly kind: "bind" }>;

const messageMax = 1024;
/** As long as Kubernetes' VolumeBinding waits by default. */
const waitMsMax = 600_000;
const volumesFail = 'running PreBind plugin "VolumeBinding"';

/** Two plugins have writes before the binding; whose one is tells its group. */
function preBindFails({ group }: PluginWrite): string {
  return group === "" ? volumesFail : 'running PreBind plugin "DynamicResources"';
}

/** No answer came, it was done before, or the server itself does not know, as its store did not answer. */
function mayBeDone({ reason, code }: Failure): boolean {
  return reason === "unknown" || code === 409 || code >= 500;
}

/** What is told of a pod, and what is done when that is over, well or not. */
interface StatusPatch {
  readonly pod: PodInfo;
  readonly status: unknown;
  readonly then?: (step: Step) => void;
}

/** How many times a pod is being told something, and what waits for the end of that. */
interface Telling {
  left: number;
  readonly waiting: ((step: Step) => void)[];
}

/** Makes an executor for the decisions of one core. */
export function createExecutor({ client, recorderOf, core }: ExecutorOptions): Executor {
  const schedulerOf = (pod: PodInfo) => core.profileOf(pod).schedulerName;
  let underWay = 0;
  const waiting = new Map<Binding, { readonly untilMs: number }>();
  let seenVersion = -1;
  /** By pods' uids: what waits until they have been told why they have no place. */
  const telling = new Map<string, Telling>();

  function bind(step: Step, binding: Binding) {
    underWay++;
    write(step, binding, 0);
  }

  /** Makes the writes one after the other. */
  function write(step: Step, binding: Binding, index: number) {
    const request = binding.writes[index];
    if (!request) return bound(step, binding);
    const isLast = index === binding.writes.length - 1;
    // What it was told of an attempt before must not arrive when it has its place.
    const told = isLast ? telling.get(binding.pod.uid) : undefined;
    if (told) return void told.waiting.push((later) => write(later, binding, index));
    if (isLast && !isReady(step, binding)) return;
    client.request<unknown>(step, request satisfies PluginWrite, (outcome, later) => {
      if (outcome.ok) write(later, binding, index + 1);
      else if (mayBeDone(outcome.failure)) look(later, binding, outcome.failure);
      else
        failed(
          later,
          binding,
          `${isLast ? "running Bind plugins" : preBindFails(request)}: ${outcome.failure.message}`,
        );
    });
  }

  /** Whether a pod may be bound now; one that has to wait is tried again when something has changed. */
  function isReady(step: Step, binding: Binding): boolean {
    const readiness = core.readiness(binding.pod, binding.node, step.uptimeMs);
    const known = waiting.get(binding);
    const isGone = known !== undefined && core.queue.get(binding.pod.uid) === undefined;
    const isLate = known !== undefined && step.uptimeMs >= known.untilMs;
    if (readiness === "ready" && !isGone) return true;
    if (readiness === "not yet" && !isGone && !isLate) {
      if (known) return false;
      const longest = core.profileOf(binding.pod).waiters.map(({ readinessMsMax = waitMsMax }) => readinessMsMax);
      const delayMs = Math.max(0, ...longest);
      waiting.set(binding, { untilMs: step.uptimeMs + delayMs });
      underWay--;
      client.timers.set(step, { name: "waiting", delayMs, body: goOn });
      return false;
    }
    if (waiting.delete(binding)) underWay++;
    const why = typeof readiness === "string" ? "context deadline exceeded" : readiness.failure;
    failed(step, binding, `${volumesFail}: binding volumes: ${why}`);
    return false;
  }

  function goOn(step: Step): void {
    for (const binding of [...waiting.keys()]) {
      if (!isReady(step, binding)) continue;
      waiting.delete(binding);
      underWay++;
      write(step, binding, binding.writes.length - 1);
    }
  }

  /** The pod may be bound already, by a request whose answer was lost or by another scheduler: where is it? */
  function look(step: Step, binding: Binding, failure: Failure) {
    const { namespace, name, uid } = binding.pod;
    client.get(step, { kind: podKind, namespace, name }, (outcome, later) => {
      if (!outcome.ok || outcome.value.metadata.uid !== uid || !outcome.value.spec.nodeName) {
        return failed(later, binding, `running Bind plugins: ${failure.message}`);
      }
      underWay--;
      core.podSeen(outcome.value, later.uptimeMs);
      if (outcome.value.spec.nodeName === binding.node) reportBound(later, binding);
    });
  }

  function bound(step: Step, binding: Binding) {
    underWay--;
    core.bound(binding.pod, binding.node);
    reportBound(step, binding);
  }

  function reportBound(step: Step, { pod, node }: Binding) {
    const message = `Successfully assigned ${pod.key} to ${node}`;
    recorderOf(schedulerOf(pod)).report(step, { about: pod.pod, type: "Normal", reason: "Scheduled", message });
  }

  function failed(step: Step, { pod, node }: Binding, message: string) {
    underWay--;
    const waits = core.queue.get(pod.uid) !== undefined;
    core.bindFailed(pod, { node, nowMs: step.uptimeMs });
    // A pod that is gone by now has nobody to tell.
    if (waits) tellFailure(step, pod, { reason: "SchedulerError", message });
  }

  function tellFailure(step: Step, pod: PodInfo, told: Told) {
    const message = told.message.length > messageMax ? `${told.message.slice(0, messageMax - 4)} ...` : told.message;
    const report = { about: pod.pod, type: "Warning", reason: "FailedScheduling", message } as const;
    recorderOf(schedulerOf(pod)).report(step, report);
    const latest = core.queue.get(pod.uid)?.info.pod ?? pod.pod;
    const patch = failurePatch(latest, { ...told, nowMs: step.nowMs });
    if (!patch) return;
    const under = telling.get(pod.uid) ?? { left: 0, waiting: [] };
    telling.set(pod.uid, under);
    under.left++;
    const then = (later: Step) => {
      under.left--;
      if (under.left > 0) return;
      telling.delete(pod.uid);
      for (const goOn of under.waiting) goOn(later);
    };
    patchStatus(step, { pod, status: patch, then });
  }

  function patchStatus(step: Step, { pod, status, then = () => {} }: StatusPatch) {
    const { namespace, name, uid } = pod;
    const patch = { metadata: { uid }, status };
    // If it fails, the next attempt writes it.
    client.patch(step, { kind: podKind, namespace, name, subresource: "status", patch }, (_outcome, later) =>
      then(later),
    );
  }

  function preempt(step: Step, pod: PodInfo, { node, victims, displaced }: Preemption) {
    for (const other of displaced) patchStatus(step, { pod: other, status: { nominatedNodeName: null } });
    for (const victim of victims) if (!victim.terminating) evict(step, victim, { by: pod, node });
  }

  function evict(step: Step, victim: PodInfo, { by, node }: { readonly by: PodInfo; readonly node: string }) {
    const { namespace, name, uid } = victim;
    const condition: Frozen<PodCondition> = {
      type: "DisruptionTarget",
      status: "True",
      reason: preemptionReason,
      message: `${schedulerOf(by)}: preempting to accommodate a higher priority pod`,
    };
    const conditions = [conditionNow(victim.pod.status.conditions, { condition, nowMs: step.nowMs })];
    const patch = { metadata: { uid }, status: { conditions } };
    client.patch(step, { kind: podKind, namespace, name, subresource: "status", patch }, (_outcome, later) => {
      client.remove(later, { kind: podKind, namespace, name, preconditions: { uid } }, (outcome, last) => {
        if (!outcome.ok) return;
        const message = `Preempted by pod ${by.uid} on node ${node}`;
        recorderOf(schedulerOf(by)).report(last, { about: victim.pod, type: "Normal", reason: "Preempted", message });
      });
    });
  }

  return {
    carryOut(step, decision) {
      if (decision.kind === "bind") return bind(step, decision);
      const { pod, message, preemption, nominatedNode } = decision;
      tellFailure(step, pod, { reason: "Unschedulable", message, nominatedNode });
      if (preemption) preempt(step, pod, preemption);
    },
    goOn(step) {
      const { version } = core.related.volumes;
      if (waiting.size === 0 || version === seenVersion) return;
      seenVersion = version;
      goOn(step);
    },
    get underWay() {
      return underWay;
    },
  };
}

interface Told {
  readonly reason: "Unschedulable" | "SchedulerError";
  readonly message: string;
  readonly nominatedNode?: string | undefined;
}

/** The change to the pod's status; none when it says all that already. */
function failurePatch(
  { metadata, status }: Frozen<Pod>,
  { reason, message, nominatedNode, nowMs }: Told & { nowMs: number },
) {
  const before = status.conditions?.find(({ type }) => type === "PodScheduled");
  const told = before?.status === "False" && before.reason === reason && before.message === message;
  const sameNode = (status.nominatedNodeName ?? "") === (nominatedNode ?? "");
  if (told && sameNode) return undefined;
  const lastTransitionTime = before?.status === "False" ? before.lastTransitionTime : formatTime(nowMs);
  const condition = {
    ...{ type: "PodScheduled", status: "False", reason, message, lastProbeTime: null, lastTransitionTime },
    ...present({ observedGeneration: metadata.generation }),
  };
  return { conditions: [condition], ...(sameNode ? {} : { nominatedNodeName: nominatedNode ?? null }) };
}
