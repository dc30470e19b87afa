import { type HttpServer, httpServer } from "../../../network/http/http_server.ts";
import type { Socket } from "../../sockets/open_socket.ts";
import type { Accept } from "../../sockets/sockets.ts";
import type { ModuleInput, ModuleOutput } from "../module_runner.ts";
import { bytesOf } from "./bytes.ts";
import { type ChunkGate, chunkGate } from "./chunk_gate.ts";

/** What serving needs of the module that answers. */
export interface Served {
  tell(input: ModuleInput): void;
  /** Puts off until all of this moment was said. */
  atEnd(body: () => void): void;
  /** Chunks may follow only in a later moment: a stream without end has to let time pass. */
  nextMoment(body: () => void): void;
  later(delayMs: number, body: () => void): void;
}

type Answered = Extract<ModuleOutput, { type: `response.${string}` | "request.taken" }>;

/** The connections to a module. */
export interface Serving {
  readonly accept: Accept;
  answer(output: Answered): void;
  /** The process is gone: connections break, but for those on which all was answered. */
  close(): void;
}

/** A connection, and the request on it that is answered now. */
interface Connection {
  readonly server: HttpServer;
  readonly socket: Socket;
  id: number;
  /** Chunks of the response that were not yet told of as taken. */
  untaken: number;
  /** Its module was not heard of since it was looked at. */
  isSilent: boolean;
}

/**
 * Who writes no more and hears nothing for so long is taken for gone: as long as Linux remembers a connection whose
 * process has closed it (`tcp_fin_timeout`). Until it is written to, nothing tells it from one that waits.
 */
const silentMsMax = 60_000;

/** Serves a module's connections: HTTP requests to the module, its responses back. */
export function createServing({ tell, atEnd, nextMoment, later }: Served): Serving {
  const connections = new Set<Connection>();
  /** By the request that is answered. */
  const answering = new Map<number, Connection>();
  const reading = new Map<number, ChunkGate>();
  /** Those whose client writes no more, and waits for an answer or is gone. */
  const ended = new Set<Connection>();
  let isLooking = false;
  let ids = 0;

  function forget(connection: Connection): void {
    connections.delete(connection);
    ended.delete(connection);
    reading.delete(connection.id);
    if (answering.delete(connection.id)) tell({ type: "request.abort", id: connection.id });
  }

  function breakOff(connection: Connection): void {
    forget(connection);
    connection.socket.reset();
  }

  function watch(connection: Connection): void {
    ended.add(connection);
    connection.isSilent = false;
    if (isLooking) return;
    isLooking = true;
    later(silentMsMax, look);
  }

  function look(): void {
    for (const connection of ended) {
      // As long as chunks wait to be taken it is the client that is slow.
      if (connection.isSilent && connection.untaken === 0) breakOff(connection);
      connection.isSilent = true;
    }
    isLooking = ended.size > 0;
    if (isLooking) later(silentMsMax, look);
  }

  function read(id: number, socket: Socket): ChunkGate {
    const gate = chunkGate({
      chunk: (data) => tell({ type: "request.chunk", id, data }),
      end: () => tell({ type: "request.end", id }),
      taken: (bytes) => socket.taken(bytes),
    });
    reading.set(id, gate);
    return gate;
  }

  function accept(socket: Socket): ReturnType<Accept> {
    let gate: ChunkGate | undefined;
    const server = httpServer({
      request({ method, url, headers, hasBody }) {
        if (gate) reading.delete(connection.id);
        const id = ++ids;
        connection.id = id;
        connection.untaken = 0;
        answering.set(id, connection);
        gate = hasBody ? read(id, socket) : undefined;
        tell({ type: "request", id, method, url, headers, hasBody });
      },
      chunk: (data) => gate?.chunk(data),
      end: () => gate?.end(),
      aborted() {
        if (answering.delete(connection.id)) tell({ type: "request.abort", id: connection.id });
      },
      gone() {
        if (!answering.has(connection.id)) return;
        watch(connection);
        tell({ type: "request.gone", id: connection.id });
      },
      write: (data, end) => socket.write(data, end),
      broken: () => breakOff(connection),
      used: (bytes) => socket.taken(bytes),
    });
    const connection: Connection = { server, socket, id: 0, untaken: 0, isSilent: false };
    connections.add(connection);
    return {
      data(data, end) {
        if (data !== "") server.receive(data);
        if (end) server.receiveEnd();
      },
      drained: () => (connection.untaken > 0 ? nextMoment(() => takeAll(connection)) : undefined),
      reset: () => forget(connection),
      over: () => forget(connection),
    };
  }

  function takeAll(connection: Connection): void {
    const { id, untaken } = connection;
    connection.untaken = 0;
    // The module writes on while it is told: that is for the next time.
    for (let told = 0; told < untaken && answering.get(id) === connection; told++) tell({ type: "response.taken", id });
  }

  return {
    accept,
    answer(output) {
      if (output.type === "request.taken") return reading.get(output.id)?.taken();
      const connection = answering.get(output.id);
      if (!connection) return;
      const { server } = connection;
      connection.isSilent = false;
      if (output.type === "response.failed") {
        answering.delete(output.id);
        breakOff(connection);
      } else if (output.type === "response.end") {
        answering.delete(output.id);
        ended.delete(connection);
        server.end();
      } else {
        if (output.type === "response.head") server.head(output);
        else {
          connection.untaken++;
          server.chunk(bytesOf(output.data));
        }
        atEnd(() => answering.get(output.id) === connection && server.flush());
      }
    },
    close() {
      for (const { socket, id } of connections) {
        if (answering.has(id)) socket.reset();
        else socket.abandon();
      }
      connections.clear();
      answering.clear();
      reading.clear();
      ended.clear();
    },
  };
}
