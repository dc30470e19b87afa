import { ok } from "../../kit/result.ts";
import type { Endpoint } from "../../network/endpoint.ts";
import { failedCall } from "../cri_answers.ts";
import type { SocketAnswer, SocketRequest } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import { nobody, type OpenSocket, openSocket, type Socket, type SocketOwner } from "./open_socket.ts";

/** Makes the owner of a connection that has come; the socket is its to use from then on. */
export type Accept = (socket: Socket, from: Endpoint) => SocketOwner;

/** Where to connect; without `sandbox` from the node's own network. */
export interface Destination {
  readonly sandbox?: string;
  readonly host: string;
  readonly port: number;
}

/** What is asked of sockets. */
export type SocketCall = Exclude<SocketRequest, { op: "HostHttp" }>;

/** The sockets of a node's processes. */
export interface Sockets {
  request(request: SocketCall, done: (answer: SocketAnswer) => void): void;
  connect(to: Destination, owner: SocketOwner): Socket;
  /** Listens on a port of a sandbox, or of the node; gives what ends it, `undefined` when another listens there. */
  listen(sandbox: string | undefined, port: number, accept: Accept): (() => void) | undefined;
  /** The ports of a sandbox, or of the node, at which somebody listens, in their order. */
  listening(sandbox: string | undefined): readonly number[];
  /** Takes a connection that has come, for an owner that asked elsewhere whether somebody listens. */
  adopt(number: number, owner: SocketOwner): Socket;
  /** Passes a connection on to who listens at a port now; `undefined`: nobody does. */
  pass(
    to: { readonly sandbox: string | undefined; readonly port: number },
    socket: Socket,
    from: Endpoint,
  ): SocketOwner | undefined;
}

/** Makes the sockets of a node; those that processes open have numbers below zero. */
export function createSockets(node: RuntimeNode): Sockets {
  const open = new Map<number, OpenSocket>();
  const listeners = new Map<string, Accept>();
  let opened = 0;

  function accept({ socket: number, sandbox, port, from }: Extract<SocketCall, { op: "SocketAccept" }>): SocketAnswer {
    const listener = listeners.get(keyOf(sandbox, port));
    if (!listener) return failedCall("UNAVAILABLE", "connection refused");
    const socket = openSocket({ node, open }, number, nobody);
    socket.owner = listener(socket, from);
    return ok({});
  }

  function tell(socket: OpenSocket, request: Exclude<SocketCall, { op: "SocketAccept" }>): SocketAnswer {
    const { owner } = socket;
    switch (request.op) {
      case "SocketData":
        return socket.receive(request.data, request.end);
      case "SocketTaken":
        socket.carried(request.bytes);
        return ok({});
      case "SocketConnected":
        owner.connected?.(request.to);
        return ok({});
      case "SocketFailed":
        open.delete(request.socket);
        owner.failed?.(request.code, request.message);
        return ok({});
      case "SocketReset":
        open.delete(request.socket);
        owner.reset();
        return ok({});
    }
  }

  return {
    request(request, done) {
      if (request.op === "SocketAccept") return done(accept(request));
      const socket = open.get(request.socket);
      done(socket ? tell(socket, request) : ok({}));
    },
    connect({ sandbox, host, port }, owner) {
      const number = -++opened;
      const socket = openSocket({ node, open }, number, owner);
      node.push({ type: "socket.connect", socket: number, ...(sandbox === undefined ? {} : { sandbox }), host, port });
      return socket;
    },
    listening: (sandbox) => portsIn(listeners.keys(), sandbox),
    adopt: (number, owner) => openSocket({ node, open }, number, owner),
    pass: ({ sandbox, port }, socket, from) => listeners.get(keyOf(sandbox, port))?.(socket, from),
    listen(sandbox, port, accept) {
      const key = keyOf(sandbox, port);
      if (listeners.has(key)) return undefined;
      listeners.set(key, accept);
      return () => {
        if (listeners.get(key) === accept) listeners.delete(key);
      };
    },
  };
}

/** The ports of a sandbox among keys of all. */
export function portsIn(keys: Iterable<string>, sandbox: string | undefined): readonly number[] {
  const prefix = keyOf(sandbox, "");
  return [...keys].flatMap((key) => (key.startsWith(prefix) ? [Number(key.slice(prefix.length))] : [])).sort(by);
}

const by = (a: number, b: number) => a - b;

function keyOf(sandbox: string | undefined, port: number | ""): string {
  return `${sandbox ?? ""}:${port}`;
}
