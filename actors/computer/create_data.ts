import type { Step } from "../../runtime/mod.ts";
import { createRuleTable } from "../network/rule_table.ts";
import { createTraffic } from "./create_traffic.ts";
import type { ComputerData } from "./data.ts";
import type { ComputerInput } from "./messages.ts";
import { createSandboxes } from "./sandboxes.ts";

/** A computer that has just been switched on. */
export function createData(input: ComputerInput, step: Step): ComputerData {
  const sandboxes = createSandboxes();
  return {
    input,
    rules: createRuleTable(input.node, {
      uidAt: (ip) => sandboxes.withIp(ip)?.pod.uid,
      has: (uid) => sandboxes.hasPod(uid),
    }),
    calls: new Map(),
    sandboxes,
    beginnings: [],
    portFirst: step.int(2 ** 16),
    traffic: undefined,
    createTraffic,
  };
}
