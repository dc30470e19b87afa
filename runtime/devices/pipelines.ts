import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** The requests of each connection, one after the other. */
export interface Pipelines {
  /** Calls `begin` when what was asked before on the connection is answered; now, if nothing was. */
  enter(socket: Duplex, response: ServerResponse, begin: () => void): void;
  /** Whether something that was asked on the connection is not answered. */
  isBusy(socket: Duplex): boolean;
}

interface Turn {
  readonly response: ServerResponse;
  begin(): void;
}

/** So many requests of a connection wait for the one before them; then it is not read from until they have begun. */
const waitingMax = 100;

/**
 * Makes the pipelines of one device. Answers leave a connection in the order of its requests, so those that are made
 * before their turn only wait, and who asks without reading could make a server hold as many as it likes. And Node
 * does not tell of the end of an answer whose turn never came.
 */
export function createPipelines(): Pipelines {
  const waiting = new WeakMap<Duplex, Turn[]>();

  function begin(socket: Duplex, { response, begin }: Turn) {
    response.once("close", () => next(socket));
    begin();
  }

  function next(socket: Duplex) {
    const turns = waiting.get(socket);
    const turn = socket.destroyed ? undefined : turns?.shift();
    if (turn) begin(socket, turn);
    else waiting.delete(socket);
    if (turns?.length === 0 && !socket.destroyed) socket.resume();
  }

  return {
    enter(socket, response, run) {
      const turn: Turn = { response, begin: run };
      const turns = waiting.get(socket);
      if (turns === undefined) {
        waiting.set(socket, []);
        return begin(socket, turn);
      }
      turns.push(turn);
      if (turns.length >= waitingMax) socket.pause();
    },
    isBusy: (socket) => waiting.has(socket),
  };
}
