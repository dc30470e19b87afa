import { type Choice, type ChoiceOptions, choose, type NewConnection } from "../network/choose.ts";
import type { ComputerData } from "./data.ts";
import { isLoopback, scopeOf } from "./loopback.ts";
import { isNodeIp } from "./own_ips.ts";

/** Where a new connection goes: where a Service leads it, or to the pod that has a port of the node for itself. */
export function chooseWay(data: ComputerData, connection: NewConnection, options: ChoiceOptions): Choice {
  const choice = choose(data.rules, connection, options);
  const isOwnLoopback = isLoopback(connection.ip) && scopeOf(connection.ip) === undefined;
  if (choice.kind !== "pass" || (!isNodeIp(data.input, connection.ip) && !isOwnLoopback)) return choice;
  const to = data.sandboxes.withHostPort(connection);
  // A pod would answer itself directly, and its own loopback where that is the source, and nobody knew the answer.
  const masquerade = to?.ip === connection.source || isLoopback(connection.source);
  return to ? { kind: "forward", service: "", to, masquerade } : choice;
}
