import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request as send } from "node:https";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import { httpsFailures, httpsNeeds, httpsTarget } from "./https_client_rules.ts";
import type { HttpsAnswer, HttpsRequest } from "./messages.ts";

const socketsMax = 256;
const idleMs = 30_000;

/** The real `https` device: a client that keeps its connections, and never waits longer than it was told. */
export const httpsClient: DeviceDefinition = {
  name: "https",
  needs: httpsNeeds,
  open(context): Device {
    const agent = new Agent({ keepAlive: true, maxSockets: socketsMax, timeout: idleMs });
    return {
      request: (any, done) => ask({ agent, context, request: any as HttpsRequest, done, isFirst: true }),
      close: () => agent.destroy(),
    };
  },
};

interface Asking {
  readonly agent: Agent;
  readonly context: DeviceContext;
  readonly request: HttpsRequest;
  readonly done: (answer: HttpsAnswer) => void;
  /** A connection that was kept may have been closed by the other side meanwhile: once more, then, on a new one. */
  readonly isFirst: boolean;
}

function ask(asking: Asking): void {
  const { agent, context, request, isFirst } = asking;
  const { host, port } = httpsTarget(request);
  const url = new URL(request.url);
  let out: ClientRequest;
  let isOver = false;
  const finish = (answer: HttpsAnswer) => {
    if (isOver) return;
    isOver = true;
    asking.done(answer);
    if (!answer.ok) out?.destroy();
  };
  try {
    out = send({
      ...{ agent: isFirst ? agent : false, host, port, method: request.method, path: `${url.pathname}${url.search}` },
      headers: { ...request.headers, host: url.host },
      servername: /^[\d.]+$|:/.test(url.hostname) ? "" : url.hostname,
      ...(request.ca === undefined ? {} : { ca: request.ca }),
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
  out.on("response", (response: IncomingMessage) => read(response, { request, finish }));
  out.end(request.body ?? "");
}

interface Reading {
  readonly request: HttpsRequest;
  finish(answer: HttpsAnswer): void;
}

function read(response: IncomingMessage, { request, finish }: Reading): void {
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

function failureOf({ code = "EUNKNOWN", message }: NodeJS.ErrnoException): HttpsAnswer {
  return { ok: false, code, message };
}
