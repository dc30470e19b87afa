import type { Step } from "../../../runtime/mod.ts";
import { badRequest, internalError } from "../../api/status.ts";
import { ok } from "../../kit/result.ts";
import { type Call, respondStatus } from "../requests/call.ts";
import { isTrue } from "../requests/query.ts";
import { negotiate } from "../requests/upgrade.ts";
import type { Server } from "../server.ts";
import type { ClientSide, TextOut } from "../streams/client_side.ts";
import {
  closeStream,
  type KubeletStream,
  openStream,
  type StreamClient,
  takeFrom,
} from "../streams/kubelet_streams.ts";
import { logProtocols, openSocketText } from "../streams/socket_text.ts";
import { logOptionsOf } from "./_log_options.ts";
import { containerOf, findPod, type Place, placeOf, refusalStatus, unreachableStatus } from "./_pod_target.ts";
import { isPod, type Subresource } from "./_subresource.ts";

/** Text that is gathered for a component; an HTTP client gets it as it comes. */
const gatheredMax = 16 * 1024 * 1024;
/** A component's request has an answer by then, whatever becomes of the kubelet's messages. */
const gatheringMsMax = 60_000;

/** Answers with what a container has written, and goes on for as long as it writes if the client follows it. */
export const log: Subresource = {
  name: "log",
  isOf: isPod,
  verbs: ["get"],
  stream: { protocols: logProtocols },
  serve: readLog,
};

function readLog(server: Server, call: Call, step: Step) {
  const read = logOptionsOf(call);
  if (!read.ok) return respondStatus(call, step, read.failure);
  const options = read.value;
  if (options.follow && !call.client) {
    const text = "a log can be followed over HTTP only: leave out follow, or watch the pod and ask again";
    return respondStatus(call, step, badRequest(text));
  }
  findPod(server, call, step, (pod, later) => {
    if (!pod.ok) return respondStatus(call, later, pod.failure);
    const container = containerOf(pod.value, call.query.container ?? "");
    if (!container.ok) return respondStatus(call, later, container.failure);
    const place = placeOf(server, pod.value, container.value);
    // As on a real cluster: who has no node has written nothing.
    if (!place) return respondLog(call, later, "");
    const { client } = call;
    const agreed = client?.upgrade === "websocket" ? negotiate(call, { webSocket: logProtocols }) : ok(undefined);
    if (!agreed.ok) return respondStatus(call, later, agreed.failure);
    const protocol = agreed.value?.protocol;
    const { kubelet, target } = place;
    const stream = openStream(server.kubeletStreams, later, {
      kubelet,
      purpose: { kind: "logs", ...target, ...options },
      ...(client
        ? { client: toHttp(server, { ...call, client }, { place, protocol, stream: () => stream }) }
        : { client: toComponent(server, call, place, () => stream), patienceMs: gatheringMsMax }),
    });
  });
}

function respondLog(call: Call, step: Step, body: string) {
  call.respond(step, { type: "api.response", code: 200, body, contentType: "text/plain" });
}

function refusal(call: Call, place: Place): StreamClient["refused"] {
  const { namespace, pod, container } = place.target;
  return (refused, step) => {
    if (!("failed" in refused)) return respondStatus(call, step, refusalStatus(refused));
    const url = `Get "https://${place.host}/containerLogs/${namespace}/${pod}/${container}"`;
    respondStatus(call, step, unreachableStatus(url, refused, place));
  };
}

interface LogStream {
  readonly place: Place;
  /** On a WebSocket; undefined for an ordinary answer. */
  readonly protocol: string | undefined;
  readonly stream: () => KubeletStream;
}

function toHttp(
  server: Server,
  call: Call & { readonly client: ClientSide },
  { place, protocol, stream }: LogStream,
): StreamClient {
  const { client } = call;
  let out: TextOut | undefined;
  const open = (step: Step) => {
    const closed = (later: Step) => closeStream(server.kubeletStreams, stream(), later);
    out ??= protocol === undefined ? client.openText(step, closed) : openSocketText(client, step, { protocol, closed });
    return out;
  };
  return {
    refused: refusal(call, place),
    opened(step) {
      // Who follows wants to know at once that there is something to follow; else an error can be told until text is.
      if (isTrue(call.query.follow)) open(step);
    },
    data(_channel, data, step) {
      open(step).write(data, step, (later) => takeFrom(stream(), later, data.length));
    },
    ended: () => {},
    closed({ error }, step) {
      if (error === undefined) open(step).end(step);
      else if (out) out.abort(step);
      else respondBroken(call, step, error);
    },
  };
}

function respondBroken(call: Call, step: Step, error: string) {
  respondStatus(call, step, internalError(`error reading the log: ${error}`));
}

function toComponent(server: Server, call: Call, place: Place, stream: () => KubeletStream): StreamClient {
  const pieces: string[] = [];
  let size = 0;
  return {
    refused: refusal(call, place),
    opened: () => {},
    data(_channel, data, step) {
      size += data.length;
      pieces.push(data);
      if (size <= gatheredMax) return takeFrom(stream(), step, data.length);
      closeStream(server.kubeletStreams, stream(), step);
      const text = `the log is longer than ${gatheredMax} characters: ask for less with tailLines or limitBytes`;
      respondStatus(call, step, internalError(text));
    },
    ended: () => {},
    closed({ error }, step) {
      if (error === undefined) respondLog(call, step, pieces.join(""));
      else respondBroken(call, step, error);
    },
  };
}
