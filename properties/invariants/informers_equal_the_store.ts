import { matchesFields, parseFieldSelector } from "../../actors/api/field_selector.ts";
import type { KindDefinition } from "../../actors/api/kind.ts";
import { isOpenToController } from "../../actors/api/owner_references.ts";
import { registry } from "../../actors/api/registry.ts";
import { type Frozen, type KubeObject, keyOf } from "../../actors/api/types.ts";
import type { Informer } from "../../actors/client/informer.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

/** Heartbeats never rest: what was written so lately may still be on its way to those that mirror it. */
const transitMs = 1_000;

/** Once the cluster is at rest, what each component has mirrored is what the store holds, version for version. */
export const informersEqualTheStore: Invariant = {
  name: "every informer equals the store",
  watch(world) {
    const changedAtMs = new Map<string, number>();
    const isInTransit = (key: string) =>
      world.simulation.uptimeMs() - (changedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < transitMs;
    return {
      commit: ({ key, atMs }) => void changedAtMs.set(key, atMs),
      end() {
        for (const address of world.simulation.addresses()) {
          const data = world.simulation.dataOf(address) as { readonly informers?: readonly Informer<KubeObject>[] };
          for (const informer of data?.informers ?? []) {
            // Mirrors of custom kinds are one part that has no kind; runs define none.
            if (informer.kind === undefined) continue;
            const wrong = informer.synced() ? difference(world, informer, isInTransit) : undefined;
            if (wrong) return `The ${informer.kind.plural} of ${address}: ${wrong}`;
          }
        }
        return undefined;
      },
    };
  },
};

function difference(
  world: World,
  informer: Informer<KubeObject>,
  isInTransit: (storageKey: string) => boolean,
): string | undefined {
  const kind = registry.byKind(informer.kind);
  if (!kind) return `there is no kind ${informer.kind.kind}`;
  const stored = world
    .list<KubeObject>(`${kind.storagePrefix}/`)
    .filter((object) => isSelected(kind, object, informer));
  for (const object of stored) {
    const key = keyOf(object);
    const storedAt = storageKey(kind, object);
    if (isInTransit(storedAt)) continue;
    const mirrored = informer.get(key);
    if (!mirrored) return `${key} is missing`;
    const [has, is] = [mirrored.metadata.resourceVersion, world.modRevision(storedAt)];
    if (has !== String(is)) return `${key} is mirrored at version ${has}, it is at ${is}`;
  }
  if (informer.size === stored.length) return undefined;
  const keys = new Set(stored.map(keyOf));
  const extra = [...informer.keys()].find((key) => !keys.has(key));
  return extra === undefined ? undefined : `${extra} is mirrored, and is gone`;
}

function storageKey({ storagePrefix, namespaced }: KindDefinition, { metadata }: Frozen<KubeObject>): string {
  return namespaced ? `${storagePrefix}/${metadata.namespace}/${metadata.name}` : `${storagePrefix}/${metadata.name}`;
}

function isSelected(
  kind: KindDefinition,
  object: Frozen<KubeObject>,
  { fieldSelector, openTo }: Informer<KubeObject>,
): boolean {
  if (openTo !== undefined && !isOpenToController(object, openTo)) return false;
  if (fieldSelector === undefined) return true;
  const requirements = parseFieldSelector(fieldSelector);
  return requirements.ok && matchesFields(requirements.value, { object, readers: kind.fieldSelectors });
}
