import type { Address, Step } from "../../runtime/mod.ts";
import type { ApiUnwatch, WatchEvent, WatchPiece } from "../apiserver/messages.ts";
import { hasHeardAll, hearNumber, isSilent, type Listening, listening } from "../kit/channel.ts";
import type { Failure } from "./outcome.ts";
import type { Timers } from "./timers.ts";

/**
 * Why a watch is over. `closed` by the server; `gap`: a piece was lost; `silent`: no piece for too long; `down`: the
 * server is gone; `refused`: it was never opened, `failure` says why.
 */
export interface StreamEnd {
  readonly reason: "closed" | "gap" | "silent" | "down" | "refused";
  readonly failure?: Failure;
}

/** What a watch's pieces are handed to. */
export interface StreamHandlers {
  opened?(step: Step): void;
  /** In the server's order, without loss and without repetition; empty pieces only show that the stream lives. */
  events(events: readonly WatchEvent[], step: Step): void;
  /** Called once, unless the watcher closed the stream itself. */
  ended(end: StreamEnd, step: Step): void;
}

interface Stream {
  readonly id: number;
  readonly handlers: StreamHandlers;
  server: Address;
  heard: Listening;
}

/** All open watches of one client. */
export interface WatchStreams {
  add(step: Step, id: number, handlers: StreamHandlers): void;
  /** The stream is asked for at that server from now on. */
  at(step: Step, id: number, server: Address): void;
  opened(step: Step, id: number): void;
  /** Ends the stream and tells its watcher. */
  end(step: Step, id: number, end: StreamEnd): void;
  /** Ends the stream without telling its watcher, who wished it. */
  close(step: Step, id: number): void;
  closeAll(step: Step): void;
  /** False when the piece is of no stream of this client. */
  piece(step: Step, piece: WatchPiece): boolean;
  down(step: Step, server: Address): void;
  has(id: number): boolean;
}

/** Keeps streams: finds gaps and silence. One timer serves all. */
export function createWatchStreams(timers: Timers, silenceMs: number): WatchStreams {
  const streams = new Map<number, Stream>();
  let checking = false;

  function check(step: Step) {
    for (const stream of [...streams.values()]) {
      if (isSilent(stream.heard, silenceMs, step.uptimeMs)) self.end(step, stream.id, { reason: "silent" });
    }
    // Whoever took up a stream that ended here has armed nothing: others may fall silent before that one can.
    checking = false;
    const heardMs = [...streams.values()].map(({ heard }) => heard.heardAtMs);
    if (heardMs.length > 0) arm(step, Math.min(...heardMs) + silenceMs - step.uptimeMs);
  }

  function arm(step: Step, delayMs: number) {
    if (checking) return;
    checking = true;
    timers.set(step, { name: "streams", delayMs, body: check });
  }

  const self: WatchStreams = {
    add(step, id, handlers) {
      streams.set(id, { id, handlers, server: "", heard: listening(step.uptimeMs) });
      arm(step, silenceMs);
    },
    at(step, id, server) {
      const stream = streams.get(id);
      if (!stream) return;
      stream.server = server;
      stream.heard.heardAtMs = step.uptimeMs;
    },
    opened: (step, id) => streams.get(id)?.handlers.opened?.(step),
    end(step, id, end) {
      const stream = streams.get(id);
      if (!stream) return;
      streams.delete(id);
      if (end.reason === "gap" || end.reason === "silent") unwatch(step, stream.server, id);
      stream.handlers.ended(end, step);
    },
    close(step, id) {
      const stream = streams.get(id);
      if (stream && streams.delete(id)) unwatch(step, stream.server, id);
    },
    closeAll(step) {
      for (const id of [...streams.keys()]) self.close(step, id);
      timers.cancel(step, "streams");
      checking = false;
    },
    piece(step, { watch, sequence, events }) {
      const stream = streams.get(watch);
      if (!stream) return false;
      const { heard, handlers } = stream;
      if (events === undefined) {
        if (!hasHeardAll(heard, sequence, step.uptimeMs)) self.end(step, watch, { reason: "gap" });
        return true;
      }
      const place = hearNumber(heard, sequence, step.uptimeMs);
      if (place === "gap") self.end(step, watch, { reason: "gap" });
      else if (place === "next") handlers.events(events, step);
      return true;
    },
    down(step, server) {
      for (const stream of [...streams.values()]) {
        if (stream.server === server) self.end(step, stream.id, { reason: "down" });
      }
    },
    has: (id) => streams.has(id),
  };
  return self;
}

function unwatch(step: Step, server: Address, watch: number) {
  const body: ApiUnwatch = { type: "api.unwatch", watch };
  if (server !== "") step.send(server, body);
}
