import type { ResourceQuota } from "../../actors/api/kinds/resource_quota.ts";
import { readAmounts } from "../../actors/api/quota/amounts.ts";
import { evaluatorOf, isInScopes } from "../../actors/api/quota/quota.ts";
import type { Frozen, KubeObject, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const [prefix, podsPrefix] = ["/registry/resourcequotas/", "/registry/pods/"];
/** API servers know of what is older, where nothing is wrong. */
const knownMs = 1_500;

/**
 * No request takes what a quota says is used beyond its limit: of servers that reserve at the same time one looks again.
 * Who only counts may find more than the limit, where that was lowered or something was let in before the quota was seen;
 * but then there is so much. At rest quotas say what there is of pods. Where nothing else is wrong no pod is made
 * beyond what a quota has granted for a while.
 */
export const quotasAreKept: Invariant = {
  name: "quotas are kept",
  watch(world) {
    /** When the spec of each quota was last changed. */
    const sinceMs = new Map<string, number>();

    /** A quota beyond which a pod was made. */
    function exceeded(namespace: string | undefined, atMs: number): string | undefined {
      for (const quota of world.list<ResourceQuota>(prefix)) {
        const { name } = quota.metadata;
        const forMs = atMs - (sinceMs.get(`${prefix}${namespace}/${name}`) ?? atMs);
        if (quota.metadata.namespace !== namespace || forMs < knownMs) continue;
        for (const [what, { nanos }] of readAmounts(quota.spec.hard)) {
          const there = thereOf(world, quota, what);
          if (there !== undefined && there > nanos) return `there is more ${what} than quota ${name} grants`;
        }
      }
      return undefined;
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(podsPrefix) && object && !previous) {
          const why = exceeded(object.metadata.namespace, atMs);
          if (!why || isTroubled(world, { fromMs: atMs - 4 * knownMs, toMs: atMs }, (each) => isOfKubelet(each)))
            return undefined;
          return `${key} was made, and ${why}`;
        }
        if (!key.startsWith(prefix) || object === undefined) return undefined;
        const [spec, old] = [object, previous].map((each) => JSON.stringify((each as Frozen<ResourceQuota>)?.spec));
        if (spec !== old) sinceMs.set(key, atMs);
        if (previous === undefined) return undefined;
        return overdrawn(world, object as Frozen<ResourceQuota>, previous as Frozen<ResourceQuota>);
      },
      end: () => world.list<ResourceQuota>(prefix).flatMap((quota) => miscounted(world, quota) ?? [])[0],
    };
  },
};

function overdrawn(world: World, quota: Frozen<ResourceQuota>, previous: Frozen<ResourceQuota>): string | undefined {
  const [hard, used, before] = [quota.status?.hard, quota.status?.used, previous.status?.used].map(readAmounts);
  for (const [name, { nanos }] of used ?? []) {
    const [limit, last] = [hard?.get(name)?.nanos, before?.get(name)?.nanos];
    const isMore = limit !== undefined && last !== undefined && nanos > limit && nanos > last;
    const there = isMore ? thereOf(world, quota, name) : undefined;
    if (there !== undefined && there < nanos) {
      const said = `${name} used ${quota.status?.used?.[name]} of ${quota.status?.hard?.[name]}`;
      return `quota ${quota.metadata.namespace}/${quota.metadata.name} says ${said}, and there is less`;
    }
  }
  return undefined;
}

function miscounted(world: World, quota: Frozen<ResourceQuota>): string | undefined {
  const used = readAmounts(quota.status?.used);
  for (const name of Object.keys(quota.spec.hard ?? {})) {
    const there = thereOf(world, quota, name);
    if (there === undefined || there === (used.get(name)?.nanos ?? -1n)) continue;
    return `quota ${quota.metadata.namespace}/${quota.metadata.name} says at rest ${name} used ${quota.status?.used?.[name]}`;
  }
  return undefined;
}

/** How much of what is limited pods use, in billionths; undefined for what they do not. */
function thereOf(world: World, quota: Frozen<ResourceQuota>, name: string): bigint | undefined {
  const evaluator = evaluatorOf("pods");
  if (!evaluator.tracks(name)) return undefined;
  const pods = world.list<Pod>("/registry/pods/") as readonly Frozen<KubeObject>[];
  const { namespace } = quota.metadata;
  const own = pods.filter((pod) => pod.metadata.namespace === namespace && isInScopes(quota, pod, evaluator));
  return own.reduce((sum, pod) => sum + (evaluator.usage(pod, 0).get(name)?.nanos ?? 0n), 0n);
}
