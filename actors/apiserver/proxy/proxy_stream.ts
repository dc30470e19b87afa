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
import { type FarEnd, openTunnel, type Tunnel } from "./tunnel.ts";
import { refusedHeaders, refusedUpgradeMs, switchFault } from "./upgrades.ts";

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
  failed(why: ProxyFailure, step: Step): void;
}

/** Why somebody in a pod has not answered. */
export type ProxyFailure = Refusal | Failure | BadSwitch | string;

/** It has answered, and gone on with a protocol that nobody asked for, or not with the one that was. */
export interface BadSwitch {
  readonly badSwitch: string;
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
  let tunnel: Tunnel | undefined;
  const { upgrades = false } = request;
  const answered = client.whenGone((later) => over(later));

  function over(later = now) {
    isOver = true;
    closeStream(streams, stream, later);
  }

  function give(why: ProxyFailure) {
    if (isOver) return;
    if (tunnel) return tunnel.ended(now);
    over();
    if (out) return out.abort(now);
    answered();
    failed(why, now);
  }

  const far: FarEnd = {
    write: (data, later, taken) => writeStream(stream, later, { channel: "data", data, taken }),
    close: (later) => over(later),
  };

  /** Begins what the client is answered with. */
  function begin(head: HttpResponseHead) {
    const { status: code, headers } = head;
    if (code === 101) {
      tunnel = openTunnel({ client, headers, far, alarms: streams.owing }, now);
      return;
    }
    const contentType = headerText(headers, "content-type");
    const more = upgrades
      ? { headers: joinedHeaders(refusedHeaders(headers)), withinMs: refusedUpgradeMs }
      : { headers: passedHeaders(head, target) };
    const isPage = /^text\/html\b/i.test(contentType) && headerText(headers, "content-encoding") === "";
    if (isPage && !upgrades) links = linkRewriter(target);
    out = client.openText(now, (later) => over(later), { code, ...more, contentType, isBinary: true });
  }

  const sink: HttpClientSink = {
    head(head) {
      if (isOver) return;
      const badSwitch = switchFault(head, upgrades);
      if (badSwitch === undefined) begin(head);
      else give({ badSwitch });
    },
    chunk(data) {
      const { length } = data;
      if (tunnel) return tunnel.receive(data, now, (later) => takeFrom(stream, later, length));
      const shown = links ? links.write(data) : data;
      if (shown === "") takeFrom(stream, now, length);
      else out?.write(shown, now, (later) => takeFrom(stream, later, length));
    },
    end() {
      if (isOver) return;
      if (tunnel) return tunnel.ended(now);
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
    http.request({
      method,
      target: path,
      host: target.host,
      headers,
      upgrades,
      ...(body === undefined ? {} : { body }),
    });
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
  const passed: HttpHeader[] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (ofOneHop.has(lower) || lower === "content-type") continue;
    passed.push([name, lower === "location" ? rewritten(value, place) : value]);
  }
  return joinedHeaders(passed);
}

/** Headers by their names, as the device takes them. */
export function joinedHeaders(headers: readonly HttpHeader[]): AnswerHeaders {
  const passed = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const known = passed.get(name);
    if (known) known.push(value);
    else passed.set(name, [value]);
  }
  // Of all headers a cookie's alone cannot be written in one line (RFC 6265, 3).
  const values = (name: string, all: string[]) =>
    name.toLowerCase() === "set-cookie" && all.length > 1 ? all : all.join(", ");
  return Object.fromEntries([...passed].map(([name, all]) => [name, values(name, all)]));
}
