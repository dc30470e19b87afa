/**
 * The rules for what a namespace may use in all.
 */
import type { ResourceQuotaSpec } from "kubernetes-types/core/v1.js";
import { addErrors, type FieldError, invalid, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { resourceNameErrors, valueErrors } from "./resources.ts";

const countedResources = new Set([
  ...["cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage"],
  ...["requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods"],
  ...["resourcequotas", "services", "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps"],
  ...["services.nodeports", "services.loadbalancers"],
]);
const hugePages = /^(requests\.)?hugepages-/;
const podCount = new Set(["pods"]);
const podResources = new Set([
  ...["pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"],
]);
/** What each scope may be about. */
const scopes: Readonly<Record<string, ReadonlySet<string>>> = {
  Terminating: podResources,
  NotTerminating: podResources,
  BestEffort: podCount,
  NotBestEffort: podResources,
  PriorityClass: podResources,
  CrossNamespacePodAffinity: podResources,
  VolumeAttributesClass: new Set(["persistentvolumeclaims", "requests.storage"]),
};
const opposites = [
  ["BestEffort", "NotBestEffort"],
  ["NotTerminating", "Terminating"],
] as const;
const existing = new Set([
  ...["BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity"],
]);

/** What is wrong with a quota. */
export function validateQuotaSpec(spec: Frozen<ResourceQuotaSpec>, at: string): FieldError[] {
  const { hard = {}, scopes: names = [], scopeSelector } = spec;
  const errors: FieldError[] = [];
  for (const name in hard) addErrors(errors, amountErrors(name, hard[name] ?? "", `${at}.hard[${name}]`));
  const counted = Object.keys(hard)
    .filter((name) => countedResources.has(name) || hugePages.test(name))
    .sort();
  for (const scope of names) {
    if (!isScope(scope)) errors.push(invalid(`${at}.scopes`, names, "unsupported scope"));
    for (const _wrong of counted.filter((name) => !isAbout(scope, name))) {
      errors.push(invalid(`${at}.scopes`, names, "unsupported scope applied to resource"));
    }
  }
  addErrors(errors, conflictErrors(names, { at: `${at}.scopes`, told: names }));
  if (scopeSelector === undefined) return errors;
  const here = `${at}.scopeSelector.matchExpressions`;
  const expressions = scopeSelector.matchExpressions ?? [];
  for (const expression of expressions) {
    const { scopeName } = expression;
    if (!isScope(scopeName)) errors.push(invalid(`${here}.scopeName`, scopeName, "unsupported scope"));
    for (const _wrong of counted.filter((name) => !isAbout(scopeName, name))) {
      errors.push(invalid(here, scopeSelector, "unsupported scope applied to resource"));
    }
    addErrors(errors, operatorErrors(expression, here));
  }
  const selected = expressions.map(({ scopeName }) => scopeName);
  return [...errors, ...conflictErrors(selected, { at: here, told: names })];
}

/** What is wrong with an amount that a quota is about. */
export function amountErrors(name: string, text: string, at: string): FieldError[] {
  const errors = resourceNameErrors(name, at);
  const isKnown = name.includes("/") || countedResources.has(name) || hugePages.test(name);
  if (errors.length === 0 && !isKnown) errors.push(invalid(at, name, "must be a standard resource for quota"));
  return [...errors, ...valueErrors(name, text, at)];
}

function isScope(scope: string): boolean {
  return Object.hasOwn(scopes, scope);
}

function isAbout(scope: string, name: string): boolean {
  return !isScope(scope) || scopes[scope]?.has(name) === true;
}

function conflictErrors(names: readonly string[], { at, told }: { at: string; told: readonly string[] }): FieldError[] {
  return opposites
    .filter((pair) => pair.every((each) => names.includes(each)))
    .map(() => invalid(at, told, "conflicting scopes"));
}

interface ScopeExpression {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

function operatorErrors({ scopeName, operator, values = [] }: ScopeExpression, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (existing.has(scopeName) && operator !== "Exists") {
    const text =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
    errors.push(invalid(`${at}.operator`, operator, text));
  }
  if (operator === "In" || operator === "NotIn") {
    if (values.length > 0) return errors;
    const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    return [...errors, required(`${at}.values`, text)];
  }
  if (operator !== "Exists" && operator !== "DoesNotExist") {
    return [...errors, invalid(`${at}.operator`, operator, "not a valid selector operator")];
  }
  if (values.length === 0) return errors;
  const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
  return [...errors, invalid(`${at}.values`, values, text)];
}
