import { customResourceDefinition } from "../../api/kinds/custom_resource_definition.ts";
import {
  horizontalPodAutoscaler as autoscalerKind,
  type HorizontalPodAutoscaler,
} from "../../api/kinds/horizontal_pod_autoscaler.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { matchesLabels, parseLabelSelector } from "../../api/label_selector.ts";
import { millisOf } from "../../api/quantity.ts";
import { type Frozen, jsonEqual, keyOf, type Pod } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import { byNamespace } from "../../client/object_store.ts";
import type { Result } from "../../kit/result.ts";
import { defineLoop, watch } from "../loop.ts";
import type { Action, Plan } from "../plan.ts";
import { scaledKind } from "../scales/scaled_kind.ts";
import { beginHistory, type History } from "./horizontal_pod_autoscaler/limits.ts";
import { metricRead, readingOf } from "./horizontal_pod_autoscaler/metric_reads.ts";
import { type MetricFailure, type MetricProposal, proposalOf } from "./horizontal_pod_autoscaler/proposals.ts";
import { type Target, type Tolerance, toleranceDefault } from "./horizontal_pod_autoscaler/replicas.ts";
import {
  type Autoscaler,
  ambiguous,
  type Now,
  notRescaled,
  notScaled,
  resized,
  type Scale,
  sizedByBounds,
  sizedByMetrics,
  withoutSelector,
} from "./horizontal_pod_autoscaler/verdicts.ts";

/** What is remembered of each autoscaler: its history, and which pods its target selects. */
interface Remembered {
  readonly uid: string;
  readonly history: History;
  selector: string;
}

type Memory = Map<string, Remembered>;

interface Difference {
  readonly autoscaler: Autoscaler;
  /** The kind of what it scales, or why that has no scale. */
  readonly kind: Result<Kind, string>;
}

/** How often targets are looked at, as Kubernetes' default. */
const periodMs = 15_000;

/**
 * Keeps the number of a target's pods in step with what is measured. Watches HorizontalPodAutoscalers; reads the
 * target's scale, its pods and their metrics (metrics.k8s.io, custom.metrics.k8s.io, external.metrics.k8s.io) anew at
 * each turn, and writes the scale and its own status. Follows `pkg/controller/podautoscaler` of Kubernetes and
 * "Horizontal Pod Autoscaling"; a behaviour may have a tolerance of its own (KEP 4951), else it is 0.1.
 */
export const horizontalPodAutoscaler = defineLoop<Autoscaler, Result<Kind, string>, Difference, Memory>({
  name: "horizontal-pod-autoscaler",
  component: "horizontal-pod-autoscaler",
  watches: [
    watch<HorizontalPodAutoscaler, Memory>({
      kind: autoscalerKind,
      indexes: { namespace: byNamespace },
      // Its own status must not make it look again: what is measured always changes.
      keys: ({ type, object, previous }) =>
        type === "updated" && jsonEqual(object.spec, previous?.spec) ? [] : [keyOf(object)],
    }),
    watch({ kind: customResourceDefinition }),
  ],
  begin: () => new Map(),

  obtain(key, listers, { memory }) {
    const found = listers.of(autoscalerKind).get(key);
    const isGone = found === undefined || found.metadata.deletionTimestamp !== undefined;
    if (isGone || memory.get(key)?.uid !== found.metadata.uid) memory.delete(key);
    return isGone ? undefined : found;
  },

  observe({ spec }, listers) {
    const { kind: name, apiVersion } = spec.scaleTargetRef;
    const kind = scaledKind({ kind: name, ...(apiVersion !== undefined && { apiVersion }) }, listers);
    if (kind.ok) return kind;
    const group = JSON.stringify(apiVersion?.split("/").slice(0, -1).join("/") ?? "");
    const why = `unable to determine resource for scale target reference: no matches for kind ${JSON.stringify(name)} in group ${group}`;
    const failure = kind.failure === "unknown" ? why : "the server could not find the requested resource";
    return { ok: false, failure };
  },

  difference: (autoscaler, kind) => ({ autoscaler, kind }),

  reconcile({ autoscaler, kind }, { nowMs, memory, key }): Plan {
    const againAfterMs = periodMs;
    if (!kind.ok) return { actions: notScaled(autoscaler, { why: kind.failure, nowMs }), againAfterMs };
    const { namespace = "" } = autoscaler.metadata;
    const { name } = autoscaler.spec.scaleTargetRef;
    const read: Action = {
      op: "read",
      kind: kind.value,
      namespace,
      name,
      subresource: "scale",
      found(outcome, now) {
        if (!outcome.ok) return notScaled(autoscaler, { why: outcome.failure.message, nowMs: now.nowMs });
        const scale = outcome.value as Scale;
        return sized(autoscaler, { scale, kind: kind.value, memory, key, nowMs: now.nowMs });
      },
    };
    return { actions: [read], againAfterMs, onFailure: ({ failure }) => notRescaled(autoscaler, failure, nowMs) };
  },
});

interface Sizing extends Omit<Now, "history"> {
  readonly memory: Memory;
  readonly key: string;
}

function sized(autoscaler: Autoscaler, { memory, key, ...seen }: Sizing): readonly Action[] {
  const { scale, nowMs } = seen;
  const { uid = "" } = autoscaler.metadata;
  const replicas = scale.spec?.replicas ?? 0;
  const remembered = memory.get(key) ?? { uid, history: beginHistory(replicas, nowMs), selector: "" };
  memory.set(key, remembered);
  const now = { ...seen, history: remembered.history };
  const byBounds = sizedByBounds(autoscaler, now);
  if (byBounds) return byBounds;
  const selector = scale.status?.selector ?? "";
  remembered.selector = selector;
  if (selector === "") return withoutSelector(autoscaler, now);
  const { namespace = "" } = autoscaler.metadata;
  return [
    {
      op: "read",
      kind: podKind,
      namespace,
      name: "",
      query: { labelSelector: selector, resourceVersion: "0" },
      found(outcome, later) {
        const pods = outcome.ok ? (outcome.value as { readonly items: readonly Frozen<Pod>[] }).items : [];
        const others = otherSelectors(memory, key, pods);
        const then = { ...now, nowMs: later.nowMs };
        if (others.length > 0) return ambiguous(autoscaler, then, { selector, keys: [key, ...others] });
        const target = {
          pods,
          specReplicas: replicas,
          statusReplicas: scale.status?.replicas ?? 0,
          nowMs: later.nowMs,
          tolerance: toleranceOf(autoscaler),
        };
        return measured(autoscaler, { now: then, target, selector, found: [] });
      },
    },
  ];
}

/** The field is newer than the types are. */
function toleranceOf({ spec }: Autoscaler): Tolerance {
  const of = (rules: object | undefined) => {
    const { tolerance } = (rules ?? {}) as { readonly tolerance?: string | number };
    return tolerance === undefined ? toleranceDefault : millisOf(String(tolerance)) / 1000;
  };
  return { up: of(spec.behavior?.scaleUp), down: of(spec.behavior?.scaleDown) };
}

/** The autoscalers whose targets select some of these pods, too. */
function otherSelectors(memory: Memory, own: string, pods: readonly Frozen<Pod>[]): string[] {
  const space = own.slice(0, own.indexOf("/") + 1);
  const others = [...memory].filter(([key, { selector }]) => key !== own && key.startsWith(space) && selector !== "");
  return others.flatMap(([key, { selector }]) => {
    const parsed = parseLabelSelector(selector);
    return parsed.ok && pods.some(({ metadata }) => matchesLabels(parsed.value, metadata.labels)) ? [key] : [];
  });
}

interface Measuring {
  readonly now: Now;
  readonly target: Target;
  readonly selector: string;
  readonly found: readonly Result<MetricProposal, MetricFailure>[];
}

/** Reads the metrics, one after the other; then they are all judged together. */
function measured(autoscaler: Autoscaler, { now, target, selector, found }: Measuring): readonly Action[] {
  const spec = autoscaler.spec.metrics?.[found.length];
  if (spec === undefined) return resized(autoscaler, now, sizedByMetrics(autoscaler, now, found));
  const { namespace = "" } = autoscaler.metadata;
  return [
    {
      op: "read",
      namespace,
      ...metricRead(spec, selector),
      found(outcome, later) {
        const at = { ...target, nowMs: later.nowMs };
        const proposal = proposalOf(spec, at, readingOf(spec, outcome));
        const then = { ...now, nowMs: later.nowMs };
        return measured(autoscaler, { now: then, target, selector, found: [...found, proposal] });
      },
    },
  ];
}
