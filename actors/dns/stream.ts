import { framed, lengthBytes } from "../network/dns/framing.ts";
import type { Exchanges } from "./exchanges.ts";

/** The other end of a TCP connection, as far as DNS has to do with it. */
export interface StreamPeer {
  write(bytes: Buffer): void;
  /** Reads no further for now, so that the client's own queue fills. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** The server's side of one TCP connection. */
export interface DnsStream {
  /** Takes bytes as they come: less than a message, or several. */
  data(chunk: Buffer): void;
  /** How many of its queries are not answered yet. */
  readonly underWay: number;
}

/** Queries of one connection that wait for their answers; then the connection is not read for a while. */
const underWayMax = 128;
/** No query is longer than this; who announces more does not speak DNS. */
const queryBytesMax = 4_096;

/** Cuts a connection into messages, each with its length in front (RFC 1035, 4.2.2), and answers as answers come. */
export function createStream(exchanges: Exchanges, peer: StreamPeer): DnsStream {
  let buffered: Buffer = Buffer.alloc(0);
  let underWay = 0;
  let isClosed = false;

  function settled() {
    underWay--;
    if (underWay !== underWayMax - 1 || isClosed) return;
    peer.resume();
    drain();
  }

  function drain() {
    while (!isClosed && underWay < underWayMax && buffered.length >= lengthBytes) {
      const length = buffered.readUInt16BE(0);
      if (length > queryBytesMax) {
        isClosed = true;
        return peer.close();
      }
      if (buffered.length < lengthBytes + length) return;
      const message = buffered.subarray(lengthBytes, lengthBytes + length);
      buffered = buffered.subarray(lengthBytes + length);
      underWay++;
      exchanges.take(message, { transport: "tcp", send, settled });
    }
    if (underWay >= underWayMax) peer.pause();
  }

  function send(bytes: Buffer) {
    if (!isClosed) peer.write(framed(bytes));
  }

  return {
    data(chunk) {
      // What is on its way when it closes is for nobody, and would be kept.
      if (isClosed) return;
      buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
      drain();
    },
    get underWay() {
      return underWay;
    },
  };
}
