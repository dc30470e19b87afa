import type { Step } from "../../runtime/mod.ts";
import { createRuleTable } from "../network/rule_table.ts";
import { createTraffic } from "./create_traffic.ts";
import type { ComputerData } from "./data.ts";
import type { ComputerInput } from "./messages.ts";
import { createSandboxes } from "./sandboxes.ts";

/** A computer that has just been switched on. */
export function createData(input: ComputerInput, step: Step): ComputerData {
  return {
    input,
    rules: createRuleTable(input.node),
    calls: new Map(),
    sandboxes: createSandboxes(),
    portFirst: step.int(2 ** 16),
    traffic: undefined,
    createTraffic,
  };
}
