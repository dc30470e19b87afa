import type { Message } from "../core/actor.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import type { NetAnswer, NetRequest } from "./messages.ts";
import {
  connect,
  type Listener,
  type ModelCall,
  type ModelExchange,
  refusedExchange,
  type Served,
} from "./net_model_exchange.ts";
import { type ModelSocket, type ModelSocketCall, openSocket, refusedSocket } from "./net_model_socket.ts";
import { netNeeds } from "./net_rules.ts";

/** The network of a simulated cluster, as its tests hold it. */
export interface NetModel extends DeviceDefinition {
  call(call: ModelCall): ModelExchange;
  /** Asks for a WebSocket. */
  connect(call: ModelSocketCall): ModelSocket;
  /** Breaks all connections to that address. */
  reset(host: string, port: number): void;
}

/** How the virtual network behaves. */
export interface NetModelOptions {
  /** How long a request or a piece of a response is under way. Default 0.2. */
  readonly latencyMs?: number;
}

const portFirst = 30_000;

/** Makes a virtual network; actors listen on it through the device `net`. */
export function netModel({ latencyMs = 0.2 }: NetModelOptions = {}): NetModel {
  const listeners = new Map<string, Listener>();
  let portNext = portFirst;

  function open(context: DeviceContext): Device {
    const own = new Set<string>();
    const exchanges = new Map<number, Served>();
    let ids = 0;

    function listen(request: NetRequest & { op: "listen" }): NetAnswer {
      const port = request.port === 0 ? portNext++ : request.port;
      const key = `${request.host}:${port}`;
      if (listeners.has(key))
        return { ok: false, code: "EADDRINUSE", message: `listen EADDRINUSE: address already in use ${key}` };
      own.add(key);
      listeners.set(key, { key, context, exchanges, nextId: () => ++ids });
      return { ok: true, port };
    }

    function serve(request: Exclude<NetRequest, { op: "listen" | "usage" }>): NetAnswer {
      const { exchange, op } = request;
      const served = exchanges.get(exchange);
      if (!served)
        return { ok: false, code: "ECONNRESET", message: `Cannot ${op} exchange ${exchange}: its client is gone` };
      let bufferedBytes = 0;
      switch (request.op) {
        case "read":
          return served.read(request.bytesMax);
        case "respond":
          served.respond(request.code, request.headers);
          if (request.body !== "") bufferedBytes = served.write(request.body);
          break;
        case "write":
          bufferedBytes = served.write(request.chunk);
          break;
        case "end":
        case "abort":
          break;
        default:
          if (!served.socket)
            return { ok: false, code: "EINVAL", message: `Cannot ${op} exchange ${exchange}: it is no WebSocket` };
          bufferedBytes = served.socket(request);
          break;
      }
      if (op === "close" || op === "abort") {
        exchanges.delete(exchange);
        if (op === "abort") served.reset();
      }
      if (op === "end" || (op === "respond" && request.end)) {
        exchanges.delete(exchange);
        served.end();
      }
      return { ok: true, bufferedBytes };
    }

    return {
      request(any, done) {
        const request = any as NetRequest;
        const answer: NetAnswer =
          request.op === "listen" ? listen(request) : request.op === "usage" ? { ok: true } : serve(request);
        context.after(0, () => done(answer));
      },
      close() {
        for (const key of own) listeners.delete(key);
        for (const served of exchanges.values()) served.reset();
        exchanges.clear();
      },
    };
  }

  function call(request: ModelCall): ModelExchange {
    const listener = listeners.get(`${request.host}:${request.port}`);
    return listener ? connect(listener, request, latencyMs).client : refusedExchange;
  }

  function reset(host: string, port: number) {
    const listener = listeners.get(`${host}:${port}`);
    if (!listener) return;
    for (const [exchange, served] of listener.exchanges) {
      served.reset();
      listener.context.push({ type: "net.closed", exchange } as Message);
    }
    listener.exchanges.clear();
  }

  function connectTo(request: ModelSocketCall): ModelSocket {
    const listener = listeners.get(`${request.host}:${request.port}`);
    return listener ? openSocket(listener, request, latencyMs) : refusedSocket;
  }

  return { name: "net", needs: netNeeds, open, call, connect: connectTo, reset };
}
