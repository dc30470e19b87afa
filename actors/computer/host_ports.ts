import { type Choice, type ChoiceOptions, choose, type NewConnection } from "../network/choose.ts";
import type { ComputerData } from "./data.ts";

/** Where a new connection goes: where a Service leads it, or to the pod that has a port of the node for itself. */
export function chooseWay(data: ComputerData, connection: NewConnection, options: ChoiceOptions): Choice {
  const choice = choose(data.rules, connection, options);
  if (choice.kind !== "pass" || connection.ip !== data.input.nodeIp) return choice;
  const to = data.sandboxes.withHostPort(connection);
  // A pod that reaches itself like that would answer itself directly, and not know its own answer.
  return to ? { kind: "forward", service: "", to, masquerade: to.ip === connection.source } : choice;
}
