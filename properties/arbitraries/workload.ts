import fc from "fast-check";
import type { Command } from "../workload/command.ts";
import { imageNames } from "./topology.ts";

/** How long users are at work, in virtual milliseconds. */
export const workloadMsMax = 20_000;
const commandsMax = 8;
const replicasMax = 6;

const name = fc.constantFrom("web", "api", "db");
const image = fc.constantFrom(...imageNames);
const replicas = fc.nat(replicasMax);
const share = fc.constantFrom<(number | string)[]>("25%", 1, 0, 2, "50%", "100%");

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ atMs: fc.nat(workloadMsMax), name, replicas, image, maxSurge: share, maxUnavailable: share })
      .map(({ maxSurge, maxUnavailable, ...rest }): Command => {
        // Both zero is refused by the API.
        const isStuck = isZero(maxSurge) && isZero(maxUnavailable);
        return { op: "create", ...rest, maxSurge: isStuck ? 1 : maxSurge, maxUnavailable };
      }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant("scale" as const), atMs: fc.nat(workloadMsMax), name, replicas }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant("setImage" as const), atMs: fc.nat(workloadMsMax), name, image }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("delete" as const), atMs: fc.nat(workloadMsMax), name }) },
);

/** What users do: Deployments created, scaled, re-imaged and deleted, in order of time. */
export function workload(): fc.Arbitrary<readonly Command[]> {
  const first = fc
    .record({ atMs: fc.nat(4_000), name, replicas, image })
    .map((rest): Command => ({ op: "create", ...rest, maxSurge: 1, maxUnavailable: 0 }));
  return fc
    .tuple(first, fc.array(command, { maxLength: commandsMax }))
    .map(([begin, rest]) => [begin, ...rest].sort((a, b) => a.atMs - b.atMs));
}

function isZero(value: number | string): boolean {
  return Number.parseInt(String(value), 10) === 0;
}
