import type { RaftView } from "../../actors/store/raft/view.ts";
import type { Address } from "../../runtime/mod.ts";
import { storeAddresses } from "../../scenarios/cluster/topology.ts";
import { raft as raftRules } from "../checkers/raft.ts";
import type { Invariant } from "../engine/invariant.ts";

/** All of a replica that the rules are about. */
interface Mark {
  readonly term: number;
  readonly role: string;
  readonly commitIndex: number;
  readonly snapshotIndex: number;
  readonly length: number;
  readonly lastTerm: number;
}

function markOf({ log, term, role, commitIndex }: RaftView): Mark {
  const { snapshotIndex, entries } = log;
  return { term, role, commitIndex, snapshotIndex, length: entries.length, lastTerm: entries.at(-1)?.term ?? 0 };
}

function isAt(mark: Mark, { log, term, role, commitIndex }: RaftView): boolean {
  const { snapshotIndex, entries } = log;
  return (
    mark.commitIndex === commitIndex &&
    mark.length === entries.length &&
    mark.term === term &&
    mark.role === role &&
    mark.snapshotIndex === snapshotIndex &&
    mark.lastTerm === (entries.at(-1)?.term ?? 0)
  );
}

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
