/**
 * What a namespace's quotas count, and whether something more still fits.
 *
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
import type { ResourceQuota } from "../kinds/resource_quota.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { type Amounts, amountsText, increaseOf, only, readAmounts, sameAmounts, sumOf } from "./amounts.ts";
import { claims } from "./claims.ts";
import { deviceClaims } from "./device_claims.ts";
import type { Evaluator, ScopeSelector } from "./evaluator.ts";
import { objectCount } from "./object_count.ts";
import { pods } from "./pods.ts";
import { services } from "./services.ts";

type Quota = Frozen<ResourceQuota>;

const special = new Map([pods, services, claims, deviceClaims].map((each) => [each.resource, each]));
const counts = new Map<string, Evaluator>();
const countsMax = 4_096;

/** A kind's resource as quotas name it: `pods`, `deployments.apps`. */
export function resourceOf({ group, plural }: { readonly group: string; readonly plural: string }): string {
  return group === "" ? plural : `${plural}.${group}`;
}

/** Who measures objects of a resource, named as `pods` or `deployments.apps`. */
export function evaluatorOf(resource: string): Evaluator {
  const own = special.get(resource) ?? counts.get(resource);
  if (own) return own;
  if (counts.size >= countsMax) counts.clear();
  const made = objectCount(resource);
  counts.set(resource, made);
  return made;
}

/** The conditions of a quota; all must hold. */
function scopesOf({ spec }: Quota): readonly ScopeSelector[] {
  const plain = (spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" }));
  return [...plain, ...(spec.scopeSelector?.matchExpressions ?? [])];
}

/** Whether a quota counts an object at all, as far as its scopes say. */
export function isInScopes(quota: Quota, object: Frozen<KubeObject>, evaluator: Evaluator): boolean {
  return scopesOf(quota).every((selector) => evaluator.isInScope(object, selector));
}

/** Something that is to be made, or changed, and what the quotas of its namespace know of it. */
export interface Charge {
  readonly resource: string;
  readonly object: Frozen<KubeObject>;
  /** What it was; absent for what is new. */
  readonly old?: Frozen<KubeObject>;
}

/** A quota, and what it will say is used. */
export interface Charged {
  readonly quota: Quota;
  readonly used: Amounts;
}

/** Either why it does not fit, or what all quotas say when it is there; those that do not change are as they were. */
export type Judgement =
  | { readonly refusal: string }
  | { readonly refusal?: undefined; readonly charged: readonly Charged[] };

/** Judges something by quotas: what they have as used is believed. */
export function judge(quotas: readonly Charged[], charge: Charge, nowMs: number): Judgement {
  const evaluator = evaluatorOf(charge.resource);
  const counting = new Map<Charged, Amounts>();
  for (const each of quotas) {
    const hard = readAmounts(each.quota.status?.hard);
    const limited = [...hard.keys()].filter((name) => evaluator.tracks(name)).sort();
    if (limited.length === 0 || !isInScopes(each.quota, charge.object, evaluator)) continue;
    const { name } = each.quota.metadata;
    const missing = evaluator.missing(charge.object, limited);
    if (missing !== undefined) return { refusal: `failed quota: ${name}: must specify ${missing}` };
    if (limited.some((one) => !each.used.has(one))) {
      return { refusal: `status unknown for quota: ${name}, resources: ${limited.join(",")}` };
    }
    counting.set(each, hard);
  }
  if (counting.size === 0) return { charged: quotas };
  const usage = evaluator.usage(charge.object, nowMs);
  const negative = [...usage].flatMap(([name, { nanos }]) => (nanos < 0n ? [name] : [])).sort();
  if (negative.length > 0) return { refusal: `quota usage is negative for resource(s): ${negative.join(",")}` };
  const charged: Charged[] = [];
  for (const each of quotas) {
    const hard = counting.get(each);
    const more = hard && only(increaseOf(usage, usageBefore(each.quota, charge, nowMs)), hard.keys());
    const judged = hard && more && more.size > 0 ? judgeOne(each, { hard, more }) : each;
    if (typeof judged === "string") return { refusal: judged };
    charged.push(judged);
  }
  return { charged };
}

/** What a quota counts of the object already. */
function usageBefore(quota: Quota, { resource, old }: Charge, nowMs: number): Amounts {
  const evaluator = evaluatorOf(resource);
  return old !== undefined && isInScopes(quota, old, evaluator) ? evaluator.usage(old, nowMs) : new Map();
}

function judgeOne(
  { quota, used }: Charged,
  { hard, more }: { readonly hard: Amounts; readonly more: Amounts },
): Charged | string {
  const after = sumOf(used, more);
  const exceeded = [...more.keys()].filter((name) => (after.get(name)?.nanos ?? 0n) > (hard.get(name)?.nanos ?? 0n));
  if (exceeded.length === 0) return { quota, used: after };
  const [requested, current, most] = [more, used, hard].map((amounts) => amountsText(only(amounts, exceeded)));
  return `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${current}, limited: ${most}`;
}

/** Objects of a resource in a namespace. */
export interface Counted {
  readonly resource: string;
  objects(): Iterable<Frozen<KubeObject>>;
}

/** What of a quota's limits is used, by all objects there are; what nobody measures keeps what it had. */
export function usedOf(quota: Quota, counted: readonly Counted[], nowMs: number): Amounts {
  const hard = readAmounts(quota.spec.hard);
  const used = only(readAmounts(quota.status?.used), hard.keys());
  for (const { resource, objects } of counted) {
    const evaluator = evaluatorOf(resource);
    const limited = [...hard.keys()].filter((name) => evaluator.tracks(name));
    if (limited.length === 0) continue;
    let sum: Amounts = new Map(limited.map((name) => [name, { nanos: 0n, format: "DecimalSI" as const }]));
    for (const object of objects()) {
      if (!isInScopes(quota, object, evaluator)) continue;
      sum = sumOf(sum, only(evaluator.usage(object, nowMs), limited));
    }
    for (const [name, amount] of sum) used.set(name, amount);
  }
  return used;
}

/** Whether a quota's status says what is limited and used. */
export function isUpToDate({ spec, status }: Quota, used: Amounts): boolean {
  if (!status?.hard || !status.used) return false;
  return sameAmounts(readAmounts(spec.hard), readAmounts(status.hard)) && sameAmounts(used, readAmounts(status.used));
}
