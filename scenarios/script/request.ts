import type { Frozen, Service } from "../../actors/api/types.ts";
import type { TcpClient } from "../../runtime/devices/tcp_client.ts";
import { ConnectionFailed } from "./connection_failed.ts";
import { type Duration, durationMs, tellMs } from "./duration.ts";
import { openExchange } from "./http_exchange.ts";

/** Where a request goes: a URL of 127.0.0.1 with a node port, or a Service that has one. */
export type RequestTarget = string | URL | ServiceTarget;

/** A Service, reached by its node port. */
export interface ServiceTarget {
  readonly service: string;
  /** Default `default`. */
  readonly namespace?: string;
  /** The name or number of one of its ports. Default: its first. */
  readonly port?: string | number;
  /** Default `/`. */
  readonly path?: string;
}

/** What is sent. */
export interface RequestInit {
  /** Default `GET`, with a body `POST`. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text as it is, an object as JSON. Default: none. */
  readonly body?: string | object;
  /** How long it may take, from connecting to the last byte, in the cluster's time. Default `10s`. */
  readonly timeout?: Duration;
}

/** What was answered. */
export interface RequestAnswer {
  readonly status: number;
  readonly headers: Headers;
  text(): string;
  json<T = unknown>(): T;
}

/** How a script talks to what runs in a cluster. */
export interface Requests {
  /**
   * Sends an HTTP request from outside the cluster, over a connection of its own. Redirections are answers like any other.
   *
   * @throws ConnectionFailed when no answer comes
   *
   * @example
   * const { status } = await request({ service: "front-end", namespace: "shop", path: "/api/products" })
   */
  request(target: RequestTarget, init?: RequestInit): Promise<RequestAnswer>;
}

/** What requests are made of. */
export interface RequestsOptions {
  /** Opens a connection to a port of 127.0.0.1. */
  dial(to: { readonly port: number }): TcpClient;
  uptimeMs(): number;
  wait(ms: number): Promise<void>;
  getService(name: string, namespace: string): Promise<Frozen<Service>>;
}

const timeoutDefault: Duration = "10s";
/** Looks come less often the longer it takes: answers mostly wake it anyway. */
const lookMs = { first: 1, growth: 1.25, most: 50 };
const hosts = new Set(["127.0.0.1", "localhost"]);

interface Destination {
  readonly port: number;
  readonly host: string;
  /** `/cart?id=1`. */
  readonly path: string;
}

/** Gives a script its way to the services of a cluster. */
export function createRequests({ dial, uptimeMs, wait, getService }: RequestsOptions): Requests {
  async function destinationOf(target: RequestTarget): Promise<Destination> {
    if (typeof target === "string" || target instanceof URL) return destinationOfUrl(new URL(target));
    const { service, namespace = "default", port, path = "/" } = target;
    const nodePort = nodePortOf(await getService(service, namespace), port);
    return { port: nodePort, host: `127.0.0.1:${nodePort}`, path };
  }

  return {
    async request(target, init = {}) {
      const to = await destinationOf(target);
      const { method = init.body === undefined ? "GET" : "POST", timeout = timeoutDefault } = init;
      const attempt = `${method} http://${to.host}${to.path}`;
      const endsAtMs = uptimeMs() + durationMs(timeout);
      const exchange = openExchange(dial({ port: to.port }));
      exchange.send({ method, host: to.host, path: to.path, headers: init.headers, body: init.body });
      let pauseMs = lookMs.first;
      while (!exchange.isOver()) {
        const leftMs = endsAtMs - uptimeMs();
        if (leftMs <= 0) {
          exchange.giveUp();
          throw new ConnectionFailed(attempt, {
            code: "ETIMEDOUT",
            why: `no answer within ${tellMs(durationMs(timeout))}`,
          });
        }
        await Promise.race([wait(Math.min(pauseMs, leftMs)), exchange.over()]);
        pauseMs = Math.min(pauseMs * lookMs.growth, lookMs.most);
      }
      return exchange.answer(attempt);
    },
  };
}

function destinationOfUrl({ href, protocol, hostname, port, pathname, search }: URL): Destination {
  if (protocol !== "http:" || !hosts.has(hostname)) {
    throw new Error(
      `Cannot request ${href}: a cluster is reached from outside at its node ports, use http://127.0.0.1:PORT`,
    );
  }
  const number = port === "" ? 80 : Number(port);
  return { port: number, host: `${hostname}:${number}`, path: `${pathname}${search}` };
}

function nodePortOf({ metadata, spec }: Frozen<Service>, port: string | number | undefined): number {
  const ports = spec.ports ?? [];
  const found = port === undefined ? ports[0] : ports.find((each) => each.name === port || each.port === port);
  if (found?.nodePort) return found.nodePort;
  const which = port === undefined ? "it" : `its port ${port}`;
  throw new Error(`Cannot request service/${metadata.name}: ${which} has no node port, give it the type NodePort`);
}
