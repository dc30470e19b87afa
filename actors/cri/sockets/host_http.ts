import { present } from "../../kit/present.ts";
import { textOfBytes } from "../../network/http/byte_text.ts";
import { httpClient } from "../../network/http/http_client.ts";
import { headerOf } from "../../network/http/http_message.ts";
import type { HostHttpAnswer, SocketErrorCode, SocketRequest } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import type { SocketOwner } from "./open_socket.ts";
import { type ClientSecurity, connectSecurely } from "./secure.ts";
import type { Sockets } from "./sockets.ts";

/** A prober reads no more of a body. */
const bodyBytesMax = 10 * 1024;

const causes: Readonly<Record<SocketErrorCode, string>> = {
  ECONNREFUSED: "connect: connection refused",
  ETIMEDOUT: "i/o timeout",
  EHOSTUNREACH: "connect: no route to host",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "server misbehaving",
};

/** Makes an HTTP GET from the node's own network; what goes wrong is told in the words of Go, as a kubelet does. */
export function hostHttp(
  node: RuntimeNode,
  sockets: Sockets,
  {
    request,
    done,
  }: { readonly request: Extract<SocketRequest, { op: "HostHttp" }>; readonly done: (answer: HostHttpAnswer) => void },
) {
  const { url, headers, timeoutMs } = request;
  let isOver = false;
  let head: { readonly status: number; readonly location: string | undefined } | undefined;
  let body = "";

  const end = (answer: HostHttpAnswer) => {
    if (isOver) return;
    isOver = true;
    done(answer);
  };
  const fail = (cause: string) => end({ ok: false, message: cause });
  const succeed = () => {
    if (!head) return;
    const { status, location } = head;
    end({ ok: true, status, body: textOfBytes(body), ...present({ location }) });
  };

  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isSecure = parsed?.protocol === "https:";
  if (!parsed || (parsed.protocol !== "http:" && !isSecure))
    return fail(`unsupported protocol scheme "${parsed?.protocol.slice(0, -1) ?? ""}"`);
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  const port = parsed.port === "" ? (isSecure ? 443 : 80) : Number(parsed.port);
  const place = `${parsed.hostname}:${port}`;

  const client = httpClient({
    head({ status, headers: answered }) {
      head = { status, location: headerOf(answered, "location") };
    },
    chunk(data) {
      body = (body + data).slice(0, bodyBytesMax);
      socket.taken(data.length);
      if (body.length < bodyBytesMax) return;
      succeed();
      socket.reset();
    },
    end() {
      succeed();
      socket.write("", true);
    },
    failed(message) {
      socket.reset();
      if (message === "other side closed") fail("EOF");
      else if (message === "terminated") fail("unexpected EOF");
      else fail(`net/http: HTTP/1.x transport connection broken: malformed HTTP response`);
    },
    write: (data) => socket.write(data, false),
    used: (bytes) => socket.taken(bytes),
  });
  const owner: SocketOwner = {
    connected: () =>
      client.request({ method: "GET", target: parsed.pathname + parsed.search, host: parsed.host, headers }),
    data(data, isEnd) {
      if (data !== "") client.receive(data);
      if (isEnd) client.receiveEnd();
    },
    drained() {},
    reset: () => fail(`read tcp ${place}: read: connection reset by peer`),
    failed(code) {
      const isName = code === "ENOTFOUND" || code === "EAI_AGAIN";
      fail(isName ? `dial tcp: lookup ${host}: ${causes[code]}` : `dial tcp ${place}: ${causes[code]}`);
    },
  };
  const connect = (whose: SocketOwner) => sockets.connect({ host, port }, whose);
  // A kubelet looks at no certificate.
  const security: ClientSecurity = {
    ...{ serverName: host, judge: () => undefined },
    refused: () => fail("http: server gave HTTP response to HTTPS client"),
  };
  const socket = isSecure ? connectSecurely(connect, security, owner) : connect(owner);
  node.later(timeoutMs, () => {
    if (isOver) return;
    const where = head
      ? "(Client.Timeout or context cancellation while reading body)"
      : "(Client.Timeout exceeded while awaiting headers)";
    fail(`context deadline exceeded ${where}`);
    socket.reset();
  });
}
