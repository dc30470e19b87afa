import assert from "node:assert/strict";
import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { randomFrom } from "../../../runtime/core/random.ts";
import type { DeviceContext } from "../../../runtime/devices/device.ts";
import { https } from "../../../runtime/devices/https.ts";
import type { NetAnswer, NetMessage, NetRequest } from "../../../runtime/devices/messages.ts";

/** A request as the device tells it. */
export type Pushed = Extract<NetMessage, { type: "net.request" }>;

/** Opens the device for one test; `serve` answers what comes in. */
export async function withServer(
  body: (server: Server) => Promise<void>,
  tls?: { key: string; cert: string; clientCa: string },
  time: Pick<DeviceContext, "uptimeMs" | "after"> = {
    uptimeMs: () => performance.now(),
    after: (delayMs, run) => void setTimeout(run, delayMs),
  },
) {
  const pushed: NetMessage[] = [];
  const server: Server = {
    port: 0,
    pushed,
    onRequest: () => {},
    ask: (request) => new Promise((resolve) => device.request(request, (any) => resolve(any as NetAnswer), undefined)),
    close: () => device.close(false),
  };
  const device = https.open({
    address: "apiserver/0",
    incarnation: 0,
    permissions: {},
    random: randomFrom(1),
    ...time,
    push(message) {
      pushed.push(message as NetMessage);
      // The device hands over what it pushes before it looks at answers.
      if (message.type === "net.request") queueMicrotask(() => server.onRequest(message as Pushed));
    },
  });
  const answer = await server.ask({ op: "listen", host: "127.0.0.1", port: 0, ...(tls ? { tls } : {}) });
  assert.ok(answer.ok && answer.port);
  server.port = answer.port;
  try {
    await body(server);
  } finally {
    server.close();
  }
}

/** A device that listens, as a test holds it. */
export interface Server {
  port: number;
  readonly pushed: NetMessage[];
  onRequest: (request: Pushed) => void;
  ask(request: NetRequest): Promise<NetAnswer>;
  /** Its actor ends; again does no harm. */
  close(): void;
}

/** A whole answer. */
export interface Reply {
  readonly code: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** Asks on a connection of its own. */
export function call(
  server: Server,
  options: RequestOptions & { readonly body?: string | Uint8Array; readonly tls?: object },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const send = options.tls ? httpsRequest : httpRequest;
    const request = send(
      { host: "127.0.0.1", port: server.port, agent: false, ...options, ...options.tls },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            code: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    request.on("error", reject);
    request.end(options.body);
  });
}

/** The limits of tests that try none. */
export const limits = { bytesMax: 3 * 1024 * 1024, withinMs: 60_000 };

/** Reads the body of a request as its actor does. */
export async function bodyOf(server: Server, { exchange, hasBody }: Pushed): Promise<string> {
  const answer = hasBody ? await server.ask({ op: "read", exchange, ...limits }) : undefined;
  return answer?.ok ? (answer.body ?? "") : "";
}
