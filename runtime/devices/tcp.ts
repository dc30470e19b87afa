import { createRequire } from "node:module";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Message } from "../core/actor.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import type { TcpAnswer, TcpMessage, TcpRequest } from "./messages.ts";
import { resetSocket } from "./tcp_reset.ts";
import { connectionGone, notListening, tcpNeeds, tcpWindowBytes } from "./tcp_rules.ts";

type Listen = TcpRequest & { readonly op: "listen" };
type Close = TcpRequest & { readonly op: "close" };
type OnConnection = Exclude<TcpRequest, Listen | Close>;

interface Connection {
  readonly socket: Socket;
  /** Pushed and not taken yet, in bytes. */
  untaken: number;
}

/** More open connections on a port than this are closed at the door: what an actor is pushed has no other bound. */
const connectionsMax = 10_000;

/** Loaded on use: a worker whose actors do not listen does without it. */
const load = createRequire(import.meta.url);
const net = () => load("node:net") as typeof import("node:net");

/** Raw TCP servers as a device: bytes come as messages, and go as requests to the device. */
export const tcp: DeviceDefinition = { name: "tcp", needs: tcpNeeds, open };

function open(context: DeviceContext): Device {
  const servers = new Map<string, Server>();
  const connections = new Map<number, Connection>();
  let ids = 0;
  let isOver = false;
  const push = (message: TcpMessage) => isOver || context.push(message as Message);

  function admit(socket: Socket, at: { readonly host: string; readonly port: number }) {
    const connection = ++ids;
    const held: Connection = { socket, untaken: 0 };
    connections.set(connection, held);
    const from = { ip: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    push({ type: "tcp.opened", connection, ...at, from });
    let isBroken = false;
    socket.on("data", (chunk) => {
      held.untaken += chunk.length;
      if (held.untaken >= tcpWindowBytes) socket.pause();
      push({ type: "tcp.data", connection, data: chunk.toString("latin1") });
    });
    socket.on("end", () => push({ type: "tcp.ended", connection }));
    socket.on("error", () => {
      isBroken = true;
    });
    socket.on("close", () => {
      if (connections.delete(connection)) push({ type: "tcp.closed", connection, isBroken });
    });
  }

  function listen({ host, port }: Listen, done: (answer: TcpAnswer) => void) {
    const server = net().createServer({ allowHalfOpen: true, noDelay: true });
    server.maxConnections = connectionsMax;
    server.once("error", (error) => done(failure(error)));
    server.listen({ host, port }, () => {
      const bound = (server.address() as AddressInfo).port;
      if (isOver) {
        server.close();
        return;
      }
      servers.set(`${host}:${bound}`, server);
      // What accepting one connection fails with concerns no other.
      server.removeAllListeners("error").on("error", () => {});
      server.on("connection", (socket) => admit(socket, { host, port: bound }));
      done({ ok: true, port: bound });
    });
  }

  function close(request: Close): TcpAnswer {
    const key = `${request.host}:${request.port}`;
    const server = servers.get(key);
    if (!server) return notListening(request);
    servers.delete(key);
    server.close();
    return { ok: true };
  }

  function serve(request: OnConnection, done: (answer: TcpAnswer) => void) {
    const held = connections.get(request.connection);
    if (!held) return done(connectionGone(request));
    const { socket } = held;
    switch (request.op) {
      case "write":
        socket.write(request.data, "latin1", (error) => done(error ? failure(error) : { ok: true }));
        return;
      case "end":
        socket.end();
        break;
      case "reset":
        connections.delete(request.connection);
        resetSocket(socket);
        break;
      case "take":
        held.untaken -= request.bytes;
        if (held.untaken < tcpWindowBytes && socket.isPaused()) socket.resume();
    }
    done({ ok: true });
  }

  return {
    request(any, done) {
      const request = any as TcpRequest;
      if (request.op === "listen") listen(request, done);
      else if (request.op === "close") done(close(request));
      else serve(request, done);
    },
    close() {
      isOver = true;
      for (const server of servers.values()) server.close();
      for (const { socket } of connections.values()) resetSocket(socket);
      servers.clear();
      connections.clear();
    },
  };
}

function failure(error: Error): TcpAnswer {
  const { code = "EIO", message } = error as NodeJS.ErrnoException;
  return { ok: false, code, message };
}
