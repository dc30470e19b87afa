import { doneCall, failedCall } from "../cri_answers.ts";
import {
  type CriAnswer,
  type Endpoint,
  type SocketErrorCode,
  type SocketRequest,
  socketWindowBytes,
} from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";

/** Who a socket belongs to, and is told what comes over it. */
export interface SocketOwner {
  /** Bytes from the other end; with `end` it writes no more. */
  data(data: string, end: boolean): void;
  /** All that was written is under way. */
  drained(): void;
  /** The connection broke: nothing more is told. */
  reset(): void;
  /** Both ends have written all; nothing more is told. */
  over?(): void;
  connected?(to: Endpoint): void;
  failed?(code: SocketErrorCode, message: string): void;
}

/** A process's end of a connection. */
export interface Socket {
  /** Writes bytes at the end of this moment, as far as the other end has taken what went before. */
  write(data: string, end: boolean): void;
  /** So many bytes that came have been taken. */
  taken(bytes: number): void;
  /** Breaks the connection; its owner is told nothing more. */
  reset(): void;
  /** Its process has exited: what was written still goes out, and the end; who writes to it is told that it broke. */
  abandon(): void;
}

/** Makes the owner of a connection that has come; the socket is its to use from then on. */
export type Accept = (socket: Socket, from: Endpoint) => SocketOwner;

/** Where to connect; without `sandbox` from the node's own network. */
export interface Destination {
  readonly sandbox?: string;
  readonly host: string;
  readonly port: number;
}

/** The sockets of a node's processes. */
export interface Sockets {
  request(request: Exclude<SocketRequest, { op: "HostHttp" }>, done: (answer: CriAnswer) => void): void;
  connect(to: Destination, owner: SocketOwner): Socket;
  /** Listens on a port of a sandbox, or of the node; gives what ends it, `undefined` when another listens there. */
  listen(sandbox: string | undefined, port: number, accept: Accept): (() => void) | undefined;
}

interface Open {
  owner: SocketOwner;
  readonly socket: Socket;
  /** The other end has taken so many bytes more. */
  carried(bytes: number): void;
  /** The other end writes no more. */
  ended(): void;
}

/** The other end hears of what was taken when it is so much: it may have four times as much under way. */
const takenBytesMin = socketWindowBytes / 4;

/** Makes the sockets of a node; `nextNumber` gives numbers, below zero, that no socket of its machine had before. */
export function createSockets(node: RuntimeNode, nextNumber: () => number): Sockets {
  const open = new Map<number, Open>();
  const listeners = new Map<string, Accept>();

  function openSocket(number: number, owner: SocketOwner): Open {
    let waiting = "";
    let underWay = 0;
    let untold = 0;
    let wantsEnd = false;
    let hasEnded = false;
    let isEnded = false;
    let isFlushing = false;

    const forgetIfOver = () => {
      if (hasEnded && isEnded && open.delete(number)) entry.owner.over?.();
    };
    const flush = () => {
      isFlushing = false;
      if (open.get(number) !== entry || hasEnded) return;
      const room = socketWindowBytes - underWay;
      const data = waiting.length <= room ? waiting : waiting.slice(0, Math.max(0, room));
      const end = wantsEnd && data.length === waiting.length;
      if (data === "" && !end) return;
      waiting = waiting.slice(data.length);
      underWay += data.length;
      hasEnded = end;
      node.push({ type: "socket.data", socket: number, data, end });
      if (waiting === "") entry.owner.drained();
      forgetIfOver();
    };
    const flushSoon = () => {
      if (isFlushing) return;
      isFlushing = true;
      node.atEnd(flush);
    };
    const entry: Open = {
      owner,
      socket: {
        write(data, end) {
          waiting += data;
          wantsEnd ||= end;
          flushSoon();
        },
        taken(bytes) {
          untold += bytes;
          if (untold < takenBytesMin || open.get(number) !== entry) return;
          node.push({ type: "socket.taken", socket: number, bytes: untold });
          untold = 0;
        },
        reset() {
          if (open.get(number) !== entry) return;
          open.delete(number);
          node.push({ type: "socket.reset", socket: number });
        },
        abandon() {
          entry.owner = { ...nobody, data: (data) => (data === "" ? undefined : entry.socket.reset()) };
          wantsEnd = true;
          flush();
        },
      },
      carried(bytes) {
        underWay -= bytes;
        if (waiting !== "" || wantsEnd) flushSoon();
      },
      ended() {
        isEnded = true;
        forgetIfOver();
      },
    };
    open.set(number, entry);
    return entry;
  }

  function accept({ socket, sandbox, port, from }: Extract<SocketRequest, { op: "SocketAccept" }>): boolean {
    const listener = listeners.get(keyOf(sandbox, port));
    if (!listener) return false;
    const entry = openSocket(socket, nobody);
    entry.owner = listener(entry.socket, from);
    return true;
  }

  return {
    request(request, done) {
      if (request.op === "SocketAccept") {
        return done(accept(request) ? doneCall : failedCall("UNAVAILABLE", "connection refused"));
      }
      const entry = open.get(request.socket);
      if (entry) tell(entry, request);
      done(doneCall);
    },
    connect({ sandbox, host, port }, owner) {
      const number = nextNumber();
      const { socket } = openSocket(number, owner);
      node.push({ type: "socket.connect", socket: number, ...(sandbox === undefined ? {} : { sandbox }), host, port });
      return socket;
    },
    listen(sandbox, port, accept) {
      const key = keyOf(sandbox, port);
      if (listeners.has(key)) return undefined;
      listeners.set(key, accept);
      return () => {
        if (listeners.get(key) === accept) listeners.delete(key);
      };
    },
  };

  function tell(entry: Open, request: Exclude<SocketRequest, { op: "HostHttp" | "SocketAccept" }>): void {
    const { owner } = entry;
    if (request.op === "SocketConnected") owner.connected?.(request.to);
    else if (request.op === "SocketTaken") entry.carried(request.bytes);
    else if (request.op === "SocketData") {
      owner.data(request.data, request.end);
      if (request.end) entry.ended();
    } else {
      open.delete(request.socket);
      if (request.op === "SocketFailed") owner.failed?.(request.code, request.message);
      else owner.reset();
    }
  }
}

const nobody: SocketOwner = { data() {}, drained() {}, reset() {} };

function keyOf(sandbox: string | undefined, port: number): string {
  return `${sandbox ?? ""}:${port}`;
}
