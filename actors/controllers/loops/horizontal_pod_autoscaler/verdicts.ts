import type {
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerStatus,
  MetricStatus,
} from "kubernetes-types/autoscaling/v2.js";
import { setCondition } from "../../../api/conditions.ts";
import {
  horizontalPodAutoscaler as autoscalerKind,
  type HorizontalPodAutoscaler,
} from "../../../api/kinds/horizontal_pod_autoscaler.ts";
import { formatTime } from "../../../api/time.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../../../api/types.ts";
import type { Kind } from "../../../client/api_request.ts";
import type { Failure } from "../../../client/outcome.ts";
import type { Report } from "../../../client/report.ts";
import type { Result } from "../../../kit/result.ts";
import type { Action } from "../../plan.ts";
import { type History, limitWish, noteRescale } from "./limits.ts";
import type { MetricFailure, MetricProposal } from "./proposals.ts";

/** An autoscaler, as it is. */
export type Autoscaler = Frozen<HorizontalPodAutoscaler>;

/** The scale of a target, as its subresource shows it. */
export interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
}

/** What is known at the moment of a verdict. */
export interface Now {
  readonly scale: Scale;
  readonly kind: Kind;
  readonly history: History;
  readonly nowMs: number;
}

type Conditions = readonly HorizontalPodAutoscalerCondition[];
type Said = Pick<HorizontalPodAutoscalerCondition, "type" | "reason" | "message"> & { readonly is: boolean };

/** What is to be done, and what to say of it. */
export interface Verdict {
  /** Undefined where nothing could be worked out. */
  readonly replicas: number | undefined;
  /** Why another number. */
  readonly why: string;
  readonly conditions: Conditions;
  readonly metrics: readonly MetricStatus[] | undefined;
  readonly reports: readonly Omit<Report, "about">[];
}

const gotScale: Said = {
  type: "AbleToScale",
  is: true,
  reason: "SucceededGetScale",
  message: "the HPA controller was able to get the target's current scale",
};

/** The target's scale cannot be read. */
export function notScaled(autoscaler: Autoscaler, { why, nowMs }: { why: string; nowMs: number }): readonly Action[] {
  const message = `the HPA controller was unable to get the target's current scale: ${why}`;
  const said: Said = { type: "AbleToScale", is: false, reason: "FailedGetScale", message };
  const status = { ...autoscaler.status, conditions: conditionsWith(autoscaler, [said], nowMs) };
  return [tell(autoscaler, warning("FailedGetScale", why)), ...write(autoscaler, status as never)];
}

/** The target's scale cannot be written; who lost a race only tries again. */
export function notRescaled(autoscaler: Autoscaler, failure: Failure | undefined, nowMs: number): readonly Action[] {
  const { reason = "unknown", message: why = "" } = failure ?? {};
  if (reason === "Conflict" || reason === "notSent" || reason === "unknown") return [];
  const message = `the HPA controller was unable to update the target scale: ${why}`;
  const said: Said = { type: "AbleToScale", is: false, reason: "FailedUpdateScale", message };
  const status = { ...autoscaler.status, conditions: conditionsWith(autoscaler, [said], nowMs) };
  return write(autoscaler, status as never);
}

/** Where bounds alone decide; undefined where metrics have to be asked. */
export function sizedByBounds(autoscaler: Autoscaler, now: Now): readonly Action[] | undefined {
  const { maxReplicas, minReplicas = 1 } = autoscaler.spec;
  const current = now.scale.spec?.replicas ?? 0;
  const verdict = (replicas: number, why: string, more: readonly Said[] = []): readonly Action[] =>
    resized(autoscaler, now, {
      ...{ replicas, why, metrics: undefined, reports: [] },
      conditions: conditionsWith(autoscaler, [gotScale, ...more], now.nowMs),
    });
  if (current === 0 && minReplicas !== 0) {
    const message = "scaling is disabled since the replica count of the target is zero";
    return verdict(0, "", [{ type: "ScalingActive", is: false, reason: "ScalingDisabled", message }]);
  }
  if (current > maxReplicas) return verdict(maxReplicas, "Current number of replicas above Spec.MaxReplicas");
  if (current < minReplicas) return verdict(minReplicas, "Current number of replicas below Spec.MinReplicas");
  return undefined;
}

/** The scale does not say which pods are the target's. */
export function withoutSelector(autoscaler: Autoscaler, now: Now): readonly Action[] {
  const message = "the HPA target's scale is missing a selector";
  const said: Said = { type: "ScalingActive", is: false, reason: "InvalidSelector", message };
  return inactive(autoscaler, now, { said, report: warning("SelectorRequired", "selector is required") });
}

/** Other autoscalers move the same pods. */
export function ambiguous(
  autoscaler: Autoscaler,
  now: Now,
  { selector, keys }: { readonly selector: string; readonly keys: readonly string[] },
): readonly Action[] {
  const message = `pods by selector ${selector} are controlled by multiple HPAs: [${[...keys].sort().join(" ")}]`;
  const said: Said = { type: "ScalingActive", is: false, reason: "AmbiguousSelector", message };
  return inactive(autoscaler, now, { said, report: warning("AmbiguousSelector", message) });
}

interface Inactive {
  readonly said: Said;
  readonly report: Omit<Report, "about">;
}

function inactive(autoscaler: Autoscaler, now: Now, { said, report }: Inactive): readonly Action[] {
  const failure = warning("FailedComputeMetricsReplicas", report.message);
  const conditions = conditionsWith(autoscaler, [gotScale, said], now.nowMs);
  return resized(autoscaler, now, {
    ...{ replicas: undefined, why: "", metrics: undefined, conditions },
    reports: [report, failure],
  });
}

/** What all metrics together come to: the one that asks for most counts, and what fails must not take pods away. */
export function sizedByMetrics(
  autoscaler: Autoscaler,
  { scale, history, nowMs }: Now,
  found: readonly Result<MetricProposal, MetricFailure>[],
): Verdict {
  const current = scale.spec?.replicas ?? 0;
  const failures = found.flatMap((each) => (each.ok ? [] : [each.failure]));
  const proposals = found.flatMap((each) => (each.ok ? [each.value] : []));
  const best = proposals.reduce<MetricProposal | undefined>(
    (most, each) => (most === undefined || each.replicas > most.replicas ? each : most),
    undefined,
  );
  // A metric that says nothing has a place all the same.
  const metrics = found.map((each) => (each.ok ? each.value.status : { type: "" }));
  const reports = failures.map(({ reason, message }) => warning(reason, message));
  const [first] = failures;
  if (best === undefined || (first && best.replicas < current)) {
    const text = `the HPA was unable to compute the replica count: ${first?.message ?? ""}`;
    const said: Said = { type: "ScalingActive", is: false, reason: first?.reason ?? "", message: text };
    const counted = `invalid metrics (${failures.length} invalid out of ${found.length})`;
    const summary = warning("FailedComputeMetricsReplicas", `${counted}, first error is: ${first?.summary ?? ""}`);
    const conditions = conditionsWith(autoscaler, [gotScale, said], nowMs);
    return { replicas: undefined, why: "", conditions, metrics, reports: [...reports, summary] };
  }
  const { minReplicas: min = 1 } = autoscaler.spec;
  const { replicas, able, limited } = limitWish(autoscaler, history, { current, desired: best.replicas, min, nowMs });
  const message = `the HPA was able to successfully calculate a replica count from ${best.name}`;
  const said: Said[] = [
    gotScale,
    { type: "ScalingActive", is: true, reason: "ValidMetricFound", message },
    { type: "AbleToScale", is: true, ...able },
    { type: "ScalingLimited", ...limited },
  ];
  const why = best.replicas > current ? `${best.name} above target` : "All metrics below target";
  return { replicas, why, conditions: conditionsWith(autoscaler, said, nowMs), metrics, reports };
}

/** Carries a verdict out: writes the scale where it is another, and the status. */
export function resized(autoscaler: Autoscaler, now: Now, verdict: Verdict): readonly Action[] {
  const { scale, nowMs } = now;
  const { replicas, why, conditions, metrics } = verdict;
  const current = scale.spec?.replicas ?? 0;
  const tells = verdict.reports.map((said) => tell(autoscaler, said));
  const status = (said: Conditions, desiredReplicas: number, lastScaleTime: string | undefined) =>
    ({
      ...(lastScaleTime !== undefined && { lastScaleTime }),
      currentReplicas: current,
      desiredReplicas,
      currentMetrics: metrics ?? (autoscaler.status.currentMetrics as never) ?? null,
      conditions: [...said],
    }) as unknown as HorizontalPodAutoscalerStatus;
  const { lastScaleTime } = autoscaler.status as { readonly lastScaleTime?: string };
  const { desiredReplicas = 0 } = autoscaler.status;
  if (replicas === undefined || replicas === current) {
    return [...tells, ...write(autoscaler, status(conditions, replicas ?? desiredReplicas, lastScaleTime))];
  }
  const size = `New size: ${replicas}; reason: ${why}`;
  const message = `the HPA controller was able to update the target scale to ${replicas}`;
  const able: Said = { type: "AbleToScale", is: true, reason: "SucceededRescale", message };
  const wanted: Scale = { ...scale, spec: { ...scale.spec, replicas } };
  noteRescale(autoscaler, now.history, { from: current, to: replicas, nowMs });
  return [
    ...tells,
    {
      op: "update",
      kind: now.kind,
      object: wanted,
      subresource: "scale",
      report: { about: autoscaler as Frozen<KubeObject>, type: "Normal", reason: "SuccessfulRescale", message: size },
      failureReport: {
        about: autoscaler as Frozen<KubeObject>,
        ...warning("FailedRescale", `${size}; error: `),
      },
    },
    ...write(autoscaler, status(withSaid(conditions, [able], nowMs), replicas, formatTime(nowMs))),
  ];
}

function conditionsWith({ status }: Autoscaler, said: readonly Said[], nowMs: number): Conditions {
  return withSaid((status.conditions ?? []) as Conditions, said, nowMs);
}

function withSaid(conditions: Conditions, said: readonly Said[], nowMs: number): Conditions {
  return said.reduce<Conditions>((all, { is, ...rest }) => {
    const condition = { ...rest, status: is ? "True" : "False" } as HorizontalPodAutoscalerCondition;
    return setCondition(all as never, { condition: condition as never, nowMs }) as never;
  }, conditions);
}

function warning(reason: string, message: string): Omit<Report, "about"> {
  return { type: "Warning", reason, message };
}

function tell(autoscaler: Autoscaler, said: Omit<Report, "about">): Action {
  const about = autoscaler as Frozen<KubeObject>;
  return { op: "tell", kind: autoscalerKind, object: about, report: { about, ...said } };
}

function write(autoscaler: Autoscaler, status: HorizontalPodAutoscalerStatus): Action[] {
  if (jsonEqual(autoscaler.status, status)) return [];
  const object = { ...autoscaler, status } as Frozen<KubeObject>;
  return [{ op: "update", kind: autoscalerKind, object, subresource: "status", accept: ["NotFound"] }];
}
