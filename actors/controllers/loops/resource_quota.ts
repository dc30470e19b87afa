import { customNames } from "../../api/custom/custom_names.ts";
import { all as kinds } from "../../api/kinds/all.ts";
import { type CustomResourceDefinition, customResourceDefinition } from "../../api/kinds/custom_resource_definition.ts";
import { resourceQuota as quotaKind, type ResourceQuota } from "../../api/kinds/resource_quota.ts";
import { type Amounts, readAmounts, sameAmounts, writeAmounts } from "../../api/quota/amounts.ts";
import { countName, type Evaluator } from "../../api/quota/evaluator.ts";
import { evaluatorOf, isInScopes, isUpToDate, resourceOf, usedOf } from "../../api/quota/quota.ts";
import { type Frozen, jsonEqual, type KubeObject, keyOf } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import type { Change } from "../../client/informer.ts";
import { defineLoop, type Listers, type Watch, watch } from "../loop.ts";
import { nothingToDo } from "../plan.ts";

type Quota = Frozen<ResourceQuota>;

interface Difference {
  readonly quota: Quota;
  readonly used: Amounts;
  /** For how long still less use than the status says is not believed. */
  readonly unsettledMs: number;
  /** When all is counted again. */
  readonly resyncInMs: number;
}

/** Which version of a quota was first seen when. */
type Memory = Map<string, { readonly version: string; readonly sinceMs: number }>;

/** All is counted again this often, as in Kubernetes: who has written a status sees it put right by the next time. */
const resyncMs = 5 * 60_000;
/**
 * An API server reserves before it stores: an object that was let in a moment ago may not be there yet. What a quota
 * says is used is not lowered until nothing has been reserved for so long.
 */
const settleMs = 500;

/**
 * Counts what the objects of a namespace use of its quotas: when a quota's limits change, when something that it counts
 * comes, goes or ends, and now and then. API servers add what they let in. Watches ResourceQuotas and the kinds that one
 * of them limits, writes their status. Follows `pkg/controller/resourcequota` of Kubernetes.
 */
export const resourceQuota = defineLoop<Quota, Amounts, Difference, Memory>({
  name: "resource-quota",
  component: "resourcequota-controller",
  watches: [
    watch<ResourceQuota>({
      kind: quotaKind,
      indexes: {
        namespace: ({ metadata }) => [metadata.namespace ?? ""],
        limit: ({ spec }) => Object.keys(spec.hard ?? {}),
      },
      keys(change, { listers }) {
        const { type, object, previous } = change;
        // What API servers add is theirs.
        if (type === "updated") return jsonEqual(object.spec, previous?.spec) ? [] : [keyOf(object)];
        return [keyOf(object), ...concernedOf(evaluatorOf(quotaKind.plural), change, listers)];
      },
    }),
    watch<CustomResourceDefinition>({
      kind: customResourceDefinition,
      indexes: { countName: countNamesOf },
      keys: ({ object }, { listers }) =>
        countNamesOf(object).flatMap((name) => listers.of(quotaKind).by("limit", name).map(keyOf)),
    }),
  ],

  derived: {
    from: [quotaKind, customResourceDefinition],
    watchesOf(listers) {
      const kinds = new Map<string, Kind>();
      for (const { spec } of listers.of(quotaKind).values()) {
        for (const name in spec.hard) for (const kind of kindsOf(name, listers)) kinds.set(resourceOf(kind), kind);
      }
      return [...kinds.values()].map((kind) => watchOf(kind));
    },
  },

  begin: () => new Map(),

  obtain(key, listers, { memory }) {
    const quota = listers.of(quotaKind).get(key);
    if (!quota) memory.delete(key);
    return quota;
  },

  observe(quota, listers, { nowMs }) {
    const { namespace = "" } = quota.metadata;
    const counted = listers.derived.map((kind) => ({
      resource: resourceOf(kind),
      objects: () => listers.of(kind).by("namespace", namespace),
    }));
    const own = listers.of(quotaKind).by("namespace", namespace);
    return usedOf(quota, [...counted, { resource: quotaKind.plural, objects: () => own }], nowMs);
  },

  difference(quota, used, { key, memory, uptimeMs }) {
    const version = quota.metadata.resourceVersion ?? "";
    const known = memory.get(key);
    if (known?.version !== version) memory.set(key, { version, sinceMs: uptimeMs });
    const sinceMs = known?.version === version ? known.sinceMs : uptimeMs;
    return { quota, used, unsettledMs: sinceMs + settleMs - uptimeMs, resyncInMs: resyncMs - (uptimeMs % resyncMs) };
  },

  reconcile({ quota, used, unsettledMs, resyncInMs }) {
    const before = readAmounts(quota.status?.used);
    const believed = unsettledMs > 0 ? notLess(used, before) : used;
    const again = { againAfterMs: sameAmounts(believed, used) ? resyncInMs : unsettledMs };
    if (isUpToDate(quota, believed)) return { ...nothingToDo, ...again };
    const status = { hard: writeAmounts(readAmounts(quota.spec.hard)), used: writeAmounts(believed) };
    return {
      actions: [{ op: "update", kind: quotaKind, object: { ...quota, status }, subresource: "status" }],
      ...again,
    };
  },
});

/** Of each amount the larger. */
function notLess(used: Amounts, before: Amounts): Amounts {
  return new Map(
    [...used].map(([name, amount]) => {
      const old = before.get(name);
      return [name, old && old.nanos > amount.nanos ? old : amount];
    }),
  );
}

/** The kinds of every cluster that a quota can count, by what it counts them as; Events come and go by themselves. */
const builtIn = new Map<string, Kind>();
for (const kind of kinds) {
  const isCounted = kind.namespaced && kind.kind !== "Event" && kind.verbs.includes("watch");
  const name = countName(resourceOf(kind));
  if (isCounted && !builtIn.has(name)) builtIn.set(name, kind);
}
const special = ["pods", "services", "persistentvolumeclaims", "configmaps", "secrets", "replicationcontrollers"].map(
  (resource) => ({ evaluator: evaluatorOf(resource), kind: builtIn.get(countName(resource)) }),
);

function countNamesOf(definition: Frozen<CustomResourceDefinition>): string[] {
  return customNames(definition).map((kind) => countName(resourceOf(kind)));
}

/** The kinds whose objects count for a limit, but for quotas, which are watched anyway. */
function kindsOf(name: string, listers: Listers): Kind[] {
  const counted = builtIn.get(name) ?? customKind(name, listers);
  if (counted) return counted === builtIn.get(countName(quotaKind.plural)) ? [] : [counted];
  return special.flatMap(({ evaluator, kind }) => (kind && evaluator.tracks(name) ? [kind] : []));
}

function customKind(name: string, listers: Listers): Kind | undefined {
  const [definition] = listers.of<CustomResourceDefinition>(customResourceDefinition).by("countName", name);
  const [kind] = definition ? customNames(definition) : [];
  return kind?.namespaced ? kind : undefined;
}

function watchOf(kind: Kind): Watch {
  const evaluator = evaluatorOf(resourceOf(kind));
  return {
    kind,
    indexes: { namespace: ({ metadata }) => [metadata.namespace ?? ""] },
    keys: (change, { listers }) => concernedOf(evaluator, change, listers),
  };
}

/** The keys of the quotas that are to be counted again. */
function concernedOf(evaluator: Evaluator, change: Change<KubeObject>, listers: Listers): string[] {
  const quotas = listers.of(quotaKind).by("namespace", change.object.metadata.namespace ?? "");
  return quotas.filter((quota) => concerns(quota, evaluator, change)).map((quota) => keyOf(quota));
}

/** Nearly all that is written of what is there changes nothing of what it uses. */
function concerns(quota: Quota, evaluator: Evaluator, { type, object, previous }: Change<KubeObject>): boolean {
  if (!Object.keys(quota.spec.hard ?? {}).some((name) => evaluator.tracks(name))) return false;
  if (type !== "updated" || previous === undefined) return true;
  if (isInScopes(quota, object, evaluator) !== isInScopes(quota, previous, evaluator)) return true;
  return !sameAmounts(evaluator.usage(object, 0), evaluator.usage(previous, 0));
}
