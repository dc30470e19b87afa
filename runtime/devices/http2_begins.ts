import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { TLSSocket } from "node:tls";
import { createLoopTurns } from "./loop_turns.ts";

/** Says when what is asked over HTTP/2 is begun. */
export interface Http2Begins {
  /** Calls `run` now, or in a while; never where its client has given it up by then, or has lost its connection. */
  enter(session: ServerHttp2Session, stream: ServerHttp2Stream, run: () => void): void;
  close(): void;
}

/**
 * Makes the begins of one server. A client that keeps to the rules has no more under way than it was told it may, and
 * what it asks in one turn of the loop cannot be answered in it: who asks for more than that gives up what was begun,
 * and loses its connection. A stranger's connection carries as many requests as a hundred of HTTP/1.1: they are begun
 * one by one, in turn with those of others.
 *
 * @param atOnceMax So many requests of one connection come in a turn of the loop.
 */
export function createHttp2Begins(atOnceMax: number): Http2Begins {
  /** What each has asked since the loop last went around. */
  const asked = new Map<ServerHttp2Session, number>();
  const strangers = new Map<ServerHttp2Session, (() => void)[]>();
  const ready = createLoopTurns<ServerHttp2Session>((session) => {
    const waiting = strangers.get(session);
    waiting?.shift()?.();
    if (waiting?.length && !session.destroyed) ready.queue(session);
    else strangers.delete(session);
  });

  function count(session: ServerHttp2Session) {
    if (asked.size === 0) setImmediate(() => asked.clear());
    const own = (asked.get(session) ?? 0) + 1;
    asked.set(session, own);
    if (own > atOnceMax) session.destroy();
  }

  return {
    enter(session, stream, run) {
      count(session);
      if (session.destroyed) return;
      if ((session.socket as TLSSocket).authorized) return run();
      const waiting = strangers.get(session) ?? [];
      waiting.push(() => void (stream.destroyed || run()));
      strangers.set(session, waiting);
      ready.queue(session);
    },
    close: () => ready.close(),
  };
}
