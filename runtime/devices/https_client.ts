import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { Agent, request as send } from "node:https";
import type { Socket } from "node:net";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import { httpsFailures, httpsNeeds, httpsPath, httpsTarget } from "./https_client_rules.ts";
import { createHttpsStreams } from "./https_streams.ts";
import type { HttpsAnswer, HttpsFailure, HttpsRequest, HttpsStreamRequest } from "./messages.ts";

const socketsMax = 256;
const idleMs = 30_000;

/** The real `https` device: a client that keeps its connections, and never waits longer than it was told. */
export const httpsClient: DeviceDefinition = {
  name: "https",
  needs: httpsNeeds,
  open(context): Device {
    const agent = new Agent({ keepAlive: true, maxSockets: socketsMax, timeout: idleMs });
    const streams = createHttpsStreams();
    return {
      request(any, done) {
        const request = any as HttpsRequest | HttpsStreamRequest;
        if (!("op" in request)) {
          const read = (response: IncomingMessage, finish: (answer: HttpsAnswer) => void) =>
            readWhole(response, { request, finish });
          return ask({ agent, context, request, read, done, isFirst: true });
        }
        if (request.op !== "open") return streams.serve(request, done);
        const { begin: read, switched } = streams;
        // What goes on with another protocol carries no further requests, and so is no connection to keep.
        ask({ agent, context, request, read, switched, done, isFirst: !request.upgrades });
      },
      close() {
        streams.close();
        agent.destroy();
      },
    };
  },
};

type Asked = HttpsRequest | Extract<HttpsStreamRequest, { readonly op: "open" }>;

interface Asking<Answer> {
  readonly agent: Agent;
  readonly context: DeviceContext;
  readonly request: Asked;
  /** What becomes of a response that has begun. */
  readonly read: (response: IncomingMessage, finish: (answer: Answer) => void) => void;
  readonly done: (answer: Answer | HttpsFailure) => void;
  /** What becomes of a connection that goes on with another protocol, whether or not that was asked for. Default: it ends. */
  readonly switched?: (
    response: IncomingMessage,
    connection: { readonly socket: Socket; readonly first: Buffer },
    finish: (answer: Answer) => void,
  ) => void;
  /** A connection that was kept may have been closed by the other side meanwhile: once more, then, on a new one. */
  readonly isFirst: boolean;
}

function ask<Answer extends { readonly ok: boolean }>(asking: Asking<Answer>): void {
  const { agent, context, request, isFirst } = asking;
  const { host, port } = httpsTarget(request);
  const url = new URL(request.url);
  let out: ClientRequest;
  let isOver = false;
  const finish = (answer: Answer | HttpsFailure) => {
    if (isOver) return;
    isOver = true;
    asking.done(answer);
    if (!answer.ok) out?.destroy();
  };
  try {
    out = send({
      ...{ agent: isFirst ? agent : false, host, port, method: request.method, path: httpsPath(request.url) },
      headers: { ...(request.headers as OutgoingHttpHeaders), host: url.host },
      servername: /^[\d.]+$|:/.test(url.hostname) ? "" : url.hostname,
      ...(request.ca === undefined ? {} : { ca: request.ca }),
      ...(request.isUnverified ? { rejectUnauthorized: false } : {}),
      ...request.client,
    });
  } catch (error) {
    // A certificate that cannot be read is the caller's.
    asking.done(failureOf(error as NodeJS.ErrnoException));
    return;
  }
  context.after(request.timeoutMs, () => finish(httpsFailures.tooSlow));
  out.on("error", (error: NodeJS.ErrnoException) => {
    if (isFirst && !isOver && out.reusedSocket && error.code === "ECONNRESET") {
      isOver = true;
      ask({ ...asking, isFirst: false });
      return;
    }
    finish(failureOf(error));
  });
  out.on("response", (response: IncomingMessage) => asking.read(response, finish));
  out.on("upgrade", (response: IncomingMessage, socket: Socket, first: Buffer) => {
    if (!isOver && asking.switched) return asking.switched(response, { socket, first }, finish);
    socket.destroy();
    finish(httpsFailures.closed);
  });
  const isBytes = "op" in request;
  if (request.body === undefined && isBytes) out.end();
  else out.end(request.body ?? "", isBytes ? "latin1" : "utf8");
}

interface Reading {
  readonly request: HttpsRequest;
  finish(answer: HttpsAnswer): void;
}

function readWhole(response: IncomingMessage, { request, finish }: Reading): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > request.bytesMax) finish(httpsFailures.tooLong);
    else chunks.push(chunk);
  });
  response.on("aborted", () => finish(httpsFailures.closed));
  response.on("error", (error) => finish(failureOf(error)));
  response.on("end", () =>
    finish({ ok: true, code: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
  );
}

function failureOf({ code = "EUNKNOWN", message }: NodeJS.ErrnoException): HttpsFailure {
  return { ok: false, code, message };
}
