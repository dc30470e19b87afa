import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import { all } from "../../runtime/faults/kinds/all.ts";
import type { CloudPool } from "../../scenarios/cluster/topology.ts";
import type { Command } from "../workload/command.ts";
import { placesOf } from "./fault_plan.ts";
import { faultOf } from "./places.ts";
import { workloadMsMax } from "./workload.ts";

/** Nodes that are rented beside the others, and what befalls those who rent them out. */
export interface Clouds {
  readonly clouds: readonly CloudPool[];
  readonly faults: readonly Fault[];
}

const cloudKinds = new Set(["throttled", "halfDone", "stale", "lostInstance"]);

/** One or two providers with a node each, of which there may be two, asked badly now and then. */
export function clouds(): fc.Arbitrary<Clouds> {
  const pool = (provider: CloudPool["provider"]) =>
    fc.record({ provider: fc.constant(provider), nodes: fc.constant(1), nodesMax: fc.constantFrom(1, 2) });
  const pools = fc.oneof(fc.tuple(pool("aurora")), fc.tuple(pool("borealis"), pool("aurora")));
  return pools.chain((rented) => {
    const places = placesOf({ nodes: 0, stores: 1, apiservers: 1, clouds: rented });
    const when = {
      trigger: fc.nat(workloadMsMax).map((atMs) => ({ atMs })),
      forMs: fc.integer({ min: 500, max: 6_000 }),
    };
    const kinds = all.filter(({ kind }) => cloudKinds.has(kind)).map((kind) => faultOf(kind, places, when));
    const faults = fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 4 });
    return faults.map((drawn) => ({ clouds: rented, faults: drawn }));
  });
}

/** Services that would have a node port have their load balanced, where somebody does that. */
export function balanced(commands: readonly Command[]): Command[] {
  return commands.map((each): Command => {
    if (each.op === "createService" && each.shape === "nodePort") return { ...each, shape: "balanced" };
    if (each.op !== "changeService" || each.spec.type !== "NodePort") return each;
    // Where it stays local, a load balancer takes one more port of every node, of which there may be few.
    return { ...each, spec: { ...each.spec, type: "LoadBalancer", externalTrafficPolicy: "Cluster" } };
  });
}
