import fc from "fast-check";
import type { Command } from "../workload/command.ts";
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
    })
    .map(({ changes, parallel, surges, ...rest }) => {
      const first: Command[] = [
        { op: "createSet", ...stateful, ...rest, parallel },
        { op: "createSet", ...daemons, ...rest, surges },
      ];
      return [...first, ...changes].sort((a, b) => a.atMs - b.atMs);
    });
}
