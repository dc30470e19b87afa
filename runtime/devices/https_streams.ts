import type { IncomingMessage } from "node:http";
import { httpsFailures } from "./https_client_rules.ts";
import type { HttpsHead, HttpsPiece, HttpsStreamRequest } from "./messages.ts";

type Later = Exclude<HttpsStreamRequest, { readonly op: "open" }>;

/** Answers that are taken piece by piece; nothing is read from the other side that nobody has asked for. */
export interface HttpsStreams {
  /** Keeps an answer that has begun, and says how. */
  begin(response: IncomingMessage, done: (head: HttpsHead) => void): void;
  /** Reads a piece, or closes. */
  serve(request: Later, done: (piece: HttpsPiece) => void): void;
  /** Breaks all of them off. */
  close(): void;
}

interface Stream {
  readonly response: IncomingMessage;
  /** Who waits for a piece. */
  waiting: ((piece: HttpsPiece) => void) | undefined;
}

/** Makes a table without streams. */
export function createHttpsStreams(): HttpsStreams {
  const open = new Map<number, Stream>();
  let ids = 0;

  function give(id: number) {
    const stream = open.get(id);
    if (!stream?.waiting) return;
    const { response, waiting } = stream;
    const tell = (piece: HttpsPiece) => {
      stream.waiting = undefined;
      waiting(piece);
    };
    const chunk = response.read() as Buffer | null;
    if (chunk !== null) return tell({ ok: true, data: chunk.toString("latin1"), isLast: false });
    if (!response.readableEnded && !response.destroyed) return;
    open.delete(id);
    tell(response.readableEnded && response.complete ? { ok: true, data: "", isLast: true } : httpsFailures.closed);
  }

  return {
    begin(response, done) {
      const stream = ++ids;
      open.set(stream, { response, waiting: undefined });
      for (const event of ["readable", "end", "error", "close"]) response.on(event, () => give(stream));
      const { rawHeaders } = response;
      const headers = rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [],
      );
      done({ ok: true, code: response.statusCode ?? 0, headers, stream });
    },
    serve({ op, stream: id }, done) {
      const stream = open.get(id);
      if (op === "close") {
        open.delete(id);
        stream?.response.destroy();
        return done({ ok: true, data: "", isLast: true });
      }
      if (!stream) return done(httpsFailures.closed);
      stream.waiting = done;
      give(id);
    },
    close() {
      for (const { response } of open.values()) response.destroy();
      open.clear();
    },
  };
}
