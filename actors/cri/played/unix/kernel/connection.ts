import type { Endpoint } from "../../../../network/endpoint.ts";
import type { TlsFault } from "../../../../network/tls/fault.ts";
import type { SocketErrorCode } from "../../../messages.ts";
import type { Socket, SocketOwner } from "../../../sockets/open_socket.ts";
import { acceptSecurely, connectSecurely, type ServerSecurity } from "../../../sockets/secure.ts";
import type { OpenFile } from "./open_file.ts";
import type { Process, Running, WaitList } from "./process.ts";

/** A connection of a process: what comes is read from its file, what is written to it goes out. */
export interface Connection extends OpenFile {
  /** The other end. */
  readonly remote: Endpoint;
  /** Nothing more is written: the other end reads to here. */
  shut(): void;
  /** Breaks it. */
  reset(): void;
  /** The other end has broken it. */
  isBroken(): boolean;
}

/** A port at which a process listens. */
export interface Listener extends OpenFile {
  /** The next who has come; `undefined` when there is nobody, and `readable` will tell. */
  accept(): Connection | undefined;
}

/** Why a connection could not be made. */
export interface ConnectFailure {
  readonly error: SocketErrorCode | "EPROTO";
  /** What is wrong with what the server shows. Default: it did not come to that. */
  readonly fault?: TlsFault;
}

/** By which names and authorities a server is trusted. */
export interface Secured {
  readonly serverName: string;
  /** Authorities as PEM texts. */
  readonly trusted: string;
  /** Whoever answers is trusted. Default false. */
  readonly trustsAll?: boolean;
}

/** Where a process connects to. */
export interface Destination extends Endpoint {
  /** With TLS. Default: plain. */
  readonly secured?: Secured;
}

/** How much may be written that is not under way. */
const unsentBytesMax = 65_536;
/** Who comes and is not accepted waits; more are turned away. */
const backlogMax = 4_096;

interface Held {
  readonly connection: Connection;
  readonly owner: SocketOwner;
  use(socket: Socket): void;
}

/** Makes a connection; its socket is given to it with `use`. */
function hold(
  { kernel }: Process,
  remote: Endpoint,
  ways: Pick<SocketOwner, "connected" | "failed"> & { readonly port?: number } = {},
): Held {
  const readable: WaitList = new Set();
  const writable: WaitList = new Set();
  let socket: Socket | undefined;
  let bytes = "";
  let unsent = 0;
  let isEnded = false;
  let isShut = false;
  let isBroken = false;
  let isClosed = false;

  /** What comes over the network is dealt with at once. */
  const tell = (list: WaitList) => {
    kernel.wake(list);
    kernel.run();
  };
  const shut = () => {
    if (!isShut && !isBroken) socket?.write("", true);
    isShut = true;
  };
  const connection: Connection = {
    ...{ holders: 0, canRead: true, canWrite: true, readable, writable, remote },
    ...(ways.port === undefined ? {} : { socket: { protocol: "tcp" as const, port: ways.port, remote } }),
    read(bytesMax) {
      if (bytes === "") return isEnded || isBroken ? "" : undefined;
      const piece = bytes.slice(0, bytesMax);
      bytes = bytes.slice(piece.length);
      socket?.taken(piece.length);
      return piece;
    },
    write(more) {
      if (isBroken || isShut) return { error: "EPIPE" };
      const piece = more.slice(0, Math.max(0, unsentBytesMax - unsent));
      unsent += piece.length;
      if (piece !== "") socket?.write(piece, false);
      return piece.length;
    },
    closed() {
      isClosed = true;
      if (isBroken) return;
      // As Linux does: what was sent and never read is answered with a reset.
      if (bytes !== "") socket?.reset();
      else socket?.abandon();
    },
    shut,
    reset() {
      if (!isBroken) socket?.reset();
      isBroken = true;
    },
    isBroken: () => isBroken,
  };
  return {
    connection,
    use(given) {
      socket = given;
    },
    owner: {
      data(data, end) {
        if (isClosed) return;
        bytes += data;
        isEnded ||= end;
        tell(readable);
      },
      drained() {
        unsent = 0;
        if (writable.size > 0) tell(writable);
      },
      reset() {
        isBroken = true;
        kernel.wake(writable);
        tell(readable);
      },
      ...ways,
    },
  };
}

/** Listens at a port, with TLS or plain; `undefined` when another process of the pod does. */
export function listenAt(self: Process, port: number, security?: ServerSecurity): Listener | undefined {
  const { kernel } = self;
  const readable: WaitList = new Set();
  const waiting: Connection[] = [];
  const take = (socket: Socket, from: Endpoint): SocketOwner => {
    const { connection, owner, use } = hold(self, from, { port });
    use(socket);
    if (waiting.length >= backlogMax) {
      connection.reset();
      return owner;
    }
    waiting.push(connection);
    kernel.wake(readable);
    kernel.run();
    return owner;
  };
  const stop = kernel.host.network.listen(port, (socket, from) =>
    security ? acceptSecurely(socket, security, () => take(socket, from)) : take(socket, from),
  );
  if (!stop) return undefined;
  return {
    ...{ holders: 0, canRead: false, canWrite: false, readable, socket: { protocol: "tcp", port } },
    read: () => "",
    write: () => ({ error: "EBADF" }),
    accept: () => waiting.shift(),
    closed() {
      stop();
      for (const connection of waiting) connection.reset();
    },
  };
}

/** Waits for the next who comes to a port. */
export function* accept(listener: Listener): Running<Connection> {
  for (;;) {
    const connection = listener.accept();
    if (connection) return connection;
    yield { on: listener.readable ? [listener.readable] : [] };
  }
}

/** Connects to an IP; gives up after `timeoutMs`. */
export function* connectTo(
  self: Process,
  { ip, port, secured }: Destination,
  timeoutMs = Number.POSITIVE_INFINITY,
): Running<Connection | ConnectFailure> {
  const { kernel } = self;
  const { uptimeMs, network } = kernel.host;
  const settled: WaitList = new Set();
  let outcome: "connected" | ConnectFailure["error"] | undefined;
  let fault: TlsFault | undefined;
  const settle = (how: "connected" | ConnectFailure["error"]) => {
    outcome = how;
    kernel.wake(settled);
    kernel.run();
  };
  const remote = { ip, port };
  const { connection, owner, use } = hold(self, remote, {
    connected: () => settle("connected"),
    failed: settle,
  });
  const connect = (whose: SocketOwner) => network.connect(remote, whose);
  const judge = ({ serverName, trusted, trustsAll = false }: Secured) => ({
    serverName,
    judge: (shown: string) =>
      trustsAll ? undefined : network.trust.judge({ shown, trusted, name: serverName, atMs: kernel.host.wallMs() }),
    refused(found: TlsFault) {
      fault = found;
      settle("EPROTO");
    },
  });
  use(secured ? connectSecurely(connect, judge(secured), owner) : connect(owner));
  const untilMs = uptimeMs() + timeoutMs;
  while (outcome === undefined) {
    if (uptimeMs() >= untilMs) {
      connection.reset();
      return { error: "ETIMEDOUT" };
    }
    yield { on: [settled], ...(Number.isFinite(untilMs) ? { untilMs } : {}) };
  }
  return outcome === "connected" ? connection : { error: outcome, ...(fault ? { fault } : {}) };
}

/** Whether no connection was made. */
export function hasNotConnected(outcome: Connection | ConnectFailure): outcome is ConnectFailure {
  return "error" in outcome;
}

/** Puts an open file under the next free descriptor of a process, which lets go of it when it ends. */
export function keepFile(self: Process, file: OpenFile): number {
  let descriptor = 3;
  while (self.files.has(descriptor)) descriptor++;
  file.holders++;
  self.files.set(descriptor, file);
  return descriptor;
}

/** Lets go of what is under a descriptor. */
export function closeFile(self: Process, descriptor: number): void {
  const file = self.files.get(descriptor);
  if (!file || !self.files.delete(descriptor)) return;
  file.holders--;
  if (file.holders === 0) file.closed?.();
}
