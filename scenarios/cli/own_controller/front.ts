import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect } from "node:tls";
import { clusterCredentials } from "../../cluster/certificates.ts";
import { type Endpoint, listenOn } from "../../cluster/front_door.ts";
import { type ClientRequest, requestOf } from "./exchange.ts";
import type { WatchGate } from "./watch_gate.ts";

/** What becomes of a request; what several faults say of one adds up. */
export interface Verdict {
  /** The connection is closed before the request reaches the cluster, or after it was carried out. */
  readonly close?: "before" | "after";
  /** It is answered so, and the cluster never hears of it. */
  readonly answer?: { readonly code: number; readonly reason: string; readonly message: string };
  /** It is asked with another query. */
  readonly query?: Readonly<Record<string, string>>;
}

/** An answer that came from the cluster. */
export interface FrontAnswer {
  readonly code: number;
  /** What was answered, when it is JSON and has an end. */
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire, looked at field by field
  readonly body?: any;
}

/** Who comes between the client and the cluster. */
export interface Interference {
  before(request: ClientRequest): Promise<Verdict>;
  /** The cluster has answered, the client does not know yet. */
  after(request: ClientRequest, answer: FrontAnswer): Promise<void>;
}

/** How a front is made. */
export interface FrontOptions {
  /** Where the cluster is, and whom to trust there. */
  readonly target: Endpoint & { readonly ca: string };
  readonly port: number;
  readonly gate: WatchGate;
  readonly interference: Interference;
}

/** A front before the API server, for one client alone. */
export interface Front extends Endpoint {
  /** Whom clients must trust. */
  readonly caCert: string;
  /** How many requests are being answered, without watches. */
  underWay(): number;
  /** Closes all connections, as a process that is killed does. */
  closeAll(): void;
  close(): Promise<void>;
}

const host = "127.0.0.1";
const goneMessage = "too old resource version: 1 (2)";

/** Opens a front: HTTPS with a certificate of its own; credentials pass through as they are. */
export async function openFront({ target, port, gate, interference }: FrontOptions): Promise<Front> {
  const { caCert, serving } = await clusterCredentials();
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set<Socket>();
  let underWay = 0;
  // Only HTTP/1.1: every client that speaks HTTP/2 speaks this as well.
  const server = createServer(serving, (incoming, outgoing) => {
    underWay++;
    serve(incoming, outgoing)
      .catch(() => outgoing.destroy())
      .finally(() => underWay--);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    tunnel(target, incoming, { socket, head });
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse) {
    const { method = "GET", url = "/" } = incoming;
    const body = await wholeOf(incoming);
    const asked = requestOf(method, url);
    const verdict = asked ? await interference.before(asked) : {};
    if (verdict.close === "before" || incoming.socket.destroyed) return void incoming.socket.destroy();
    if (verdict.answer) return answer(outgoing, verdict.answer);
    if (asked?.verb === "watch" && /[?&]resourceVersion=[1-9]/.test(url) && gate.isExpired(asked.resource)) {
      return answerGone(outgoing);
    }
    const from = await ask({ method, path: withQuery(url, verdict.query), headers: incoming.headers, body });
    if (asked?.verb === "watch" && from.statusCode === 200) {
      await interference.after(asked, { code: 200 });
      return relay(asked, from, outgoing);
    }
    const bytes = await wholeOf(from);
    if (asked) await interference.after(asked, { code: from.statusCode ?? 0, ...jsonOf(from, bytes) });
    if (verdict.close === "after" || outgoing.destroyed) return void incoming.socket.destroy();
    outgoing.writeHead(from.statusCode ?? 502, ownHeaders(from.headers));
    outgoing.end(bytes);
  }

  function ask({ method, path, headers, body }: Asked): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = httpsRequest({ ...target, method, path, agent, headers: askedHeaders(headers) }, resolve);
      sent.on("error", reject);
      sent.end(body);
    });
  }

  function relay(asked: ClientRequest, from: IncomingMessage, outgoing: ServerResponse) {
    outgoing.writeHead(200, ownHeaders(from.headers));
    outgoing.flushHeaders();
    const watch = gate.attach({
      resource: asked.resource,
      write: (line) => void outgoing.write(`${line}\n`),
      end: () => void outgoing.end(),
    });
    let rest = "";
    from.setEncoding("utf8").on("data", (text: string) => {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") watch.push(line);
    });
    from.on("error", () => outgoing.destroy()).on("end", () => outgoing.end());
    outgoing.on("close", () => {
      watch.closed();
      from.destroy();
    });
  }

  const bound = await listenOn(server, { host, port });
  const closeAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    ...{ host, port: bound, caCert, closeAll },
    underWay: () => underWay,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        closeAll();
        agent.destroy();
      }),
  };
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers come as JSON and as they are: what passes is read here. */
function askedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _connection, "accept-encoding": _encoding, "transfer-encoding": _transfer, ...kept } = headers;
  const accepted = (kept.accept ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "" && !/protobuf|cbor/.test(each));
  return { ...kept, accept: accepted.join(", ") || "application/json" };
}

function ownHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _connection, "transfer-encoding": _transfer, "content-length": _length, ...kept } = headers;
  return kept;
}

async function wholeOf(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function jsonOf(from: IncomingMessage, bytes: Buffer): { readonly body?: unknown } {
  if (!from.headers["content-type"]?.startsWith("application/json")) return {};
  try {
    return { body: JSON.parse(bytes.toString()) };
  } catch {
    return {};
  }
}

function withQuery(url: string, query: Readonly<Record<string, string>> | undefined): string {
  if (!query) return url;
  const [path = "", own = ""] = url.split("?", 2);
  const all = new URLSearchParams(own);
  for (const [key, value] of Object.entries(query)) all.set(key, value);
  return `${path}?${all}`;
}

function statusOf({ code, reason, message }: NonNullable<Verdict["answer"]>) {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
}

function answer(outgoing: ServerResponse, given: NonNullable<Verdict["answer"]>) {
  const retry = given.code === 429 ? { "retry-after": "1" } : {};
  outgoing.writeHead(given.code, { "content-type": "application/json", ...retry });
  outgoing.end(JSON.stringify(statusOf(given)));
}

/** As a real server says it: in the stream, not by the HTTP status. */
function answerGone(outgoing: ServerResponse) {
  outgoing.writeHead(200, { "content-type": "application/json" });
  const object = statusOf({ code: 410, reason: "Expired", message: goneMessage });
  outgoing.end(`${JSON.stringify({ type: "ERROR", object })}\n`);
}

/** Streams (exec, attach, port-forward) pass as bytes. */
function tunnel(
  target: FrontOptions["target"],
  incoming: IncomingMessage,
  { socket, head }: { socket: Socket; head: Buffer },
) {
  const onward = connect(target, () => {
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
    for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
      lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
    }
    onward.write(`${lines.join("\r\n")}\r\n\r\n`);
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  socket.on("error", () => onward.destroy()).on("close", () => onward.destroy());
}
