import type { Step } from "../../../runtime/mod.ts";
import type { Server } from "../server.ts";
import { beginPortForward, portForwardProtocols } from "../streams/port_forward.ts";
import { type Call, isFailed, respondStatus } from "./call.ts";
import { dialError, findPod, hasNoHost, placeOf } from "./pod_target.ts";
import { negotiate } from "./upgrade.ts";

/** Leads connections to the ports of a pod over a WebSocket. */
export function podPortForward(server: Server, call: Call, step: Step) {
  findPod(server, call, step, (pod, later) => {
    if (isFailed(pod)) return respondStatus(call, later, pod);
    const place = placeOf(server, pod, "");
    if (!place) return respondStatus(call, later, hasNoHost(pod));
    const protocol = negotiate(call, portForwardProtocols);
    if (typeof protocol !== "string") return respondStatus(call, later, protocol);
    const { client } = call;
    // Without a client there was no protocol to agree on.
    if (!client) return;
    const { kubelet, target, host } = place;
    const session = {
      client,
      protocol,
      kubelet,
      purposeOf: (port: number) => ({ kind: "portforward", port, ...target }) as const,
      explain(port: number, cause: Parameters<Parameters<typeof beginPortForward>[1]["explain"]>[1]) {
        if (typeof cause !== "string" && "failed" in cause) return `error dialing backend: ${dialError(host, cause)}`;
        const text = typeof cause === "string" ? cause : cause.message;
        return `error forwarding port ${port} to pod ${target.pod}, uid ${target.uid}: ${text}`;
      },
    };
    beginPortForward(server.kubeletStreams, session, later);
  });
}
