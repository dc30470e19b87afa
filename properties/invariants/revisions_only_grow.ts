import type { Keyspace } from "../../actors/store/keyspace/keyspace.ts";
import type { Address } from "../../runtime/mod.ts";
import { storeAddresses } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";

/** What is remembered of one life of a replica. */
interface Seen {
  readonly keyspace: Keyspace;
  applied: number;
  revision: number;
  compacted: number;
}

/**
 * In one life of a replica its revision and its compacted revision never decrease; and over all lives of all replicas
 * an applied log entry leads to the same revision, so that no restart takes one back.
 */
export const revisionsOnlyGrow: Invariant = {
  name: "revisions only grow",
  watch({ definition, simulation }) {
    const replicas = new Set(storeAddresses(definition.topology));
    const lives = new Map<Address, Seen>();
    const revisionAt: number[] = [];

    return {
      step(address) {
        if (!replicas.has(address)) return undefined;
        const data = simulation.dataOf(address) as { readonly keyspace?: Keyspace } | undefined;
        return data?.keyspace && judge(address, data.keyspace);
      },
    };

    function judge(address: Address, keyspace: Keyspace): string | undefined {
      const { appliedIndex: applied, revision, compactedRevision: compacted } = keyspace;
      const seen = lives.get(address);
      if (seen?.keyspace !== keyspace) lives.set(address, { keyspace, applied, revision, compacted });
      else if (seen.applied === applied && seen.revision === revision) return undefined;
      else {
        if (revision < seen.revision)
          return `The revision of ${address} went from ${seen.revision} back to ${revision}`;
        if (compacted < seen.compacted)
          return `The compacted revision of ${address} went from ${seen.compacted} back to ${compacted}`;
        Object.assign(seen, { applied, revision, compacted });
      }
      if (applied === 0) return undefined;
      const known = revisionAt[applied];
      if (known === undefined) revisionAt[applied] = revision;
      else if (known !== revision) {
        return `${address} is at revision ${revision} after entry ${applied} of the log, which led to revision ${known}`;
      }
      return undefined;
    }
  },
};
