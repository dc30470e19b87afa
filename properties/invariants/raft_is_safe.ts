import type { RaftView } from "../../actors/store/raft/view.ts";
import type { Address } from "../../runtime/mod.ts";
import { storeAddresses } from "../../scenarios/cluster/topology.ts";
import { isAt, type Mark, markOf, raft as raftRules } from "../checkers/raft.ts";
import type { Invariant } from "../engine/invariant.ts";

/** Election safety, log matching, leader completeness and state-machine safety. */
export const raftIsSafe: Invariant = {
  name: "Raft is safe",
  watch({ definition, simulation }) {
    const addresses = storeAddresses(definition.topology);
    const replicas = new Set(addresses);
    const raft = raftRules.watch();
    const marks = new Map<Address, Mark>();
    const viewOf = (address: Address) => (simulation.dataOf(address) as { readonly raft: RaftView } | undefined)?.raft;

    /** Most steps change nothing that the rules are about: they must cost next to nothing. */
    function hasChanged(address: Address): boolean {
      const view = viewOf(address);
      if (!view) return false;
      const before = marks.get(address);
      if (before && isAt(before, view)) return false;
      marks.set(address, markOf(view));
      return true;
    }

    return {
      step(address) {
        if (!replicas.has(address) || !hasChanged(address)) return undefined;
        return raft.check(addresses.map(viewOf).filter((view) => view !== undefined));
      },
    };
  },
};
