import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { httpsFailures } from "./https_client_rules.ts";
import type { HttpsHead, HttpsPiece, HttpsStreamRequest } from "./messages.ts";

type Later = Exclude<HttpsStreamRequest, { readonly op: "open" }>;

/** Answers that are taken piece by piece; nothing is read from the other side that nobody has asked for. */
export interface HttpsStreams {
  /** Keeps an answer that has begun, and says how. */
  begin(response: IncomingMessage, done: (head: HttpsHead) => void): void;
  /** Keeps a connection that goes on with another protocol; `first` has come behind the answer that says so. */
  switched(
    response: IncomingMessage,
    connection: { socket: Socket; first: Buffer },
    done: (head: HttpsHead) => void,
  ): void;
  /** Reads a piece, writes one, or closes. */
  serve(request: Later, done: (piece: HttpsPiece) => void): void;
  /** Breaks all of them off. */
  close(): void;
}

interface Stream {
  readonly source: IncomingMessage | Socket;
  /** It can be written to. Default: only read. */
  readonly socket?: Socket;
  /** Who waits for a piece. */
  waiting: ((piece: HttpsPiece) => void) | undefined;
}

const done: HttpsPiece = { ok: true, data: "", isLast: false };

/** Makes a table without streams. */
export function createHttpsStreams(): HttpsStreams {
  const open = new Map<number, Stream>();
  let ids = 0;

  function give(id: number) {
    const stream = open.get(id);
    if (!stream?.waiting) return;
    const { source, waiting } = stream;
    const tell = (piece: HttpsPiece) => {
      stream.waiting = undefined;
      waiting(piece);
    };
    const chunk = source.read() as Buffer | null;
    if (chunk !== null) return tell({ ok: true, data: chunk.toString("latin1"), isLast: false });
    if (!source.readableEnded && !source.destroyed) return;
    open.delete(id);
    // What goes on with another protocol has no end of its own.
    const isWhole = source.readableEnded && (!("complete" in source) || source.complete);
    tell(isWhole ? { ok: true, data: "", isLast: true } : httpsFailures.closed);
  }

  function keep(source: Stream["source"], socket?: Socket): number {
    const stream = ++ids;
    open.set(stream, { source, waiting: undefined, ...(socket ? { socket } : {}) });
    for (const event of ["readable", "end", "error", "close"]) source.on(event, () => give(stream));
    return stream;
  }

  return {
    begin: (response, begun) => begun(headOf(response, keep(response))),
    switched(response, { socket, first }, begun) {
      if (first.length > 0) socket.unshift(first);
      begun(headOf(response, keep(socket, socket)));
    },
    serve(request, finish) {
      const { op, stream: id } = request;
      const stream = open.get(id);
      if (op === "close") {
        open.delete(id);
        // What was written to it is still to leave.
        if (stream?.socket) stream.socket.destroySoon();
        else stream?.source.destroy();
        return finish({ ok: true, data: "", isLast: true });
      }
      if (!stream) return finish(httpsFailures.closed);
      if (op === "write") return write(stream, request.data, finish);
      stream.waiting = finish;
      give(id);
    },
    close() {
      for (const { source } of open.values()) source.destroy();
      open.clear();
    },
  };
}

function write({ socket }: Stream, data: string, finish: (piece: HttpsPiece) => void) {
  if (!socket?.writable) return finish(httpsFailures.closed);
  socket.write(Buffer.from(data, "latin1"), (error) => finish(error ? httpsFailures.closed : done));
}

function headOf({ statusCode, rawHeaders }: IncomingMessage, stream: number): HttpsHead {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [],
  );
  return { ok: true, code: statusCode ?? 0, headers, stream };
}
