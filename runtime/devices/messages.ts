/** What the `disk` device is asked. Paths are relative to the actor's own folder unless its permissions say more. */
export type DiskRequest =
  | { readonly op: "read"; readonly path: string }
  /** Adds to the end; with `sync` it is answered only when the data is durable. */
  | { readonly op: "append"; readonly path: string; readonly data: string; readonly sync: boolean }
  /** Replaces the whole file, atomically and durably. */
  | { readonly op: "replace"; readonly path: string; readonly data: string }
  /** Cuts the file to its first `size` characters of UTF-8 text, durably. */
  | { readonly op: "truncate"; readonly path: string; readonly size: number }
  | { readonly op: "remove"; readonly path: string }
  /** The names of the files below a folder. */
  | { readonly op: "list"; readonly path: string };

/** What the `disk` device answers. A file that is not there reads as `data: undefined`. */
export type DiskAnswer =
  | { readonly ok: true; readonly data?: string; readonly names?: readonly string[] }
  | { readonly ok: false; readonly code: "ENOSPC" | "EIO" | "EACCES"; readonly message: string };

/** What the process of a server takes of its computer. */
export interface NetUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly virtualBytes: number;
  /** Of the server's own thread. */
  readonly heapBytes: number;
  /** When it began, in seconds since 1970. */
  readonly startSeconds: number;
}

/** The headers of an answer by their names; one of several values is written once for each. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Headers as they go over the wire, in their order; a name may come twice. */
export type SentHeaders = readonly (readonly [name: string, value: string])[];

/** What the `net` device is asked by an actor that serves HTTPS. */
export type NetRequest =
  | {
      readonly op: "listen";
      readonly host: string;
      readonly port: number;
      /** PEM texts; `clientCa` makes the server ask for client certificates. Without `tls` it is plain HTTP. */
      readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa: string };
    }
  /** Asks what the process takes of its computer. */
  | { readonly op: "usage" }
  /**
   * Reads the body of a request. Who answers without it does not want it: the connection ends with the answer if the
   * body is long. What is refused is `EMSGSIZE` (longer than `bytesMax`), `ETIMEDOUT` (it took longer than `withinMs`)
   * or `ENOBUFS` (all clients together have sent too much that is not answered).
   */
  | { readonly op: "read"; readonly exchange: number; readonly bytesMax: number; readonly withinMs: number }
  | {
      readonly op: "respond";
      readonly exchange: number;
      readonly code: number;
      readonly headers: AnswerHeaders;
      readonly body: string;
      /** Set when the body, and what is written to it later, are bytes, a character each. Default: they are text. */
      readonly encoding?: "latin1";
      /** Whether a long answer may go out compressed to a client that takes it so. Default false. */
      readonly mayCompress?: boolean;
      /** False keeps the response open for `write`. */
      readonly end: boolean;
    }
  | { readonly op: "write"; readonly exchange: number; readonly chunk: string }
  | { readonly op: "end"; readonly exchange: number }
  /** Breaks the connection: the client sees that what it got is not whole. */
  | { readonly op: "abort"; readonly exchange: number }
  /**
   * Makes a request with `upgrade: "websocket"` a WebSocket, with one of the protocols that it asks for, or none (""); one
   * with `upgrade: "spdy/3.1"` a connection whose bytes come and go as they are, in frames that mean nothing.
   */
  | { readonly op: "accept"; readonly exchange: number; readonly subprotocol: string }
  /**
   * Answers a request with any `upgrade` with 101 and these headers; from there on its bytes come and go as they are, in
   * frames that mean nothing.
   */
  | { readonly op: "switch"; readonly exchange: number; readonly headers: SentHeaders }
  /** Sends a binary message, or one of text; data is bytes, a character each (latin1). */
  | { readonly op: "send"; readonly exchange: number; readonly data: string; readonly isText?: boolean }
  /** So many bytes of messages that came are dealt with: no more than some are handed over before. */
  | { readonly op: "taken"; readonly exchange: number; readonly bytes: number }
  /** Closes it after what was sent. */
  | { readonly op: "close"; readonly exchange: number; readonly code: number; readonly reason: string };

/**
 * What the `net` device answers: a port to `listen`, a body to `read`, what it knows to `usage`; everything else is answered with `ok`, and with
 * what waits for a client.
 */
export type NetAnswer =
  | {
      readonly ok: true;
      readonly port?: number;
      readonly bufferedBytes?: number;
      readonly body?: string;
      /** Set when the headers say that the body is no text: then it is written in base64. */
      readonly bodyEncoding?: "base64";
      /** Absent where there is no process, as in simulation. */
      readonly usage?: NetUsage;
    }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** What the `net` device pushes to the actor that listens. */
export type NetMessage =
  | {
      readonly type: "net.request";
      readonly exchange: number;
      readonly method: string;
      /** Path and query, undecoded. */
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** There is a body, which can be `read`. */
      readonly hasBody?: true;
      /** The verified client certificate's subject, when there is one. */
      readonly peer?: { readonly commonName: string; readonly organizations: readonly string[] };
      /** The client showed a certificate that the authority has not signed, or that is not valid now. */
      readonly isPeerRefused?: true;
      /** What the client would speak from here on, in lower case (`websocket`): `accept` it, `switch`, or `respond` as ever. */
      readonly upgrade?: string;
    }
  /** A message on a WebSocket, or bytes after a `switch`: a character each (latin1). Say `taken` when it is dealt with. */
  | { readonly type: "net.frame"; readonly exchange: number; readonly data: string }
  /** The client is gone; the exchange's number means nothing any more. */
  | { readonly type: "net.closed"; readonly exchange: number }
  /** A slow client has taken what was buffered for it. */
  | { readonly type: "net.drained"; readonly exchange: number };

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
      /** Where the client has come to, as it was listened on. */
      readonly host: string;
      readonly port: number;
      readonly from: { readonly ip: string; readonly port: number };
    }
  | { readonly type: "tcp.data"; readonly connection: number; readonly data: string }
  /** The client writes no more; it may still read. */
  | { readonly type: "tcp.ended"; readonly connection: number }
  /** It is over: both sides have ended, or it broke. The number means nothing any more. */
  | { readonly type: "tcp.closed"; readonly connection: number; readonly isBroken: boolean };

/** A certificate and its key, both in PEM: who asks shows it. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Whom to ask over HTTPS, and what. */
interface HttpsQuestion {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** By what the other's certificate is judged, in PEM. Default: what the computer trusts. */
  readonly ca?: string;
  /** Whoever answers is believed. Default false. */
  readonly isUnverified?: boolean;
  /** Default: none is shown. */
  readonly client?: ClientCertificate;
  /** Where to connect to, if that is not what the URL names: the name stands in the certificate all the same. */
  readonly connectTo?: { readonly host: string; readonly port: number };
}

/** A request over HTTPS to somebody outside, for the `https` device. Bodies are texts. */
export interface HttpsRequest extends HttpsQuestion {
  readonly method: string;
  /** When the whole answer has to be there. */
  readonly timeoutMs: number;
  /** A longer answer is none. */
  readonly bytesMax: number;
}

/**
 * A request whose answer is taken piece by piece, for as long as it goes on: who has opened it reads, one piece after the
 * other, and closes it when no more is wanted. Bodies and pieces are bytes, a character each.
 */
export type HttpsStreamRequest =
  | ({
      readonly op: "open";
      readonly method: string;
      /** When the answer has to have begun. */
      readonly timeoutMs: number;
      /** Its headers ask to go on with another protocol: what follows a 101 is read and written, whatever it is. Default false. */
      readonly upgrades?: boolean;
    } & HttpsQuestion)
  | { readonly op: "read"; readonly stream: number }
  /** Only after a 101; answered, with an empty piece, when it has left. */
  | { readonly op: "write"; readonly stream: number; readonly data: string }
  | { readonly op: "close"; readonly stream: number };

/** What the `https` device answers; `code` of a failure is the system's, or a word for what was wrong with the answer. */
export type HttpsAnswer =
  | {
      readonly ok: true;
      readonly code: number;
      readonly body: string;
      /** Where who answers tells of them. */
      readonly headers?: HttpsHeaders;
    }
  | HttpsFailure;

/** The headers of an answer, as they came. */
export type HttpsHeaders = readonly (readonly [name: string, value: string])[];

export interface HttpsFailure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
}

/** The beginning of an answer. */
export type HttpsHead =
  | {
      readonly ok: true;
      readonly code: number;
      readonly headers: HttpsHeaders;
      readonly stream: number;
    }
  | HttpsFailure;

/** A piece of an answer; the last one may be empty. */
export type HttpsPiece = { readonly ok: true; readonly data: string; readonly isLast: boolean } | HttpsFailure;
