import { heirsAfter } from "../workload/heirs.ts";
import type { World } from "./world.ts";

/** What keeps that which is owned from being there with just its living owners, or gone; undefined when nothing does. */
export function unconvergedHeir(world: World): string | undefined {
  for (const { namespace, name, owners } of heirsAfter(world.definition.workload)) {
    const found = world.get(`/registry/configmaps/${namespace}/${name}`);
    if (owners === undefined) {
      if (found) return `ConfigMap ${namespace}/${name} is still there, and its owners are gone`;
      continue;
    }
    if (!found) return `ConfigMap ${namespace}/${name} is gone, and not all of its owners are`;
    const has = (found.metadata.ownerReferences ?? []).map((each) => each.name).sort();
    if (has.join() !== [...owners].sort().join())
      return `ConfigMap ${namespace}/${name} is owned by [${has.join()}], and is to be by [${owners.join()}]`;
  }
  return undefined;
}
