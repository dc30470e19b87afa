import type { Address, AnswerHeaders, Step } from "../../../runtime/mod.ts";
import { type HttpClientSink, httpClient } from "../../network/http/http_client.ts";
import type { HttpHeader, HttpResponseHead } from "../../network/http/http_message.ts";
import type { StreamPurpose } from "../../network/streams.ts";
import type { ClientSide, TextOut } from "../streams/client_side.ts";
import {
  closeStream,
  type Failure,
  type KubeletStream,
  type KubeletStreams,
  openStream,
  type Refusal,
  takeFrom,
  writeStream,
} from "../streams/kubelet_streams.ts";
import { type LinkRewriter, linkRewriter } from "./links.ts";
import type { ProxiedRequest } from "./proxied_request.ts";
import { type LinkPlace, rewritten } from "./rewritten.ts";
import { tlsGreeting } from "./tls_greeting.ts";

/** Somebody in a pod who is asked in a client's place. */
export interface ProxyTarget extends LinkPlace {
  readonly kubelet: Address;
  readonly purpose: StreamPurpose;
  /** It is asked by TLS. Default: plain. */
  readonly isTls?: boolean;
}

/** A request, whom to ask, and whom to tell. */
export interface Proxying {
  readonly client: ClientSide;
  readonly target: ProxyTarget;
  readonly request: ProxiedRequest;
  /** Nothing has been answered, and nothing will be: why. */
  failed(why: Refusal | Failure | string, step: Step): void;
}

const ofOneHop: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "content-length"],
]);

/** Asks somebody in a pod in a client's place, and hands on what it answers as it comes. */
export function proxyThrough(streams: KubeletStreams, { client, target, request, failed }: Proxying, step: Step) {
  let now = step;
  let out: TextOut | undefined;
  let isOver = false;
  let links: LinkRewriter | undefined;
  let greeting = target.isTls ? tlsGreeting() : undefined;

  function over() {
    isOver = true;
    closeStream(streams, stream, now);
  }

  function give(why: Refusal | Failure | string) {
    if (isOver) return;
    over();
    if (out) out.abort(now);
    else failed(why, now);
  }

  const sink: HttpClientSink = {
    head(head) {
      const isPage = /^text\/html\b/i.test(headerText(head.headers, "content-type"));
      if (isPage && headerText(head.headers, "content-encoding") === "") links = linkRewriter(target);
      out = client.openText(now, () => over(), {
        code: head.status,
        headers: passedHeaders(head, target),
        contentType: headerText(head.headers, "content-type"),
        isBinary: true,
      });
    },
    chunk(data) {
      const { length } = data;
      const shown = links ? links.write(data) : data;
      if (shown === "") takeFrom(stream, now, length);
      else out?.write(shown, now, (later) => takeFrom(stream, later, length));
    },
    end() {
      if (isOver) return;
      over();
      const rest = links?.end() ?? "";
      if (rest !== "") out?.write(rest, now, () => {});
      out?.end(now);
    },
    failed: (message) => give(message),
    write: (data) => writeStream(stream, now, { channel: "data", data, taken: () => {} }),
    used: (bytes) => takeFrom(stream, now, bytes),
  };
  const http = httpClient(sink);

  function ask() {
    const { method, target: path, headers, body } = request;
    http.request({ method, target: path, host: target.host, headers, ...(body === undefined ? {} : { body }) });
  }

  function greet(data: string) {
    const greeted = greeting?.receive(data) ?? { kind: "greeted", rest: data };
    const rest = greeted.kind === "greeted" ? greeted.rest : "";
    takeFrom(stream, now, data.length - rest.length);
    if (greeted.kind === "failed") return give(greeted.why);
    if (greeted.kind === "part") return;
    greeting = undefined;
    ask();
    if (rest !== "") http.receive(rest);
  }

  const stream: KubeletStream = openStream(streams, step, {
    kubelet: target.kubelet,
    purpose: target.purpose,
    client: {
      opened(later) {
        now = later;
        if (greeting) writeStream(stream, now, { channel: "data", data: greeting.hello, taken: () => {} });
        else ask();
      },
      refused(refusal, later) {
        now = later;
        give(refusal);
      },
      data(_channel, data, later) {
        now = later;
        if (greeting) greet(data);
        else http.receive(data);
      },
      ended(later) {
        now = later;
        http.receiveEnd();
      },
      closed({ error }, later) {
        now = later;
        if (error === undefined) http.receiveEnd();
        give(error ?? "EOF");
      },
    },
  });
}

/** A header's value, by its name in lower case; empty when there is none. */
export function headerText(headers: readonly HttpHeader[], name: string): string {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
}

/** What of the head of an answer concerns the client, too. */
export function passedHeaders({ headers }: Pick<HttpResponseHead, "headers">, place: LinkPlace): AnswerHeaders {
  const passed = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (ofOneHop.has(lower) || lower === "content-type") continue;
    const shown = lower === "location" ? rewritten(value, place) : value;
    const known = passed.get(name);
    if (known) known.push(shown);
    else passed.set(name, [shown]);
  }
  // Of all headers a cookie's alone cannot be written in one line (RFC 6265, 3).
  const values = (name: string, all: string[]) =>
    name.toLowerCase() === "set-cookie" && all.length > 1 ? all : all.join(", ");
  return Object.fromEntries([...passed].map(([name, all]) => [name, values(name, all)]));
}
