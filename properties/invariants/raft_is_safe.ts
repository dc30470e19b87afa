import type { RaftView } from "../../actors/store/raft/view.ts";
import { storeAddresses } from "../../scenarios/topology.ts";
import { raft as raftRules } from "../checkers/raft.ts";
import type { Invariant } from "../invariant.ts";

/** Election safety, log matching, leader completeness and state-machine safety. */
export const raftIsSafe: Invariant = {
  name: "Raft is safe",
  watch({ definition, simulation }) {
    const addresses = storeAddresses(definition.topology);
    const replicas = new Set(addresses);
    const raft = raftRules.watch();
    const views = () =>
      addresses.flatMap((address) => {
        const data = simulation.dataOf(address) as { readonly raft: RaftView } | undefined;
        return data ? [data.raft] : [];
      });
    return { step: (address) => (replicas.has(address) ? raft.check(views()) : undefined) };
  },
};
