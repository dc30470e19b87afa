import fc from "fast-check";
import type { Fault, FaultName } from "../../runtime/faults/fault.ts";
import type { FaultKind } from "../../runtime/faults/kind.ts";
import { all } from "../../runtime/faults/kinds/all.ts";
import { parseFault } from "../../runtime/faults/known_faults.ts";
import type { Places } from "../../runtime/faults/places.ts";
import { randomFrom } from "../../runtime/mod.ts";

/** When a drawn fault begins, and for how long it lasts. */
export interface When {
  readonly trigger: fc.Arbitrary<Fault["trigger"]>;
  readonly forMs: fc.Arbitrary<number>;
}

/** How often a kind is drawn, where that differs from what the kind itself says. */
export type Weights = Partial<Record<FaultName, number>>;

/** One fault of any kind that can strike in these places, drawn as the kinds themselves say. */
export function faultIn(places: Places, when: When, weights: Weights = {}): fc.Arbitrary<Fault> {
  const drawable = all.filter(({ kind, weight }) => (weights[kind] ?? weight) > 0 && canStrike(kind, places));
  return fc.oneof(
    ...drawable.map((kind) => ({ weight: weights[kind.kind] ?? kind.weight, arbitrary: faultOf(kind, places, when) })),
  );
}

function canStrike(name: FaultName, places: Places): boolean {
  const kind: FaultKind | undefined = all.find((each) => each.kind === name);
  return kind?.draw(places, randomFrom(0)) !== undefined;
}

/** A fault of one kind. */
export function faultOf(kind: FaultKind, places: Places, { trigger, forMs }: When): fc.Arbitrary<Fault> {
  return fc.record({ key: fc.nat(), trigger, forMs }).map(({ key, ...rest }): Fault => {
    const parameters = kind.draw(places, randomFrom(key));
    return { ...parseFault({ kind: kind.kind, parameters }), ...rest };
  });
}
