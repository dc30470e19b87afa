import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Places } from "../../runtime/faults/places.ts";
import { faultIn } from "./places.ts";

/** Where and when the faults of a plan may strike. */
export interface StoreFaultsOptions {
  readonly members: readonly string[];
  /** Faults begin before it. Default 4,000. */
  readonly untilMs?: number;
  /** Default 6. */
  readonly faultsMax?: number;
}

/**
 * Plans of faults that a store must survive: crashes, torn writes, pauses, slow disks, and bad links. A lost fsync is
 * not among them: Raft stands on disks that keep what they promised.
 */
export function storeFaults({ members, untilMs = 4_000, faultsMax = 6 }: StoreFaultsOptions): fc.Arbitrary<Fault[]> {
  const places: Places = {
    ...{ actors: members, disks: members, clocks: [], streams: [] },
    links: { from: members },
    datagrams: { from: members, to: ["*"] },
  };
  const when = { trigger: fc.nat(untilMs).map((atMs) => ({ atMs })), forMs: fc.integer({ min: 1, max: 3_000 }) };
  return fc.array(faultIn(places, when), { maxLength: faultsMax });
}

/**
 * A minority of a group loses or damages its disks, each as often as it likes: always the same replicas, as Raft does
 * not promise to survive that more than a minority has lost what it acknowledged, and is not yet rebuilt.
 */
export function diskLosses({ members, untilMs = 4_000 }: StoreFaultsOptions): fc.Arbitrary<Fault[]> {
  const maxLength = Math.floor((members.length - 1) / 2);
  return fc.subarray([...members], { minLength: 1, maxLength }).chain((victims) =>
    fc.array(
      fc
        .record({
          kind: fc.constantFrom("lostDisk" as const, "damagedDisk" as const),
          actor: fc.constantFrom(...victims),
          atMs: fc.nat(untilMs),
          forMs: fc.integer({ min: 1, max: 400 }),
        })
        .map(({ kind, actor, atMs, forMs }): Fault => ({ kind, parameters: { actor }, trigger: { atMs }, forMs })),
      { minLength: 1, maxLength: 5 },
    ),
  );
}

/** Disks are full for a while: of any replicas, as nothing that was acknowledged is lost by it. */
export function fullDisks({ members, untilMs = 4_000 }: StoreFaultsOptions): fc.Arbitrary<Fault[]> {
  const full = fc
    .record({ actor: fc.constantFrom(...members), atMs: fc.nat(untilMs), forMs: fc.integer({ min: 1, max: 3_000 }) })
    .map(({ actor, atMs, forMs }): Fault => ({ kind: "fullDisk", parameters: { actor }, trigger: { atMs }, forMs }));
  return fc.array(full, { minLength: 1, maxLength: 5 });
}
