import type { Step } from "../../../runtime/mod.ts";
import { badRequest, type Status, serviceUnavailable } from "../../api/status.ts";
import type { Frozen, Node } from "../../api/types.ts";
import type { AskPods, KubeletPods } from "../../kubelet/messages.ts";
import { nodeUsage, type UsageThen } from "../measured/node_usage.ts";
import { runningPods } from "../measured/running_pods.ts";
import { usagePage, usagePaths } from "../measured/usage_page.ts";
import { isOwnPage, type KubeletPage, kubeletPage } from "../proxy/kubelet_pages.ts";
import { proxyPathOf } from "../proxy/proxied_request.ts";
import { proxyNameOf } from "../proxy/proxy_name.ts";
import { upgradeRefusal } from "../proxy/upgrades.ts";
import { type Call, respondStatus } from "../requests/call.ts";
import { findItem } from "../requests/get.ts";
import { existing } from "../requests/write_object.ts";
import type { Server } from "../server.ts";
import { serveKubeletSession } from "./_kubelet_sessions.ts";
import { passToNodePort } from "./_node_port.ts";
import { isRootless, redirect } from "./_proxy_of.ts";

const kubeletMsMax = 3_000;
const kubeletPort = "10250";
/** Where the segment `proxy` is in `/api/v1/nodes/NAME/proxy`. */
const proxySegment = 5;

/** Asks a node's kubelet, or who listens at another port of it. */
export function serveNodeProxy(server: Server, call: Call, step: Step) {
  const { client } = call;
  const raw = client?.raw;
  if (!client || !raw) return respondStatus(call, step, badRequest("a proxy answers over HTTP only"));
  const wanted = proxyNameOf(call.name);
  if (!wanted) return respondStatus(call, step, badRequest(`invalid node request ${JSON.stringify(call.name)}`));
  const isUpgrade = client.upgrade !== "";
  const wrong = isUpgrade ? upgradeRefusal(raw) : undefined;
  if (wrong) return respondStatus(call, step, wrong);
  findItem(server, { ...call, name: wanted.name }, step, (found, later) => {
    if (!found.ok) return respondStatus(call, later, found.failure);
    const node = existing(call, found.value) as Frozen<Node>;
    const path = proxyPathOf(raw.url, proxySegment);
    if (isRootless(raw, path) && !isUpgrade) return redirect(call, later, `${path.prefix}/${path.rest}`);
    if (wanted.port !== "" && wanted.port !== kubeletPort)
      return passToNodePort(server, { call, client, raw, node, wanted, path }, later);
    const show = ({ code = 200, contentType, body, isBinary = false }: KubeletPage, when: Step) => {
      const out = client.openText(when, () => {}, { code, contentType, isBinary });
      out.write(body, when, () => {});
      out.end(when);
    };
    askKubelet(server, { call, node, path: path.rest.split("?")[0] || "/", show }, later);
  });
}

/** Answers a question to a kubelet. */
export function askKubelet(server: Server, question: PageQuestion, step: Step) {
  const { node, path, show } = question;
  if (serveKubeletSession(server, question, step)) return;
  const measured = usagePaths.find((each) => each === path || `${each}/` === path);
  if (measured) return showUsage(server, { ...question, path: measured }, step);
  if (isOwnPage(path) || (question.isDirect && path === "/healthz")) return showOwn(server, question, step);
  show(kubeletPage(node, path) ?? { code: 404, contentType: plainText, body: "404 page not found\n" }, step);
}

const plainText = "text/plain; charset=utf-8";

function unreachable(why: string): Status {
  return serviceUnavailable(`error trying to reach service: ${why}`);
}

/** What is asked of a node's kubelet, and how it answers; a refusal goes to who called. */
export interface PageQuestion {
  readonly call: Call;
  readonly node: Frozen<Node>;
  readonly path: string;
  /** It has come to the kubelet itself, which answers for its health only while it is there. Default false. */
  readonly isDirect?: boolean;
  show(page: KubeletPage, step: Step): void;
}

interface UsageQuestion extends PageQuestion {
  readonly path: (typeof usagePaths)[number];
}

/** Which pods a kubelet has by itself, and from where, nobody else knows. */
function showOwn({ input, asks }: Server, { call, node, path, show }: PageQuestion, step: Step): void {
  const { name } = node.metadata;
  const silent = unreachable(`the kubelet of node ${name} does not answer`);
  if (input.kubelets === undefined) {
    respondStatus(call, step, silent);
    return;
  }
  const ask = step.ask(`${input.kubelets}${name}`, { type: "kubelet.pods" } satisfies AskPods, kubeletMsMax);
  asks.wait<KubeletPods>(ask, (answer, later) => {
    const page = answer.ok ? kubeletPage(node, path, answer.value) : undefined;
    if (page) show(page, later);
    else respondStatus(call, later, silent);
  });
}

/** What the pods of a node use only its kubelet can say. */
function showUsage(server: Server, { call, node, path, show }: UsageQuestion, step: Step) {
  const { name } = node.metadata;
  const done: UsageThen = (found, later) => {
    const usage = found.get(name);
    if (!usage) respondStatus(call, later, unreachable(`the kubelet of node ${name} does not answer`));
    else if (path === "/runningpods") show(runningPods(server, usage), later);
    else show(usagePage(path, { node, usage, nowMs: later.nowMs }), later);
  };
  const isWithVolumes = path === "/stats/summary" || path === "/metrics";
  nodeUsage(server, { nodes: [name], done, isWithVolumes }, step);
}
