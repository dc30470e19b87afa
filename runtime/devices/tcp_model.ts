import type { Message } from "../core/actor.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import type { TcpAnswer, TcpMessage, TcpRequest } from "./messages.ts";
import type { TcpClient } from "./tcp_client.ts";
import { type ModelListener, openModelConnection, type ServedConnection } from "./tcp_model_connection.ts";
import { connectionGone, notListening, tcpNeeds } from "./tcp_rules.ts";

/** The outside of a simulated cluster, as far as it speaks TCP: what tests and scenarios hold. */
export interface TcpModel extends DeviceDefinition {
  /** Opens a connection; what becomes of it is in its state, as virtual time passes. */
  connect(host: string, port: number): TcpClient;
  /** Another process has a port until the result is called: actors cannot listen there. */
  occupy(host: string, port: number): () => void;
}

/** How the virtual network behaves. */
export interface TcpModelOptions {
  /** How long bytes are under way. Default 0.2. */
  readonly latencyMs?: number;
}

const portFirst = 40_000;

/** Makes virtual TCP; actors listen on it through the device `tcp`. */
export function tcpModel({ latencyMs = 0.2 }: TcpModelOptions = {}): TcpModel {
  /** Undefined where another process listens. */
  const listeners = new Map<string, ModelListener | undefined>();
  let portNext = portFirst;
  let clientPortNext = portFirst;

  function open(context: DeviceContext): Device {
    const own = new Set<string>();
    const connections = new Map<number, ServedConnection>();
    let ids = 0;
    const push = (message: TcpMessage) => context.push(message as Message);

    function listen({ host, port: asked }: TcpRequest & { readonly op: "listen" }): TcpAnswer {
      const port = asked === 0 ? portNext++ : asked;
      const key = `${host}:${port}`;
      if (listeners.has(key)) {
        return { ok: false, code: "EADDRINUSE", message: `listen EADDRINUSE: address already in use ${key}` };
      }
      own.add(key);
      listeners.set(key, {
        host,
        port,
        context,
        push,
        add(served) {
          connections.set(++ids, served);
          return ids;
        },
        remove: (connection) => void connections.delete(connection),
      });
      return { ok: true, port };
    }

    function close(request: TcpRequest & { readonly op: "close" }): TcpAnswer {
      const key = `${request.host}:${request.port}`;
      if (!own.delete(key)) return notListening(request);
      listeners.delete(key);
      return { ok: true };
    }

    return {
      request(any, done) {
        const request = any as TcpRequest;
        if (request.op === "listen") return done(listen(request));
        if (request.op === "close") return done(close(request));
        const served = connections.get(request.connection);
        if (!served) return done(connectionGone(request));
        if (request.op === "write") return served.write(request.data, () => done({ ok: true }));
        if (request.op === "end") served.end();
        if (request.op === "reset") served.reset();
        if (request.op === "take") served.take(request.bytes);
        done({ ok: true });
      },
      close() {
        for (const key of own) listeners.delete(key);
        for (const served of connections.values()) served.abandon();
        connections.clear();
      },
    };
  }

  return {
    name: "tcp",
    needs: tcpNeeds,
    open,
    connect(host, port) {
      const key = `${host}:${port}`;
      const from = { ip: host, port: clientPortNext++ };
      return openModelConnection({
        listener: listeners.get(key),
        isStill: (each) => listeners.get(key) === each,
        from,
        latencyMs,
      });
    },
    occupy(host, port) {
      const key = `${host}:${port}`;
      if (listeners.has(key)) throw new Error(`Cannot occupy ${key}: somebody listens there`);
      listeners.set(key, undefined);
      return () => void (listeners.get(key) === undefined && listeners.delete(key));
    },
  };
}
