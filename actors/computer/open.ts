import type { Step } from "../../runtime/mod.ts";
import { ipsOf } from "../cri/messages.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import type { Endpoint } from "../network/endpoint.ts";
import type { RuleTable } from "../network/rule_table.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { isLoopback, loopbackOf, scoped } from "./loopback.ts";
import { ipTowards } from "./own_ips.ts";

/** Who opens a connection, and to where. */
export interface Wanted {
  /** Undefined, or a sandbox in the node's network: the node itself. */
  readonly sandbox: string | undefined;
  readonly to: Endpoint;
}

/** So many ports are tried. */
const triesMax = 8;

/** Opens a connection from a sandbox or from the node; undefined when it has no address or no port left. */
export function open(
  data: ComputerData,
  { sandbox, to }: Wanted,
  handlers: EndHandlers<Step>,
  step: Step,
): End | undefined {
  const source = sourceOf(data, sandbox, to);
  if (!source) return undefined;
  const remote = { ip: source.to, port: to.port };
  for (let tries = 0; tries < triesMax; tries++) {
    const port = trafficOf(data).ports.take(source.from);
    if (port === undefined) return undefined;
    const local = { ip: source.from, port };
    // Somebody may listen on such a port, and be connected to just that target.
    if (!trafficOf(data).transport.find(local, remote))
      return trafficOf(data).transport.open({ local, remote }, handlers, step);
    trafficOf(data).ports.free(source.from, port);
  }
  return undefined;
}

/** Whether a target is the sender's own loopback: a balancer's address may be one, too, and leads to its Service. */
function isOwnLoopback(rules: RuleTable, { ip, port }: Endpoint): boolean {
  return isLoopback(ip) && rules.find({ protocol: "tcp", ip, port })?.portal !== "loadBalancerIp";
}

/** As which address it is sent, and what the target is called inside this computer. */
function sourceOf({ sandboxes, input, rules }: ComputerData, sandbox: string | undefined, to: Endpoint) {
  const { ip } = to;
  const status = sandbox === undefined ? undefined : sandboxes.find(sandbox);
  if (sandbox !== undefined && !status) return undefined;
  const isOfNode = !status || status.ip === "";
  if (!isOwnLoopback(rules, to)) {
    // No route to a family that it has no address of.
    const from = ipTowards(isOfNode ? input.nodeIps : ipsOf(status), ip);
    return from === undefined ? undefined : { from, to: ip };
  }
  if (isOfNode) return { from: loopbackOf(ip), to: ip };
  return { from: scoped(loopbackOf(ip), status.sandbox), to: scoped(ip, status.sandbox) };
}
