import { ok } from "../../kit/result.ts";
import { type Endpoint, socketWindowBytes } from "../../network/endpoint.ts";
import type { SocketAnswer, SocketErrorCode } from "../messages.ts";
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

/** A socket as the node keeps it while it is open. */
export interface OpenSocket extends Socket {
  owner: SocketOwner;
  /** The other end has taken so many bytes more. */
  carried(bytes: number): void;
  /** Bytes came; the answer says how many were taken at once. */
  receive(data: string, end: boolean): SocketAnswer;
}

/** Where open sockets are kept, by number. */
export interface SocketPlace {
  readonly node: RuntimeNode;
  readonly open: Map<number, OpenSocket>;
}

/** Whose sockets go nowhere. */
export const nobody: SocketOwner = { data() {}, drained() {}, reset() {} };

/** The other end hears of what was taken when it is so much: it may have four times as much under way. */
const takenBytesMin = socketWindowBytes / 4;

/** Opens a socket. */
export function openSocket({ node, open }: SocketPlace, number: number, owner: SocketOwner): OpenSocket {
  let waiting = "";
  let underWay = 0;
  let untold = 0;
  let wantsEnd = false;
  let hasEnded = false;
  let isEnded = false;
  let isFlushing = false;
  let isReceiving = false;

  const isOpen = () => open.get(number) === socket;
  const forgetIfOver = () => {
    if (hasEnded && isEnded && open.delete(number)) socket.owner.over?.();
  };
  const tellTaken = () => {
    const bytes = untold;
    untold = 0;
    return bytes;
  };
  const flush = () => {
    isFlushing = false;
    if (!isOpen() || hasEnded) return;
    const room = socketWindowBytes - underWay;
    const data = waiting.length <= room ? waiting : waiting.slice(0, Math.max(0, room));
    const end = wantsEnd && data.length === waiting.length;
    if (data === "" && !end) return;
    waiting = waiting.slice(data.length);
    underWay += data.length;
    hasEnded = end;
    node.push({ type: "socket.data", socket: number, data, end });
    if (waiting === "") socket.owner.drained();
    forgetIfOver();
  };
  const flushSoon = () => {
    if (isFlushing) return;
    isFlushing = true;
    node.atEnd(flush);
  };

  const socket: OpenSocket = {
    owner,
    write(data, end) {
      waiting += data;
      wantsEnd ||= end;
      flushSoon();
    },
    taken(bytes) {
      untold += bytes;
      if (untold < takenBytesMin || isReceiving || !isOpen()) return;
      node.push({ type: "socket.taken", socket: number, bytes: tellTaken() });
    },
    reset() {
      if (!isOpen()) return;
      open.delete(number);
      node.push({ type: "socket.reset", socket: number });
    },
    abandon() {
      socket.owner = { ...nobody, data: (data) => (data === "" ? undefined : socket.reset()) };
      wantsEnd = true;
      flush();
    },
    carried(bytes) {
      underWay -= bytes;
      if (waiting !== "" || wantsEnd) flushSoon();
    },
    receive(data, end) {
      isReceiving = true;
      socket.owner.data(data, end);
      isReceiving = false;
      if (end) {
        isEnded = true;
        forgetIfOver();
      }
      const takenBytes = tellTaken();
      return ok(takenBytes === 0 ? {} : { takenBytes });
    },
  };
  open.set(number, socket);
  return socket;
}
