import { connect, createServer, type Server, type Socket } from "node:net";
import { InputError, messageOf } from "./input_error.ts";

/** Where something listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** One address before several servers: it stays when one of them goes. */
export interface FrontDoor extends Endpoint {
  close(): Promise<void>;
}

/** What a front door is made of. */
export interface FrontDoorOptions extends Endpoint {
  /** The servers behind it; connections are dealt out to those that live, in turn. */
  readonly backends: readonly Endpoint[];
  /** How long a client is kept waiting while no server answers. Default 5,000. */
  readonly patienceMs?: number;
}

const patienceMsDefault = 5_000;
const pauseMs = 25;

/**
 * Opens a front door: TCP as it is, so that TLS is between client and server alone.
 *
 * @throws InputError when the address is taken or not allowed
 */
export async function openFrontDoor({
  host,
  port,
  backends,
  patienceMs = patienceMsDefault,
}: FrontDoorOptions): Promise<FrontDoor> {
  const sockets = new Set<Socket>();
  let turn = 0;
  let isClosed = false;

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    return socket.setNoDelay(true).on("close", () => sockets.delete(socket));
  }

  async function admit(client: Socket) {
    keep(client).on("error", () => client.destroy());
    const backend = await reach(client);
    if (backend === undefined) return void client.destroy();
    keep(backend).on("error", () => client.destroy());
    client.on("close", () => backend.destroy());
    backend.on("close", () => client.destroy());
    client.pipe(backend);
    backend.pipe(client);
  }

  /** A connection to the next server that takes one; undefined when patience ends or the client has gone. */
  async function reach(client: Socket): Promise<Socket | undefined> {
    const first = turn++;
    for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += pauseMs) {
      for (let i = 0; i < backends.length; i++) {
        const backend = await tried(backends[(first + i) % backends.length] as Endpoint);
        if (isClosed || client.destroyed) backend?.destroy();
        if (isClosed || client.destroyed) return undefined;
        if (backend) return backend;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return undefined;
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => void admit(client));
  const bound = await listenOn(server, { host, port });
  return {
    host,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        isClosed = true;
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function tried({ host, port }: Endpoint): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    const refused = () => resolve(undefined);
    socket.once("error", refused);
    socket.once("connect", () => {
      socket.off("error", refused);
      resolve(socket);
    });
  });
}

/** Listens there; the result is the port. */
export function listenOn(server: Server, { host, port }: Endpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = reasons[error.code ?? ""] ?? messageOf(error);
      const advice = "choose another with --port, or 0 for any free one";
      reject(new InputError(`Cannot listen on ${host}:${port}: ${why}, ${advice}`, { cause: error }));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EACCES: "the port is not allowed for this user",
};
