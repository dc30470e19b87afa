import type { Step } from "../../../runtime/mod.ts";
import type { ApiRequest } from "../messages.ts";
import type { Call } from "../requests/call.ts";
import type { Server } from "../server.ts";
import { podLog } from "./pod_log.ts";
import { podPortForward } from "./pod_port_forward.ts";
import { podAttach, podExec } from "./pod_process.ts";

type Connector = (server: Server, call: Call, step: Step) => void;

/** The parts of a pod that are streams from its kubelet, and by which verbs they are asked for. */
const connectors: Readonly<Record<string, { readonly verbs: readonly string[]; readonly connect: Connector }>> = {
  log: { verbs: ["get"], connect: podLog },
  exec: { verbs: ["get", "create"], connect: podExec },
  portforward: { verbs: ["get", "create"], connect: podPortForward },
  attach: { verbs: ["get", "create"], connect: podAttach },
};

/** What carries out a request for a stream; undefined for any other request. */
export function connectorOf({ group, resource, subresource = "", verb }: ApiRequest): Connector | undefined {
  if (group !== "" || resource !== "pods" || !Object.hasOwn(connectors, subresource)) return undefined;
  const connector = connectors[subresource];
  return connector?.verbs.includes(verb) ? connector.connect : undefined;
}
