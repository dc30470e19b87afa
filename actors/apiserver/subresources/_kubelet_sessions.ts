import type { Step } from "../../../runtime/mod.ts";
import type { Frozen, Node, Pod } from "../../api/types.ts";
import type { KubeletPage } from "../proxy/kubelet_pages.ts";
import { cachedObject } from "../proxy/service_backend.ts";
import { type Call, respondStatus } from "../requests/call.ts";
import { negotiate } from "../requests/upgrade.ts";
import type { Server } from "../server.ts";
import type { ClientSide, TextOut } from "../streams/client_side.ts";
import { closeStream, type Failure, openStream, type Refusal, takeFrom } from "../streams/kubelet_streams.ts";
import { beginPortForward, spdyPortForwardProtocols } from "../streams/port_forward.ts";
import { logOptionsOf } from "./_log_options.ts";
import { containerOf, dialError, type Place, placeOf } from "./_pod_target.ts";
import { portForwardOf } from "./portforward.ts";

/** What is asked of a kubelet, and how it answers. */
export interface KubeletQuestion {
  readonly call: Call;
  readonly node: Frozen<Node>;
  /** Of the kubelet's own API. */
  readonly path: string;
  show(page: KubeletPage, step: Step): void;
}

const plainText = "text/plain; charset=utf-8";
/** More of what a command writes is not told, as of any that is run in one call. */
const outputBytesMax = 16 * 1024 * 1024;

/** What a path below a kubelet's sessions names. */
interface Session {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly container: string;
}

interface Asked extends KubeletQuestion, Session {
  readonly client: ClientSide;
  /** As the kubelet gets it: an upgrade has lost it on the way, as in Kubernetes 1.34. */
  readonly query: Readonly<Record<string, string>>;
}

type Serve = (server: Server, asked: Asked, step: Step) => void;

/** Each with the methods that it is asked by; a path ends with a container unless it is said that it does not. */
const sessions: Readonly<
  Record<string, { methods: readonly string[]; serve: Serve; hasContainer?: false; hasUid?: false }>
> = {
  run: { methods: ["POST"], serve: run },
  exec: { methods: ["GET", "POST"], serve: connectProcess },
  attach: { methods: ["GET", "POST"], serve: connectProcess },
  portForward: { methods: ["GET", "POST"], serve: forward, hasContainer: false },
  containerLogs: { methods: ["GET"], serve: readLog, hasUid: false },
};

/**
 * Serves what a kubelet has beside its pages: commands, logs and ports of its pods. False where a path is none of those.
 *
 * Source: Kubernetes' `pkg/kubelet/server`.
 */
export function serveKubeletSession(server: Server, question: KubeletQuestion, step: Step): boolean {
  const { call, path, show } = question;
  const { client } = call;
  const [kind = "", ...parts] = path.slice(1).split("/").map(decodeURIComponent);
  const session = Object.hasOwn(sessions, kind) ? sessions[kind] : undefined;
  if (!client?.raw || !session) return false;
  const named = sessionOf(parts, session);
  if (!named) show({ code: 404, contentType: plainText, body: "404: Page Not Found" }, step);
  else if (!session.methods.includes(client.raw.method))
    show({ code: 405, contentType: plainText, body: "405: Method Not Allowed" }, step);
  else session.serve(server, { ...question, ...named, client, query: client.upgrade === "" ? call.query : {} }, step);
  return true;
}

function sessionOf(
  parts: readonly string[],
  { hasContainer = true, hasUid = true }: { readonly hasContainer?: boolean; readonly hasUid?: boolean },
): Session | undefined {
  const [namespace = "", name = "", ...rest] = parts;
  const container = hasContainer ? rest.pop() : "";
  const uid = hasUid ? rest.pop() : "";
  if (namespace === "" || name === "" || container === undefined || rest.length > 0 || parts.includes(""))
    return undefined;
  return { namespace, name, uid: uid ?? "", container };
}

function say(
  { show }: Pick<Asked, "show">,
  { code, text }: { readonly code: number; readonly text: string },
  step: Step,
) {
  show({ code, contentType: plainText, body: text }, step);
}

/** A pod that the kubelet has. */
function podOf(server: Server, { node, namespace, name }: Asked): Frozen<Pod> | undefined {
  const pod = cachedObject<Pod>(server, "pods", { namespace, name });
  return pod?.spec.nodeName === node.metadata.name ? pod : undefined;
}

function explain(why: Refusal | Failure, { host }: Place): string {
  return "failed" in why ? dialError(host, why) : why.message;
}

/** Of what a kubelet answers here nothing has a stream: what it would need of a query has not come with an upgrade. */
function connectProcess(server: Server, asked: Asked, step: Step) {
  const { query } = asked;
  if (!["input", "output", "error"].some((each) => query[each] === "1"))
    return say(asked, { code: 400, text: "you must specify at least 1 of stdin, stdout, stderr" }, step);
  if (!podOf(server, asked)) return say(asked, { code: 404, text: "pod does not exist" }, step);
  say(asked, { code: 500, text: "Upgrade request required\n" }, step);
}

function forward(server: Server, asked: Asked, step: Step) {
  const { call, client, uid } = asked;
  if (client.upgrade === "websocket")
    return say(asked, { code: 400, text: 'query parameter "port" is required' }, step);
  const pod = podOf(server, asked);
  const place = pod && placeOf(server, pod, "");
  if (!place) return say(asked, { code: 404, text: "pod does not exist" }, step);
  if (uid !== "" && uid !== pod.metadata.uid) return say(asked, { code: 404, text: "pod not found" }, step);
  if (client.upgrade === "") return say(asked, { code: 500, text: "Upgrade request required\n" }, step);
  const agreed = negotiate(call, { webSocket: [], spdy: spdyPortForwardProtocols });
  if (!agreed.ok) return respondStatus(call, step, agreed.failure);
  const { protocol } = agreed.value;
  beginPortForward(server.kubeletStreams, { client, protocol, ...portForwardOf(place) }, step);
}

/** Runs a command to its end, and answers with what it wrote. */
function run(server: Server, asked: Asked, step: Step) {
  const { query, uid, container, show, client } = asked;
  const pod = podOf(server, asked);
  if (!pod) return say(asked, { code: 404, text: "pod does not exist" }, step);
  const isThere = containerOf(pod, container).ok && (uid === "" || uid === pod.metadata.uid);
  const place = placeOf(server, pod, container);
  if (!isThere || !place)
    return say(asked, { code: 500, text: `container not found (${JSON.stringify(container)})` }, step);
  const command = (query.cmd ?? "").split(" ");
  const wrote = { stdout: "", stderr: "" };
  const { kubeletStreams } = server;
  const answered = client.whenGone((later) => closeStream(kubeletStreams, stream, later));
  const answer = (page: KubeletPage, later: Step) => {
    answered();
    show(page, later);
  };
  const stream = openStream(kubeletStreams, step, {
    kubelet: place.kubelet,
    purpose: { kind: "exec", ...place.target, command, stdin: false, tty: false },
    client: {
      opened: () => {},
      ended: () => {},
      refused: (why, later) => answer({ code: 500, contentType: plainText, body: explain(why, place) }, later),
      data(channel, data, later) {
        if (channel === "stdout" || channel === "stderr") {
          const room = outputBytesMax - wrote.stdout.length - wrote.stderr.length;
          wrote[channel] += data.slice(0, room);
        }
        takeFrom(stream, later, data.length);
      },
      closed({ exitCode = 0, error }, later) {
        const failure =
          exitCode === 0 ? error : `command '${command.join(" ")}' exited with ${exitCode}: ${wrote.stderr}`;
        if (failure !== undefined) answer({ code: 500, contentType: plainText, body: failure }, later);
        else answer({ contentType: "application/json", body: wrote.stdout + wrote.stderr, isBinary: true }, later);
      },
    },
  });
}

function readLog(server: Server, asked: Asked, step: Step) {
  const { query, name, container, client } = asked;
  const { tail, ...others } = query;
  const options = logOptionsOf({
    name,
    query: tail === undefined || tail === "all" ? others : { ...others, tailLines: tail },
  });
  if (!options.ok) {
    const isUnread = options.failure.code === 400;
    const message = isUnread ? "Unable to decode query." : "Invalid request.";
    return say(asked, { code: isUnread ? 400 : 422, text: `{"message": "${message}"}` }, step);
  }
  const pod = podOf(server, asked);
  const place = pod && placeOf(server, pod, container);
  if (!place) return say(asked, { code: 404, text: `pod ${JSON.stringify(name)} does not exist` }, step);
  if (!containerOf(pod, container).ok)
    return say(
      asked,
      { code: 404, text: `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(name)}` },
      step,
    );
  const { kubeletStreams } = server;
  let out: TextOut | undefined;
  const open = (later: Step) => {
    out ??= client.openText(later, (when) => closeStream(kubeletStreams, stream, when), { contentType: plainText });
    return out;
  };
  const stream = openStream(kubeletStreams, step, {
    kubelet: place.kubelet,
    purpose: { kind: "logs", ...place.target, ...options.value },
    client: {
      opened: (later) => void (options.value.follow ? open(later) : undefined),
      refused: (why, later) => say(asked, { code: 400, text: explain(why, place) }, later),
      data: (_channel, data, later) => open(later).write(data, later, (when) => takeFrom(stream, when, data.length)),
      ended: () => {},
      closed({ error }, later) {
        if (error === undefined) open(later).end(later);
        else if (out) out.abort(later);
        else say(asked, { code: 400, text: error }, later);
      },
    },
  });
}
