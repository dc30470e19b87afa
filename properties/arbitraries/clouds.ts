import fc from "fast-check";
import { all as providers } from "../../actors/cloud/providers/all.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import { all } from "../../runtime/faults/kinds/all.ts";
import { hash32 } from "../../runtime/mod.ts";
import type { CloudPool } from "../../scenarios/cluster/topology.ts";
import type { Command } from "../workload/command.ts";
import { claimTemplate } from "../workload/sets.ts";
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

/**
 * Services that would have a node port have their load balanced, where somebody does that, and claims get volumes that
 * are rented. Only where a lost computer comes back in the same zone: into another one its volumes cannot follow.
 */
export function rentedFor(commands: readonly Command[], pools: readonly CloudPool[]): Command[] {
  const isSteady = ({ provider, nodesMax = 1 }: CloudPool, { name, zones }: (typeof providers)[number]) =>
    provider === name && (zones.length === 1 || nodesMax === 1);
  const roomy = providers.find((provider) => pools.some((pool) => isSteady(pool, provider)));
  const all = roomy ? [...commands, ...storing(roomy.volumeClass, commands)] : commands;
  return all.map((each): Command => {
    if (each.op === "createSet" && each.claims && roomy) return { ...each, storageClass: roomy.volumeClass };
    if (each.op === "createService" && each.shape === "nodePort") return { ...each, shape: "balanced" };
    if (each.op !== "changeService" || each.spec.type !== "NodePort") return each;
    // Where it stays local, a load balancer takes one more port of every node, of which there may be few.
    return { ...each, spec: { ...each.spec, type: "LoadBalancer", externalTrafficPolicy: "Cluster" } };
  });
}

/** A set whose pods have rented volumes, and what befalls it: all of it follows from the other commands. */
function storing(storageClass: string, commands: readonly Command[]): readonly Command[] {
  const [set, name] = ["StatefulSet", "kept"] as const;
  const drawn = (what: string, below: number) => hash32(`${what} ${JSON.stringify(commands)}`) % below;
  const later = (what: string) => 4_000 + drawn(what, workloadMsMax - 4_000);
  const made = { op: "createSet", set, name, replicas: 1 + drawn("replicas", 2), image: "app:1" } as const;
  return [
    { ...made, atMs: drawn("made", 4_000), claims: true, storageClass },
    { op: "killPods", name, count: 1, atMs: later("killed") },
    { op: "scaleSet", name, replicas: drawn("scaled", 2), atMs: later("scaled at") },
    ...[0, 1].map((ordinal) => ({
      ...({ op: "deleteClaim", name: `${claimTemplate}-${name}-${ordinal}` } as const),
      atMs: later(`lost ${ordinal}`),
    })),
  ];
}
