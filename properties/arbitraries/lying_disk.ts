import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Address } from "../../runtime/mod.ts";
import { storeAddresses, type Topology } from "../../scenarios/cluster/topology.ts";
import { workloadMsMax } from "./workload.ts";

/**
 * One replica's disk says that it synced and did not, and the replica crashes, once or again; what is not a store
 * suffers crashes beside it.
 *
 * A plan of its own, because Raft does not promise to survive more: what a replica has acknowledged and lost must be
 * with all the others, so no other replica may crash or be cut off meanwhile. Within these bounds no write is lost.
 */
export function lyingDisk(topology: Topology, others: readonly Address[]): fc.Arbitrary<readonly Fault[]> {
  const stores = new Set<Address>(storeAddresses(topology));
  const bystanders = others.filter((address) => !stores.has(address));
  const crashAt = fc.integer({ min: 1_000, max: workloadMsMax });
  return fc
    .record({
      liar: fc.constantFrom(...stores),
      fromMs: fc.nat(workloadMsMax / 2),
      lyingMs: fc.integer({ min: 500, max: workloadMsMax }),
      crashes: fc.array(fc.tuple(crashAt, fc.integer({ min: 1, max: 2_000 })), { minLength: 1, maxLength: 3 }),
      beside: fc.array(fc.tuple(fc.constantFrom(...bystanders), crashAt, fc.integer({ min: 50, max: 3_000 })), {
        maxLength: 3,
      }),
    })
    .map(({ liar, fromMs, lyingMs, crashes, beside }): readonly Fault[] => [
      { kind: "lostFsync", parameters: { actor: liar }, trigger: { atMs: fromMs }, forMs: lyingMs },
      ...crashes.map(([atMs, forMs]) => crash(liar, atMs, forMs)),
      ...beside.map(([actor, atMs, forMs]) => crash(actor, atMs, forMs)),
    ]);
}

function crash(actor: Address, atMs: number, forMs: number): Fault {
  return { kind: "crash", parameters: { actor }, trigger: { atMs }, forMs };
}
