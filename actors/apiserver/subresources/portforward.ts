import type { Step } from "../../../runtime/mod.ts";
import { badRequest, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { type Call, respondStatus } from "../requests/call.ts";
import { negotiate } from "../requests/upgrade.ts";
import type { Server } from "../server.ts";
import { beginPortChannels, portChannelProtocols } from "../streams/port_channels.ts";
import {
  beginPortForward,
  type PortForwardSession,
  portForwardProtocols,
  spdyPortForwardProtocols,
} from "../streams/port_forward.ts";
import { dialError, findPod, hasNoHost, type Place, placeOf } from "./_pod_target.ts";
import { isPod, type Subresource } from "./_subresource.ts";

const protocols: readonly string[] = [...portForwardProtocols, ...portChannelProtocols];
const served = { webSocket: protocols, spdy: spdyPortForwardProtocols };
/** Each has two channels, and a channel is a byte. */
const portsMax = 128;

/** Leads connections of a client to the ports of a pod. */
export const portforward: Subresource = {
  name: "portforward",
  isOf: isPod,
  verbs: ["create", "get"],
  responseKind: { group: "", version: "v1", kind: "PodPortForwardOptions" },
  stream: { protocols },
  serve: forwardPorts,
};

function forwardPorts(server: Server, call: Call, step: Step) {
  findPod(server, call, step, (pod, later) => {
    if (!pod.ok) return respondStatus(call, later, pod.failure);
    const place = placeOf(server, pod.value, "");
    if (!place) return respondStatus(call, later, hasNoHost(pod.value));
    const agreed = negotiate(call, served);
    if (!agreed.ok) return respondStatus(call, later, agreed.failure);
    const { protocol, isSpdy } = agreed.value;
    const { client } = call;
    // Without a client there was no protocol to agree on.
    if (!client) return;
    const session = { client, protocol, ...portForwardOf(place) };
    if (isSpdy || portForwardProtocols.some((each) => each === protocol)) {
      return beginPortForward(server.kubeletStreams, session, later);
    }
    const ports = portsOf([...client.parameters("ports"), ...client.parameters("port")]);
    if (!ports.ok) return respondStatus(call, later, ports.failure);
    beginPortChannels(server.kubeletStreams, { ...session, ports: ports.value }, later);
  });
}

/** What the forwarded ports of a pod lead to. */
export function portForwardOf({ kubelet, target, host }: Place): Omit<PortForwardSession, "client" | "protocol"> {
  return {
    kubelet,
    purposeOf: (port) => ({ kind: "portforward", port, ...target }),
    explain(port, cause) {
      if (typeof cause !== "string" && "failed" in cause) return `error dialing backend: ${dialError(host, cause)}`;
      const text = typeof cause === "string" ? cause : cause.message;
      return `error forwarding port ${port} to pod ${target.pod}, uid ${target.uid}: ${text}`;
    },
  };
}

/** The ports of a client that says all of them at first. */
function portsOf(parameters: readonly string[]): Result<readonly number[], Status> {
  const texts = parameters.flatMap((each) => each.split(","));
  if (texts.length === 0) return failed(badRequest('query parameter "port" is required'));
  if (texts.length > portsMax)
    return failed(badRequest(`${texts.length} ports are more than the ${portsMax} that can be forwarded`));
  const ports = texts.map((text) => (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN));
  const wrong = ports.findIndex((port) => !(port >= 1 && port <= 65_535));
  return wrong < 0 ? ok(ports) : failed(badRequest(`unable to parse ${JSON.stringify(texts[wrong])} as a port`));
}
