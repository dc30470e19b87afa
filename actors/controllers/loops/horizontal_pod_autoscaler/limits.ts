import type { HPAScalingRules } from "kubernetes-types/autoscaling/v2.js";
import type { HorizontalPodAutoscaler } from "../../../api/kinds/horizontal_pod_autoscaler.ts";
import type { Frozen } from "../../../api/types.ts";

/** What an autoscaler remembers of a target. */
export interface History {
  /** What was worked out, before anything limited it. */
  recommendations: readonly { readonly atMs: number; readonly replicas: number }[];
  ups: readonly Rescale[];
  downs: readonly Rescale[];
}

interface Rescale {
  readonly atMs: number;
  readonly change: number;
}

/** What is to be limited. */
export interface Wish {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly nowMs: number;
}

/** A number of replicas that stays within what the autoscaler allows, and what its conditions say of it. */
export interface Limited {
  readonly replicas: number;
  readonly able: { readonly reason: string; readonly message: string };
  readonly limited: { readonly is: boolean; readonly reason: string; readonly message: string };
}

type Rules = Frozen<HPAScalingRules>;

const downscaleStabilizationMs = 300_000;
const ready = { reason: "ReadyForNewScale", message: "recommended size matches current size" };
const downStabilized = {
  reason: "ScaleDownStabilized",
  message: "recent recommendations were higher than current one, applying the highest recent recommendation",
};
const upStabilized = {
  reason: "ScaleUpStabilized",
  message: "recent recommendations were lower than current one, applying the lowest recent recommendation",
};
const tooFast = "the desired replica count is increasing faster than the maximum scale rate";
const tooMany = "the desired replica count is more than the maximum replica count";
const tooFew = "the desired replica count is less than the minimum replica count";
const within = { reason: "DesiredWithinRange", message: "the desired count is within the acceptable range" };

/** Begins the history of a target with the number that it has. */
export function beginHistory(replicas: number, atMs: number): History {
  return { recommendations: [{ atMs, replicas }], ups: [], downs: [] };
}

/** Limits a wish by the autoscaler's bounds and behaviour, and remembers it. */
export function limitWish({ spec }: Frozen<HorizontalPodAutoscaler>, history: History, wish: Wish): Limited {
  const { behavior, maxReplicas } = spec;
  const { scaleUp = {}, scaleDown = {} } = behavior ?? {};
  const rules = { up: scaleUp, down: scaleDown, max: maxReplicas };
  const stable = behavior ? stabilizedByRules(history, wish, rules) : stabilized(history, wish);
  const able = stable.replicas === wish.desired ? ready : stable.why;
  const settled = { ...wish, desired: stable.replicas };
  const bound = behavior ? boundByRules(history, settled, rules) : boundByRange(settled, maxReplicas);
  const { replicas, ...why } = bound;
  return { replicas, able, limited: { is: replicas !== stable.replicas, ...why } };
}

/** Remembers that a target was rescaled, as far as policies look back. */
export function noteRescale(
  { spec }: Frozen<HorizontalPodAutoscaler>,
  history: History,
  { from, to, nowMs }: { readonly from: number; readonly to: number; readonly nowMs: number },
): void {
  const { behavior } = spec;
  if (!behavior || from === to) return;
  const longest = (rules: Rules | undefined) =>
    Math.max(0, ...(rules?.policies ?? []).map((each) => each.periodSeconds));
  const kept = (all: readonly Rescale[], rules: Rules | undefined) =>
    all.filter(({ atMs }) => nowMs - atMs < longest(rules) * 1000);
  if (to > from) history.ups = [...kept(history.ups, behavior.scaleUp), { atMs: nowMs, change: to - from }];
  else history.downs = [...kept(history.downs, behavior.scaleDown), { atMs: nowMs, change: from - to }];
}

interface Stable {
  readonly replicas: number;
  readonly why: { readonly reason: string; readonly message: string };
}

function stabilized(history: History, { desired, nowMs }: Wish): Stable {
  const recent = history.recommendations.filter(({ atMs }) => nowMs - atMs < downscaleStabilizationMs);
  history.recommendations = [...recent, { atMs: nowMs, replicas: desired }];
  return { replicas: Math.max(desired, ...recent.map(({ replicas }) => replicas)), why: downStabilized };
}

interface BothRules {
  readonly up: Rules;
  readonly down: Rules;
  readonly max: number;
}

function stabilizedByRules(history: History, { current, desired, nowMs }: Wish, { up, down }: BothRules): Stable {
  const upMs = (up.stabilizationWindowSeconds ?? 0) * 1000;
  const downMs = (down.stabilizationWindowSeconds ?? downscaleStabilizationMs / 1000) * 1000;
  const within = (windowMs: number) =>
    history.recommendations.filter(({ atMs }) => nowMs - atMs < windowMs).map(({ replicas }) => replicas);
  const lowest = Math.min(desired, ...within(upMs));
  const highest = Math.max(desired, ...within(downMs));
  const kept = history.recommendations.filter(({ atMs }) => nowMs - atMs < Math.max(upMs, downMs));
  history.recommendations = [...kept, { atMs: nowMs, replicas: desired }];
  const replicas = Math.min(Math.max(current, lowest), highest);
  return { replicas, why: desired >= current ? upStabilized : downStabilized };
}

interface Bound {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

function boundByRange({ current, desired, min }: Wish, max: number): Bound {
  const fastest = Math.max(2 * current, 4);
  if (desired < min) return { replicas: min, reason: "TooFewReplicas", message: tooFew };
  if (desired <= Math.min(max, fastest)) return { replicas: desired, ...within };
  return max > fastest
    ? { replicas: fastest, reason: "ScaleUpLimit", message: tooFast }
    : { replicas: max, reason: "TooManyReplicas", message: tooMany };
}

function boundByRules(history: History, { current, desired, min, nowMs }: Wish, { up, down, max }: BothRules): Bound {
  if (desired > current) {
    const limit = Math.max(current, upLimit(current, up, { history, nowMs }));
    const most = Math.min(max, limit);
    if (desired <= most) return { replicas: desired, ...within };
    return max > limit
      ? { replicas: most, reason: "ScaleUpLimit", message: tooFast }
      : { replicas: most, reason: "TooManyReplicas", message: tooMany };
  }
  if (desired < current) {
    const limit = Math.min(current, downLimit(current, down, { history, nowMs }));
    const least = Math.max(min, limit);
    if (desired >= least) return { replicas: desired, ...within };
    const message = "the desired replica count is decreasing faster than the maximum scale rate";
    return min < limit
      ? { replicas: least, reason: "ScaleDownLimit", message }
      : { replicas: least, reason: "TooFewReplicas", message: tooFew };
  }
  return { replicas: desired, ...within };
}

interface Past {
  readonly history: History;
  readonly nowMs: number;
}

function upLimit(current: number, { selectPolicy, policies = [] }: Rules, past: Past): number {
  if (selectPolicy === "Disabled") return current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const before = replicasBefore(current, periodSeconds, past);
    return type === "Pods" ? before + value : Math.ceil(before * (1 + value / 100));
  });
  return selectPolicy === "Min" ? Math.min(...proposals) : Math.max(...proposals);
}

function downLimit(current: number, { selectPolicy, policies = [] }: Rules, past: Past): number {
  if (selectPolicy === "Disabled") return current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const before = replicasBefore(current, periodSeconds, past);
    return type === "Pods" ? before - value : Math.trunc(before * (1 - value / 100));
  });
  return selectPolicy === "Min" ? Math.max(...proposals) : Math.min(...proposals);
}

/** How many there were when a policy's period began. */
function replicasBefore(current: number, periodSeconds: number, { history, nowMs }: Past): number {
  const changed = (all: readonly Rescale[]) =>
    all.reduce((sum, { atMs, change }) => (nowMs - atMs < periodSeconds * 1000 ? sum + change : sum), 0);
  return current - changed(history.ups) + changed(history.downs);
}
