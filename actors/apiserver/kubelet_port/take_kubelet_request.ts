import type { Step } from "../../../runtime/mod.ts";
import { nodeRules as nodeKind } from "../../api/kinds/node.ts";
import type { Frozen, Node } from "../../api/types.ts";
import { authenticate } from "../authentication/_authenticate.ts";
import { clientSide } from "../http/outflow.ts";
import { respondHttp } from "../http/respond.ts";
import { parseUrl } from "../http/target.ts";
import type { User } from "../messages.ts";
import type { KubeletRequest } from "../pods_side/pods_side.ts";
import type { Call } from "../requests/call.ts";
import { uuid } from "../requests/uid.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import { askKubelet } from "../subresources/_node_proxy.ts";
import { kubeletRefusal } from "./rights_at_kubelet.ts";

const plainText = { contentType: "text/plain; charset=utf-8", isVerbatim: true } as const;
const anonymous = "system:anonymous";

/**
 * Answers in a kubelet's name who has come to its port 10250 from the network of pods: as kubelets do that ask their API
 * server who somebody is and what they may, and take nobody who does not say.
 */
export function takeKubeletRequest(server: Server, asked: KubeletRequest, step: Step) {
  const { exchange, headers, ip, method, url } = asked;
  const say = (code: number, body: string, later: Step) =>
    respondHttp(
      later,
      { exchange, isPerson: false, encoding: "json", auditId: uuid(later) },
      { code, body, ...plainText },
    );
  const parsed = parseUrl(url);
  const node = nodeAt(server, ip);
  if (!parsed) return say(400, "400 Bad Request", step);
  if (!node) return breakOff(exchange, step);
  authenticate(
    { shown: { headers }, server },
    (known, later) => {
      if (!known.ok || known.value.name === anonymous) return say(401, "Unauthorized", later);
      const user = known.value;
      const { path } = parsed;
      const refusal = kubeletRefusal(server.rights, { user, method, path, node: node.metadata.name });
      if (refusal !== undefined) return say(403, refusal, later);
      answer(server, { asked, node, user, path, query: parsed.query }, later);
    },
    step,
  );
}

interface Answering {
  readonly asked: KubeletRequest;
  readonly node: Frozen<Node>;
  readonly user: User;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

function answer(server: Server, { asked, node, user, path, query }: Answering, step: Step) {
  const { exchange, method, url, headers } = asked;
  const auditId = uuid(step);
  const client = clientSide(server.outflows, {
    ...{ exchange, auditId, upgrade: "" },
    // What kubelets are asked for has no body.
    raw: { method, url, headers, readBody: (later, done) => done({ ok: true, value: {} }, later) },
  });
  const call: Call = {
    ...{ user, query, client, kind: nodeKind, namespace: "", name: node.metadata.name },
    ...{ representation: "object", warnings: [], sinkName: "" },
    request: { type: "api.request", verb: "get", group: "", version: "v1", resource: "nodes" },
    openSink: () => {
      throw new Error("Cannot watch a kubelet: it has nothing to watch");
    },
    release() {},
    // A kubelet that is away answers nobody.
    respond: (later) => breakOff(exchange, later),
  };
  askKubelet(
    server,
    {
      ...{ call, node, path, isDirect: true },
      show({ code = 200, contentType, body, isBinary = false }, when) {
        const out = client.openText(when, () => {}, { code, contentType, isBinary });
        out.write(body, when, () => {});
        out.end(when);
      },
    },
    step,
  );
}

function breakOff(exchange: number, step: Step): void {
  step.device("net", { op: "abort", exchange });
}

function nodeAt(server: Server, ip: string): Frozen<Node> | undefined {
  for (const item of cacheOf(server, nodeKind).items.values()) {
    const found = objectOf(item) as Frozen<Node>;
    if (found.status.addresses?.some(({ address }) => address === ip)) return found;
  }
  return undefined;
}
