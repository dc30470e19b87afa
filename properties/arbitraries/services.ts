import fc from "fast-check";
import type { Command, ServiceShape } from "../workload/command.ts";
import { workloadMsMax } from "./workload.ts";

const name = fc.constantFrom("front", "inner");
/** Some are there before their pods. */
const atMs = fc.oneof(fc.nat(4_000), fc.nat(workloadMsMax));
const shape = fc.constantFrom<ServiceShape[]>("plain", "headless", "unready", "unready", "nodePort", "local");

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant("createService" as const),
      atMs,
      name,
      selects: fc.constantFrom("web", "api", "db"),
      shape,
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("deleteService" as const), atMs, name }) },
);

/** What users do beside their work with Deployments and pods: Services for them, none in many runs. */
export function serviceCommands(): fc.Arbitrary<readonly Command[]> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(command, { minLength: 1, maxLength: 3 }) },
  );
}
