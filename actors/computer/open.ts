import type { Step } from "../../runtime/mod.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import type { Endpoint } from "../network/endpoint.ts";
import { type ComputerData, trafficOf } from "./data.ts";
import { isLoopback, scoped } from "./loopback.ts";

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
  const source = sourceOf(data, sandbox, to.ip);
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

/** As which address it is sent, and what the target is called inside this computer. */
function sourceOf({ sandboxes, input }: ComputerData, sandbox: string | undefined, ip: string) {
  const status = sandbox === undefined ? undefined : sandboxes.find(sandbox);
  if (sandbox !== undefined && !status) return undefined;
  const isOfNode = !status || status.ip === "";
  if (!isLoopback(ip)) return { from: isOfNode ? input.nodeIp : status.ip, to: ip };
  if (isOfNode) return { from: "127.0.0.1", to: ip };
  return { from: scoped("127.0.0.1", status.sandbox), to: scoped(ip, status.sandbox) };
}
