import type { HttpHeader, HttpRequestHead } from "../../../../network/http/http_message.ts";
import { type HttpServer, httpServer } from "../../../../network/http/http_server.ts";
import { accept, type Connection, type Listener } from "../kernel/connection.ts";
import { readSome, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";

/** A request that has come whole. */
export interface Request {
  readonly method: string;
  /** What was asked for, with what is behind `?`: `/echo?msg=hi`. */
  readonly target: string;
  readonly url: URL;
  readonly headers: readonly HttpHeader[];
  /** Bytes. */
  readonly body: string;
  readonly connection: Connection;
}

/** The answer to a request. */
export interface Response {
  readonly status: number;
  readonly headers: readonly HttpHeader[];
  /** Bytes. Default: none. */
  readonly body?: string;
  /** What comes behind the body, as it comes; over when this is. Default: nothing. */
  readonly more?: (write: (data: string) => Running<void>) => Running<void>;
  /** Called when all of it was written. */
  readonly sent?: () => void;
}

/** Answers a request; on `undefined` the connection is closed. */
export type Handler = (self: Process, request: Request) => Running<Response | undefined> | Response | undefined;

/** A body may be so long. */
const bodyBytesMax = 4 * 1024 * 1024;

/** Takes who comes and answers them, each in a thread of its own, until the process is told to end. */
export function* serveHttp(self: Process, listener: Listener, handler: Handler): Running<never> {
  for (;;) {
    const connection = yield* accept(listener);
    startThread(self, connection, (thread) => converse(thread, connection, handler));
  }
}

/** Has a thread each look after the connections that wait; gives back whether there were any. */
export function acceptAll(
  self: Process,
  listener: Listener,
  serve: (thread: Process, connection: Connection) => Running<unknown>,
): boolean {
  let hasCome = false;
  for (let next = listener.accept(); next; next = listener.accept()) {
    hasCome = true;
    const connection: Connection = next;
    startThread(self, connection, (thread) => serve(thread, connection));
  }
  return hasCome;
}

/** Lets a thread look after a connection; without one, it is broken off. */
export function startThread(self: Process, connection: Connection, body: (thread: Process) => Running<unknown>): void {
  const { argv, env, folder, user, kernel } = self;
  const files = new Map([...self.files].filter(([descriptor]) => descriptor < 3)).set(3, connection);
  const thread = kernel.spawn({
    ...{ parent: self, argv, env, folder, user, isThread: true, files },
    *run(me) {
      yield* body(me);
      return 0;
    },
  });
  if (!thread) connection.reset();
}

/** Answers the requests of one connection, one after the other. */
export function* converse(self: Process, connection: Connection, handler: Handler): Running<void> {
  const came: { head: HttpRequestHead | undefined; body: string; isWhole: boolean } = {
    ...{ head: undefined, body: "", isWhole: false },
  };
  let out = "";
  let isOver = false;
  const http: HttpServer = httpServer({
    request(head) {
      Object.assign(came, { head, body: "", isWhole: !head.hasBody });
    },
    chunk(data) {
      if (came.body.length < bodyBytesMax) came.body += data;
    },
    end() {
      came.isWhole = true;
    },
    write(data, end) {
      out += data;
      isOver ||= end;
    },
    broken() {
      isOver = true;
      connection.reset();
    },
    used() {},
  });
  while (!isOver) {
    const bytes = yield* readSome(self, connection);
    if (bytes === "") http.receiveEnd();
    else http.receive(bytes);
    while (came.head && came.isWhole && !isOver) {
      const { head, body } = came;
      came.head = undefined;
      const response = yield* whole(handler(self, requestOf(head, body, connection)));
      if (!response) return;
      http.head(response);
      http.chunk(response.body ?? "");
      if (response.more) {
        const write = function* (data: string): Running<void> {
          http.chunk(data);
          http.flush();
          yield* writeTo(self, connection, out);
          out = "";
        };
        yield* write("");
        yield* response.more(write);
      }
      http.end();
      yield* writeTo(self, connection, out);
      out = "";
      response.sent?.();
    }
    yield* writeTo(self, connection, out);
    out = "";
    if (bytes === "") return;
  }
}

function* whole(begun: ReturnType<Handler>): Running<Response | undefined> {
  return begun && "next" in begun ? yield* begun : begun;
}

function requestOf({ method, url, headers }: HttpRequestHead, body: string, connection: Connection): Request {
  const parsed = new URL(url);
  return { method, target: parsed.pathname + parsed.search, url: parsed, headers, body, connection };
}
