import fc from "fast-check";
import type { Command } from "../workload/command.ts";
import { claimTemplate } from "../workload/sets.ts";
import { imageNames } from "./topology.ts";
import { workloadMsMax } from "./workload.ts";

const replicas = fc.nat(4);
const image = fc.constantFrom(...imageNames);
const atMs = fc.nat(workloadMsMax);
const stateful = { set: "StatefulSet", name: "base" } as const;
const daemons = { set: "DaemonSet", name: "agent" } as const;

const change: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ op: fc.constant("scaleSet" as const), atMs, name: fc.constant(stateful.name), replicas }),
  fc
    .record({ atMs, image, which: fc.constantFrom(stateful, daemons) })
    .map(({ which, ...rest }): Command => ({ op: "setImageOfSet", ...which, ...rest })),
  fc.record({
    op: fc.constant("killPods" as const),
    atMs,
    name: fc.constantFrom(stateful.name, daemons.name),
    count: fc.integer({ min: 1, max: 2 }),
  }),
);

/** The end of a claim; its pod, if there is one, gets a new one when it is made anew. */
const loss: fc.Arbitrary<Command> = fc.record({
  op: fc.constant("deleteClaim" as const),
  atMs,
  name: fc.nat(3).map((ordinal) => `${claimTemplate}-${stateful.name}-${ordinal}`),
});

/** What users do with a StatefulSet and a DaemonSet: created early, then scaled, updated, and pods deleted. */
export function setCommands(): fc.Arbitrary<readonly Command[]> {
  return fc
    .record({
      replicas,
      image,
      parallel: fc.boolean(),
      surges: fc.boolean(),
      atMs: fc.nat(4_000),
      changes: fc.array(change, { minLength: 1, maxLength: 6 }),
      // What came later is drawn last.
      claims: fc.boolean(),
      losses: fc.array(loss, { maxLength: 2 }),
    })
    .map(({ changes, parallel, surges, claims, losses, ...rest }) => {
      const first: Command[] = [
        { op: "createSet", ...stateful, ...rest, parallel, ...(claims && { claims }) },
        { op: "createSet", ...daemons, ...rest, surges },
      ];
      return [...first, ...changes, ...(claims ? losses : [])].sort((a, b) => a.atMs - b.atMs);
    });
}
