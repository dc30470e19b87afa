import type { AnswerHeaders, SentHeaders, Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Result } from "../../kit/result.ts";

/** What is done when a piece that was written has gone on its way to the client. */
export type Taken = (step: Step) => void;

/** A client's request as it came, for those who pass it on. */
export interface RawRequest {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Reads the body; it has none where there is none. */
  readBody(step: Step, done: (body: Result<RawBody, Status>, step: Step) => void): void;
}

/** A body as it came: text, or bytes in base64. */
export interface RawBody {
  readonly body?: string;
  readonly bodyEncoding?: "base64";
}

/** What a response that is written piece by piece says of itself. */
export interface TextHead {
  /** Default 200. */
  readonly code?: number;
  /** Further ones. Default none. */
  readonly headers?: AnswerHeaders;
  /** Default `text/plain`. */
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  /** A client that has not taken all of it by then is given up. Default: it may take any time. */
  readonly withinMs?: number;
  /** What is written are bytes, a character each. Default: it is text. */
  readonly isBinary?: boolean;
  /** A client that takes answers compressed may have this one so. Default false. */
  readonly mayCompress?: boolean;
}

/** A response that is written piece by piece. */
export interface TextOut {
  write(text: string, step: Step, taken: Taken): void;
  end(step: Step): void;
  /** Breaks it, so that the client sees that it is not whole. */
  abort(step: Step): void;
}

/** The server's end of a WebSocket, or of a connection that speaks SPDY or something else; data is bytes, a character each. */
export interface SocketOut {
  send(data: string, step: Step, taken?: Taken): void;
  /** Sends a message of text, in ASCII. */
  sendText(data: string, step: Step, taken?: Taken): void;
  /** So many bytes that came are dealt with. */
  taken(bytes: number, step: Step): void;
  close(step: Step, code: number, reason: string): void;
}

/** Who takes what comes on a WebSocket. */
export interface SocketHandler {
  frame(data: string, step: Step): void;
  /** The client is gone. */
  closed(step: Step): void;
}

/** The client's side of a request that may become a stream. Components have none: they get whole answers. */
export interface ClientSide {
  /** What the client would speak from here on, in lower case; empty when it wants an ordinary answer. */
  readonly upgrade: string;
  /** The protocols that it would speak on top of that, the best one first. */
  readonly protocols: readonly string[];
  /** Absent where nothing can be passed on. */
  readonly raw?: RawRequest;
  /** All values of a query parameter. */
  parameters(name: string): readonly string[];
  /** Answers with text that goes on; `closed` when the client is gone, or was given up. */
  openText(step: Step, closed: (step: Step) => void, head?: TextHead): TextOut;
  /**
   * Goes on with a WebSocket or SPDY, and one of the protocols that the client would speak on top of that; or, with headers
   * of an answer, with whatever it asked for: bytes as they are.
   */
  accept(step: Step, protocol: string | SentHeaders, handler: SocketHandler): SocketOut;
  /** Tells when the client goes before it is answered; gives how to hear no more of that. */
  whenGone(closed: (step: Step) => void): () => void;
}

/** The code with which a WebSocket is closed when all was said (RFC 6455, 7.4.1). */
export const closeNormal = 1000;
/** What came breaks the protocol. */
export const closeProtocolError = 1002;
/** The server cannot go on. */
export const closeBroken = 1011;
