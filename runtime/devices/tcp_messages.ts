/**
 * What the `tcp` device is asked by an actor that serves raw TCP. Bytes are text with a character for each (latin1).
 * At most `tcpWindowBytes` may be under way in either direction of a connection: those that were pushed and not taken,
 * and those that were written and not answered.
 */
export type TcpRequest =
  | { readonly op: "listen"; readonly host: string; readonly port: number }
  /** Takes no more connections there; those that are open go on. */
  | { readonly op: "close"; readonly host: string; readonly port: number }
  /** Answered when the client's system has them. */
  | { readonly op: "write"; readonly connection: number; readonly data: string }
  /** Writes no more; the client may go on. */
  | { readonly op: "end"; readonly connection: number }
  /** Breaks the connection: it is over, and nothing more is told of it. */
  | { readonly op: "reset"; readonly connection: number }
  /** So many bytes of the client's were taken. */
  | { readonly op: "take"; readonly connection: number; readonly bytes: number };

/** What the `tcp` device answers; `port` to `listen`. */
export type TcpAnswer =
  | { readonly ok: true; readonly port?: number }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** What the `tcp` device pushes to the actor that listens. */
export type TcpMessage =
  | {
      readonly type: "tcp.opened";
      readonly connection: number;
      /** The port that the client has come to. */
      readonly port: number;
      readonly from: { readonly ip: string; readonly port: number };
    }
  | { readonly type: "tcp.data"; readonly connection: number; readonly data: string }
  /** The client writes no more; it may still read. */
  | { readonly type: "tcp.ended"; readonly connection: number }
  /** It is over: both sides have ended, or it broke. The number means nothing any more. */
  | { readonly type: "tcp.closed"; readonly connection: number; readonly isBroken: boolean };

/** How much of a connection's data may be under way in one direction, in bytes. */
export const tcpWindowBytes = 256 * 1024;
