import type { Step } from "../../runtime/mod.ts";
import type { Endpoint } from "../container_runtime/messages.ts";
import type { End, EndHandlers } from "../network/connection.ts";
import type { MachineData } from "./data.ts";
import { isLoopback, scoped } from "./loopback.ts";

/** Who opens a connection, and to where. */
export interface Wanted {
  /** Undefined, or a sandbox in the node's network: the node itself. */
  readonly sandbox: string | undefined;
  readonly to: Endpoint;
}

/** Opens a connection from a sandbox or from the node; undefined when it has no address or no port left. */
export function open(
  data: MachineData,
  { sandbox, to }: Wanted,
  handlers: EndHandlers<Step>,
  step: Step,
): End | undefined {
  const source = sourceOf(data, sandbox, to.ip);
  const port = source && data.ports.take(source.from);
  if (!source || port === undefined) return undefined;
  const way = { local: { ip: source.from, port }, remote: { ip: source.to, port: to.port } };
  return data.transport.open(way, handlers, step);
}

/** As which address it is sent, and what the target is called inside this machine. */
function sourceOf({ sandboxes, input }: MachineData, sandbox: string | undefined, ip: string) {
  const status = sandbox === undefined ? undefined : sandboxes.find(sandbox);
  if (sandbox !== undefined && !status) return undefined;
  const isOfNode = !status || status.ip === "";
  if (!isLoopback(ip)) return { from: isOfNode ? input.nodeIp : status.ip, to: ip };
  if (isOfNode) return { from: "127.0.0.1", to: ip };
  return { from: scoped("127.0.0.1", status.sandbox), to: scoped(ip, status.sandbox) };
}
