import type { Variable } from "kubernetes-types/admissionregistration/v1.js";
import {
  conditionNames,
  conditionsHold,
  type Evaluating,
  type MatchCondition,
  noVariables,
  resultOf,
  totalCostMax,
} from "../../../api/cel/admission.ts";
import { dynamicValue } from "../../../api/cel/dynamic_value.ts";
import type { Value } from "../../../api/cel/values.ts";
import { type KindDefinition, storageKey, storageRange } from "../../../api/kind.ts";
import { matchesLabelSelector } from "../../../api/label_selector.ts";
import type { Frozen, KubeObject, LabelSelector, Namespace } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import { itemsUnder } from "../../cache/resource_cache.ts";
import { cacheOf } from "../../server.ts";
import { isConverted, objectFor, objectOf } from "../../storage/item.ts";
import type { Admitting } from "../_plugin.ts";
import { authorizerFor } from "./authorizer.ts";
import { isExempt, isSelected, matchedKind, type Rules, type Selectors } from "./matching.ts";
import { needsWebhook, unconvertible } from "./other_version.ts";
import { admissionRequest, namesOf } from "./request.ts";

/** What requests a policy or a binding is about. */
interface MatchResources extends Selectors {
  readonly resourceRules?: Rules["rules"];
  readonly excludeResourceRules?: Rules["rules"];
  readonly matchPolicy?: string;
}

/** What policies that judge and policies that change have in common. */
export interface Policy extends KubeObject {
  readonly spec: {
    readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
    readonly matchConstraints?: MatchResources;
    readonly matchConditions?: readonly MatchCondition[];
    readonly variables?: readonly Variable[];
    readonly failurePolicy?: string;
  };
}

/** Where a policy holds. */
export interface PolicyBinding extends KubeObject {
  readonly spec: {
    readonly policyName?: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
    readonly validationActions?: readonly string[];
  };
}

interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: LabelSelector;
  readonly parameterNotFoundAction?: string;
}

/** A policy that is about a request, by a binding. */
export interface Applied<P extends Policy> {
  readonly policy: Frozen<P>;
  readonly binding: Frozen<PolicyBinding>;
  /** In which version the object is shown. */
  readonly kind: KindDefinition;
  /** What it is to be evaluated with, one after the other; a text says why that cannot be known. */
  readonly params: Result<readonly (Frozen<KubeObject> | undefined)[], string>;
}

/** Where a request is. */
export interface Place {
  readonly admitting: Admitting;
  readonly namespace: Frozen<Namespace> | undefined;
}

function labelsOf({ admitting, namespace }: Place) {
  return namespace?.metadata.labels ?? (admitting.call.namespace === "" ? undefined : {});
}

/** Which policies are about a request, by which bindings, in the order of their names. */
export function appliedPolicies<P extends Policy>(
  place: Place,
  kinds: { readonly policy: KindDefinition; readonly binding: KindDefinition },
): Applied<P>[] {
  const { admitting } = place;
  if (isExempt(admitting)) return [];
  const bindings = [...itemsUnder(cacheOf(admitting.server, kinds.binding), storageRange(kinds.binding))].map(
    (item) => objectFor(kinds.binding, item) as Frozen<PolicyBinding>,
  );
  const policies = [...itemsUnder(cacheOf(admitting.server, kinds.policy), storageRange(kinds.policy))];
  return policies.flatMap((item) => {
    const policy = objectFor(kinds.policy, item) as unknown as Frozen<P>;
    const own = bindings.filter(({ spec }) => spec.policyName === policy.metadata.name);
    const kind = own.length > 0 ? meantKind(place, (policy as Frozen<Policy>).spec.matchConstraints ?? {}) : undefined;
    if (!kind) return [];
    return own
      .filter(({ spec }) => spec.matchResources === undefined || meantKind(place, spec.matchResources))
      .map((binding) => ({
        ...{ policy, binding, kind },
        params: needsWebhook(admitting, kind)
          ? failed(unconvertible)
          : paramsOf(place, policy as Frozen<Policy>, binding),
      }));
  });
}

/** The version in which a request is meant; without rules all are. */
function meantKind(place: Place, match: Frozen<MatchResources>): KindDefinition | undefined {
  const { admitting } = place;
  if (!isSelected(admitting, match, labelsOf(place))) return undefined;
  const { resourceRules = [], excludeResourceRules = [], matchPolicy } = match;
  if (excludeResourceRules.length > 0 && matchedKind(admitting, { rules: excludeResourceRules, matchPolicy })) {
    return undefined;
  }
  return resourceRules.length === 0
    ? admitting.call.kind
    : matchedKind(admitting, { rules: resourceRules, matchPolicy });
}

/** The parameters that a binding names. */
function paramsOf(
  { admitting: { server, call } }: Place,
  { spec: { paramKind } }: Frozen<Policy>,
  { spec: { paramRef } }: Frozen<PolicyBinding>,
): Applied<Policy>["params"] {
  if (!paramKind || !paramRef) return ok([undefined]);
  const kind = server.served.stored.byObject({ apiVersion: paramKind.apiVersion ?? "", kind: paramKind.kind ?? "" });
  const { name = "", namespace = "", selector, parameterNotFoundAction } = paramRef;
  if (!kind) return failed(`paramKind kind \`${paramKind.apiVersion}, Kind=${paramKind.kind}\` not known`);
  if (namespace !== "" && !kind.namespaced) {
    return failed("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
  }
  const within = namespace || call.namespace;
  if (kind.namespaced && within === "") {
    return failed("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
  }
  const cache = cacheOf(server, kind);
  const one = name === "" ? undefined : cache.items.get(storageKey(kind, { namespace: within, name }));
  const items = name !== "" ? (one ? [one] : []) : [...itemsUnder(cache, storageRange(kind, within))];
  if (items.some((item) => !isConverted(kind, item))) return failed(unconvertible);
  const found = items
    .filter((item) => name !== "" || matchesLabelSelector(selector, objectOf(item).metadata.labels))
    .map((item) => objectFor(kind, item));
  if (found.length === 0 && parameterNotFoundAction !== "Allow") {
    return failed("no params found for policy binding with `Deny` parameterNotFoundAction");
  }
  return ok(found);
}

/** What a policy's expressions are evaluated with; undefined when its conditions leave the request out. */
export function evaluatingFor(
  { admitting, namespace }: Place,
  { policy, kind }: Applied<Policy>,
  params: Frozen<KubeObject> | undefined,
): Result<Evaluating | undefined, string> {
  const { variables = [], matchConditions = [] } = policy.spec;
  const names: Map<string, Value> = namesOf(admissionRequest(admitting, kind));
  names.set("authorizer", authorizerFor(admitting));
  names.set("params", dynamicValue(params));
  names.set("namespaceObject", dynamicValue(namespace));
  const holds = conditionsHold(matchConditions, names, conditionNames);
  if (typeof holds === "string") return failed(holds);
  if (!holds) return ok(undefined);
  const budget = { left: totalCostMax };
  const values = new Map<Value, Value>();
  names.set("variables", values);
  const { known, add } = noVariables();
  for (const { name, expression } of variables) {
    const value = resultOf(expression, { names, known, budget });
    values.set(name, variableValue(name, value));
    add(name);
  }
  return ok({ names, known, budget });
}

/** Who uses a variable whose value cannot be told cannot tell its own. */
function variableValue(name: string, value: Value): Value {
  if (typeof value !== "object" || value === null || !("tag" in value) || value.tag !== "error") return value;
  return { ...value, text: `composited variable ${JSON.stringify(name)} fails to evaluate: ${value.text}` };
}
