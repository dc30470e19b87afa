import type { Step } from "../../../runtime/mod.ts";
import { badRequest } from "../../api/status.ts";
import type { StreamPurpose } from "../../network/streams.ts";
import { type Call, respondStatus } from "../requests/call.ts";
import { isTrue } from "../requests/query.ts";
import { negotiate } from "../requests/upgrade.ts";
import type { Server } from "../server.ts";
import { beginExec, execProtocols, spdyExecProtocols } from "../streams/exec_channels.ts";
import { openStream } from "../streams/kubelet_streams.ts";
import { containerOf, dialError, findPod, hasNoHost, placeOf } from "./_pod_target.ts";

/** Leads the streams of a new command in a container, or of its own process, to its client. */
export function connectProcess(server: Server, call: Call, kind: "exec" | "attach", step: Step) {
  const { query, client } = call;
  findPod(server, call, step, (pod, later) => {
    if (!pod.ok) return respondStatus(call, later, pod.failure);
    const meant = containerOf(pod.value, query.container ?? "");
    if (!meant.ok) return respondStatus(call, later, meant.failure);
    const container = meant.value;
    const place = placeOf(server, pod.value, container);
    if (!place) return respondStatus(call, later, hasNoHost(pod.value));
    const agreed = negotiate(call, { webSocket: execProtocols, spdy: spdyExecProtocols });
    if (!agreed.ok) return respondStatus(call, later, agreed.failure);
    const [stdin, stdout, tty] = [isTrue(query.stdin), isTrue(query.stdout), isTrue(query.tty)];
    // A terminal has one stream to write to.
    const stderr = isTrue(query.stderr) && !tty;
    if (!stdin && !stdout && !stderr) {
      return respondStatus(call, later, badRequest("you must specify at least 1 of stdin, stdout, stderr"));
    }
    // Without a client there was no protocol to agree on.
    if (!client) return;
    const { kubelet, target, host } = place;
    const purpose: StreamPurpose =
      kind === "attach"
        ? { kind, ...target, stdin }
        : { kind, ...target, command: client.parameters("command"), stdin, tty };
    const { namespace, pod: name } = target;
    beginExec(
      server.kubeletStreams,
      {
        client,
        ...agreed.value,
        stdin,
        stdout,
        stderr,
        hasTerminal: tty,
        doing: kind === "exec" ? "executing command in container" : "attaching to container",
        open: (handler, when) =>
          openStream(server.kubeletStreams, when, {
            kubelet,
            purpose,
            client: handler,
          }),
        explain: (refused) =>
          "failed" in refused
            ? `error sending request: Post "https://${host}/${kind}/${namespace}/${name}/${container}": ${dialError(host, refused)}`
            : `unable to upgrade connection: ${refused.message}`,
      },
      later,
    );
  });
}
