import type { LimitRange } from "../../actors/api/kinds/limit_range.ts";
import type { PriorityClass } from "../../actors/api/kinds/priority_class.ts";
import { millisOf } from "../../actors/api/quantity.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
/** API servers know of what is older, where nothing is wrong. */
const knownMs = 1_000;

/** Pods are made with what their namespace and their class say of them: defaults, and how much they matter. */
export const admissionIsGiven: Invariant = {
  name: "pods are given what they do not say",
  watch(world) {
    const sinceMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith("/registry/limitranges/") && object && !previous) sinceMs.set(key, atMs);
        if (!key.startsWith(podsPrefix) || !object || previous) return undefined;
        const pod = object as Frozen<Pod>;
        const why =
          priorityError(world, pod) ?? limitError(world, pod, (each) => atMs - (sinceMs.get(each) ?? atMs) > knownMs);
        return why && !isTroubled(world, { fromMs: atMs - 4 * knownMs, toMs: atMs }, (each) => isOfKubelet(each))
          ? `${key} ${why}`
          : undefined;
      },
    };
  },
};

function priorityError(world: World, { spec }: Frozen<Pod>): string | undefined {
  const { priorityClassName, priority } = spec;
  const found = world.get<PriorityClass>(`/registry/priorityclasses/${priorityClassName}`);
  const value = found ? found.value : priorityClassName ? undefined : 0;
  return value === undefined || priority === value ? undefined : `has the priority ${priority}, its class has ${value}`;
}

function limitError(
  world: World,
  { metadata, spec }: Frozen<Pod>,
  isKnown: (key: string) => boolean,
): string | undefined {
  for (const range of world.list<LimitRange>(`/registry/limitranges/`)) {
    const key = `/registry/limitranges/${range.metadata.namespace}/${range.metadata.name}`;
    if (range.metadata.namespace !== metadata.namespace || !isKnown(key)) continue;
    for (const { type, defaultRequest } of range.spec.limits) {
      if (type !== "Container" || !defaultRequest?.memory) continue;
      const lacking = spec.containers.find((each) => millisOf(each.resources?.requests?.memory) === 0);
      if (lacking) return `was made without the memory that ${range.metadata.name} gives ${lacking.name}`;
    }
  }
  return undefined;
}
