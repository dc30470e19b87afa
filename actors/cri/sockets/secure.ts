import type { Endpoint } from "../../network/endpoint.ts";
import type { TlsFault } from "../../network/tls/fault.ts";
import { type Hello, helloText, readHello } from "../../network/tls/hello.ts";
import { nobody, type Socket, type SocketOwner } from "./open_socket.ts";

/** How a client secures its connection. */
export interface ClientSecurity {
  readonly serverName: string;
  /** Looks at what the server shows; `undefined`: it is trusted. */
  judge(shown: string): TlsFault | undefined;
  /** The server is not trusted, or speaks no TLS; the connection is broken already. */
  refused(fault: TlsFault): void;
}

/**
 * Connects with TLS, as it is played in the cluster's network: the owner is told that it is connected when it trusts
 * the server.
 */
export function connectSecurely(
  connect: (owner: SocketOwner) => Socket,
  { serverName, judge, refused }: ClientSecurity,
  owner: SocketOwner,
): Socket {
  let greeting: string | undefined = "";
  let to: Endpoint | undefined;
  const socket = connect({
    connected(where) {
      to = where;
      socket.write(helloText({ serverName }), false);
    },
    data(data, end) {
      if (greeting === undefined) return owner.data(data, end);
      greeting += data;
      const read = readHello(greeting);
      if (read.kind === "part") return end ? giveUp(noTls) : undefined;
      const rest = greeting.slice(read.kind === "hello" ? read.size : greeting.length);
      socket.taken(greeting.length - rest.length);
      greeting = undefined;
      const fault = read.kind === "hello" ? faultOf(read.hello, judge) : noTls;
      if (fault) return giveUp(fault);
      owner.connected?.(to ?? { ip: serverName, port: 0 });
      if (rest !== "" || end) owner.data(rest, end);
    },
    drained: () => owner.drained(),
    reset: () => (greeting === undefined ? owner.reset() : refused(noTls)),
    over: () => owner.over?.(),
    failed: (code, message) => owner.failed?.(code, message),
  });

  function giveUp(fault: TlsFault) {
    greeting = undefined;
    socket.reset();
    refused(fault);
  }

  return socket;
}

const noTls: TlsFault = { code: "EPROTO", message: "the server speaks no TLS" };

function faultOf({ certificates = "", alert }: Hello, judge: ClientSecurity["judge"]): TlsFault | undefined {
  return alert === undefined ? judge(certificates) : { code: "EPROTO", message: alert };
}

/** How a server secures its connections. */
export interface ServerSecurity {
  /** What it shows, as PEM texts, by the name that the client asks for. */
  certificates(serverName: string | undefined): string;
  /** What it answers who speaks no TLS. Default: nothing, the connection breaks. */
  readonly plainAnswer?: string;
}

/** Takes a connection with TLS: `accept` hears of it when its client has said hello. */
export function acceptSecurely(
  socket: Socket,
  { certificates, plainAnswer }: ServerSecurity,
  accept: () => SocketOwner,
): SocketOwner {
  let greeting = "";
  let owner: SocketOwner | undefined;
  return {
    data(data, end) {
      if (owner) return owner.data(data, end);
      greeting += data;
      const read = readHello(greeting);
      if (read.kind === "part") return end ? socket.reset() : undefined;
      if (read.kind === "other") {
        socket.taken(greeting.length);
        owner = nobody;
        if (plainAnswer === undefined || greeting.startsWith("\x16")) return socket.reset();
        return socket.write(plainAnswer, true);
      }
      const rest = greeting.slice(read.size);
      socket.taken(read.size);
      socket.write(helloText({ certificates: certificates(read.hello.serverName) }), false);
      owner = accept();
      if (rest !== "" || end) owner.data(rest, end);
    },
    drained: () => owner?.drained(),
    reset: () => owner?.reset(),
    over: () => owner?.over?.(),
  };
}
