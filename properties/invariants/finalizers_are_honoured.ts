import type { Invariant } from "../engine/invariant.ts";
import { driverAddress } from "../engine/run_specs.ts";
import type { World } from "../engine/world.ts";
import { holdFinalizer } from "../workload/command.ts";

/**
 * Nothing is removed while a finalizer holds it. Who takes the last one away from what is being deleted removes it by
 * that very write, as in Kubernetes, so that the store never shows it without: such a one must at least have been
 * marked as deleted before, and what a user holds is there until the user lets it go.
 */
export const finalizersAreHonoured: Invariant = {
  name: "finalizers are honoured",
  watch: (world) => ({
    commit({ key, object, previous }) {
      const { finalizers: held = [], deletionTimestamp } = previous?.metadata ?? {};
      if (object || held.length === 0) return undefined;
      const isHeldByUser = held.includes(holdFinalizer) && !hasLetGo(world, previous?.metadata.name ?? "");
      if (deletionTimestamp !== undefined && !isHeldByUser) return undefined;
      return `${key} was removed while it had the finalizers ${held.join(", ")}`;
    },
  }),
};

function hasLetGo({ definition, simulation }: World, name: string): boolean {
  const data = simulation.dataOf(driverAddress) as { readonly acknowledged: number } | undefined;
  const letting = definition.workload.findIndex((each) => each.op === "change" && each.name === name);
  return letting >= 0 && (data?.acknowledged ?? 0) >= letting;
}
