import { Agent, type RequestOptions, request } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";

/** Who a client shows to be. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

/** Where the API is that is attacked, and the certificate that its administrator has. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly credentials: Credentials;
}

/** A request in short. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a client does; what it has open ends with `close`. */
export interface Client {
  /** Resolves with the status; 0 where there was no answer. The body is handed over, or read and dropped. */
  send(ask: Ask, taken?: (chunk: Buffer) => void): Promise<number>;
  /** Begins a request and hands over the response as soon as its head is there; nobody reads its body. */
  open(ask: Ask, taken?: (chunk: Buffer) => void): void;
  close(): void;
}

const answerMsMax = 30_000;

/** A client with many connections, of an administrator or of a stranger. */
export function createClient({ host, port, ca, credentials }: Target, who: "stranger" | "admin"): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000, maxFreeSockets: 64 });
  const identity = who === "admin" ? credentials : {};
  const begin = ({ method = "GET", path, body, headers }: Ask, more: RequestOptions = {}) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const all = { "content-type": "application/json", ...length, ...headers };
    return request({ host, port, ca, ...identity, agent, method, path, headers: all, ...more });
  };
  return {
    send: (ask, taken = () => {}) =>
      new Promise((resolve) => {
        const sent = begin(ask, { timeout: answerMsMax }).on("response", (response) => {
          response.on("data", taken);
          response.on("close", () => resolve(response.complete ? (response.statusCode ?? 0) : 0));
        });
        sent.on("timeout", () => sent.destroy()).on("error", () => resolve(0));
        sent.end(ask.body);
      }),
    open(ask, taken) {
      const sent = begin(ask)
        .on("response", (response) => {
          response.on("error", () => {});
          if (taken) response.on("data", taken);
        })
        .on("error", () => {});
      sent.end(ask.body);
    },
    close: () => agent.destroy(),
  };
}

/** A bare connection, before any TLS. */
export function rawConnection({ host, port }: Target): Socket {
  return connectTcp({ host, port }).on("error", () => {});
}

/** A TLS connection on which anything can be said. */
export function tlsConnection(
  { host, port, ca, credentials }: Target,
  who: "stranger" | "admin",
  options: ConnectionOptions = {},
): TLSSocket {
  const identity = who === "admin" ? credentials : {};
  return connectTls({ host, port, ca, ...identity, ...options }).on("error", () => {});
}
