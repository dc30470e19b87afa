import type { Address, Step } from "../../../runtime/mod.ts";
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
import type { ProxiedRequest } from "./proxied_request.ts";

/** Somebody in a pod who is asked in a client's place. */
export interface ProxyTarget {
  readonly kubelet: Address;
  readonly purpose: StreamPurpose;
  /** How the other side is called in `Host`: `10.244.0.2:8080`. */
  readonly host: string;
  /** The path of the proxy, by which the other side's own links are found. */
  readonly prefix: string;
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
      out = client.openText(now, () => over(), {
        code: head.status,
        headers: passedHeaders(head, target),
        contentType: headerText(head.headers, "content-type"),
        isBinary: true,
      });
    },
    chunk(data) {
      const { length } = data;
      out?.write(data, now, (later) => takeFrom(stream, later, length));
    },
    end() {
      if (isOver) return;
      over();
      out?.end(now);
    },
    failed: (message) => give(message),
    write: (data) => writeStream(stream, now, { channel: "data", data, taken: () => {} }),
    used: (bytes) => takeFrom(stream, now, bytes),
  };
  const http = httpClient(sink);
  const stream: KubeletStream = openStream(streams, step, {
    kubelet: target.kubelet,
    purpose: target.purpose,
    client: {
      opened(later) {
        now = later;
        const { method, target: path, headers, body } = request;
        http.request({ method, target: path, host: target.host, headers, ...(body === undefined ? {} : { body }) });
      },
      refused(refusal, later) {
        now = later;
        give(refusal);
      },
      data(_channel, data, later) {
        now = later;
        http.receive(data);
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
export function passedHeaders(
  { headers }: Pick<HttpResponseHead, "headers">,
  { host, prefix }: Pick<ProxyTarget, "host" | "prefix">,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (ofOneHop.has(lower) || lower === "content-type") continue;
    const shown = lower === "location" ? rewritten(value, { host, prefix }) : value;
    passed[name] = passed[name] === undefined ? shown : `${passed[name]}, ${shown}`;
  }
  return passed;
}

/** A link of the other side's to itself, as it is found through the proxy. */
export function rewritten(location: string, { host, prefix }: Pick<ProxyTarget, "host" | "prefix">): string {
  const [, authority, path = ""] = /^(?:https?:\/\/([^/?#]*))?(.*)$/i.exec(location) ?? [];
  if (authority !== undefined && authority !== host) return location;
  const isRooted = path.startsWith("/") || authority !== undefined;
  if (!isRooted || path === prefix || path.startsWith(`${prefix}/`)) return location;
  return `${prefix}${path.startsWith("/") ? "" : "/"}${path}`;
}
