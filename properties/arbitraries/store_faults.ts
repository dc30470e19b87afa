import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";

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
  const actor = fc.constantFrom(...members);
  const some = fc.subarray([...members], { minLength: 1, maxLength: Math.max(1, members.length - 1) });
  const link = fc.record({ from: some, to: fc.constant(["*"]), oneWay: fc.boolean() }, { noNullPrototype: true });
  const parameters = fc.oneof(
    actor.map((each) => ({ kind: "crash", parameters: { actor: each } })),
    actor.map((each) => ({ kind: "tornWrite", parameters: { actor: each, probability: 0.3 } })),
    actor.map((each) => ({ kind: "pause", parameters: { actor: each } })),
    actor.map((each) => ({ kind: "slowDevice", parameters: { actor: each, device: "disk", delayMsMax: 400 } })),
    fc.tuple(some, fc.boolean()).map(([from, oneWay]) => ({
      kind: "partition",
      parameters: { from, to: members.filter((each) => !from.includes(each)), oneWay },
    })),
    link.map((each) => ({ kind: "loss", parameters: { ...each, probability: 0.2 } })),
    link.map((each) => ({ kind: "duplication", parameters: { ...each, probability: 0.3 } })),
    link.map((each) => ({ kind: "reordering", parameters: { ...each, delayMsMax: 30 } })),
    link.map((each) => ({ kind: "delay", parameters: { ...each, delayMsMax: 300 } })),
  );
  const fault = fc
    .tuple(parameters, fc.nat(untilMs), fc.integer({ min: 1, max: 3_000 }))
    .map(([what, atMs, forMs]): Fault => ({ ...what, trigger: { atMs }, forMs }));
  return fc.array(fault, { maxLength: faultsMax });
}
