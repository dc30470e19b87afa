import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import { computerAddress, kubeletAddress, type Topology } from "../../scenarios/cluster/topology.ts";
import { workloadMsMax } from "./workload.ts";

const troublesMax = 4;

/**
 * Nothing is wrong but with nodes: kubelets end, stand still, or end twice in a row, now and then with their computer.
 * What they have forgotten, and what others make of their silence, is judged strictly there.
 */
export function nodeTroubles({ nodes }: Topology): fc.Arbitrary<readonly Fault[]> {
  const node = fc.nat(nodes - 1);
  const atMs = fc.integer({ min: 2_000, max: workloadMsMax + 2_000 });
  const forMs = fc.oneof(fc.integer({ min: 20, max: 1_500 }), fc.integer({ min: 1_500, max: 14_000 }));
  const trouble = fc
    .record({
      ...{ node, atMs, forMs },
      what: fc.constantFrom("crash", "crash", "crash", "twice", "pause", "computer", "outage"),
      againMs: fc.integer({ min: 30, max: 3_000 }),
    })
    .map(({ node: index, atMs: ms, forMs: lasts, what, againMs }): readonly Fault[] => {
      const parameters = { actor: kubeletAddress(index) };
      const end = (at: number): Fault => ({ kind: "crash", parameters, trigger: { atMs: at }, forMs: lasts });
      if (what === "outage") return outage(nodes, { index, atMs: ms });
      if (what === "twice") return [end(ms), end(ms + lasts + againMs)];
      if (what === "pause") return [{ kind: "pause", parameters, trigger: { atMs: ms }, forMs: lasts }];
      if (what !== "computer") return [end(ms)];
      const lost = { actor: computerAddress(index) };
      return [end(ms), { kind: "crash", parameters: lost, trigger: { atMs: ms }, forMs: lasts }];
    });
  return fc.array(trouble, { minLength: 1, maxLength: troublesMax }).map((all) => all.flat());
}

/** All kubelets but one, or all where there are few, stand still for longer than the impatient hold out. */
function outage(nodes: number, { index, atMs }: { readonly index: number; readonly atMs: number }): readonly Fault[] {
  const spared = nodes > 3 ? index : undefined;
  return Array.from({ length: nodes }, (_each, other) => other)
    .filter((other) => other !== spared)
    .map((other) => {
      const parameters = { actor: kubeletAddress(other) };
      return { kind: "pause", parameters, trigger: { atMs: Math.min(atMs, 6_000) }, forMs: 17_000 };
    });
}
