import type { AskId, Mail, Step } from "../../runtime/mod.ts";
import { createRuleTable, type RuleTable } from "../network/rule_table.ts";
import type { MachineInput } from "./messages.ts";

/** What is done with a device's answer. */
export type ThenDevice = (answer: unknown, step: Step) => void;

/** All that a machine has in memory: gone when it loses power. */
export interface MachineData {
  readonly input: MachineInput;
  /** The rules that kube-proxy has made. */
  readonly rules: RuleTable;
  readonly calls: Map<AskId, ThenDevice>;
}

/** A machine that has just been switched on. */
export function createData(input: MachineInput): MachineData {
  return { input, rules: createRuleTable(input.node), calls: new Map() };
}

/** Asks the container runtime; `then` gets its answer in a later step. */
export function askRuntime(data: MachineData, step: Step, request: unknown, then: ThenDevice): void {
  data.calls.set(step.device("cri", request), then);
}

/** Passes a question on to the container runtime, and the answer back. */
export function relay(data: MachineData, mail: Mail, request: unknown, step: Step): void {
  const { from, ask } = mail;
  askRuntime(data, step, request, (answer, later) => later.reply({ from, ask }, answer));
}
