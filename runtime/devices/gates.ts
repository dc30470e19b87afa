import { Duplex } from "node:stream";

import { createLoopTurns, type LoopTurns } from "./loop_turns.ts";
import { createSlicer, type Slice, type SlicerOptions } from "./slicer.ts";

/** Lets in what comes on connections, in turn. */
export interface Gates {
  /** The connection as it is behind its gate: whatever reads from it gets a slice at a time. */
  enter(socket: Duplex): Duplex;
  close(): void;
}

/** What is let in. */
export interface GatesOptions extends SlicerOptions {
  /** Who has more requests waiting before the gate loses the connection. Default: any number may wait. */
  readonly requestsMax?: number;
  /**
   * Whose slices are rationed: all, or floods, which are those of whoever has so much waiting that they are not read, until
   * nothing waits. For others there are as many as the loop has turns, the first of a turn at once. Default: all.
   */
  readonly rationed?: "all" | "floods";
}

/** Who has so much waiting is not read. */
const heldBytesMax = 16 * 1024;

/** Of what is rationed, so many slices are let in at once and so many each so often after that: 2,000 a second of all. */
const [atOnceMax, atATime, restMs] = [150, 10, 5];

/**
 * Makes the gates of one server: a slice each time around the event loop, whoever it is from. A packet of sixty
 * kilobytes holds thousands of frames, whatever reads them reads them all at once, and everybody else would have to wait.
 */
export function createGates(options: GatesOptions): Gates {
  const { requestsMax = Number.POSITIVE_INFINITY, rationed = "all" } = options;
  const [rations, prompt] = [createRationedTurns(), createPromptTurns()];

  function enter(socket: Duplex): Duplex {
    const slicer = createSlicer(options);
    const held: Slice[] = [];
    let [heldBytes, requests] = [0, 0];
    let [isWanted, isEnded, isFlood] = [false, false, false];

    function queue() {
      if (heldBytes >= heldBytesMax && !isFlood) {
        isFlood = true;
        prompt.forget(letIn);
      } else if (held.length === 0) isFlood = false;
      if (isWanted && held.length > 0) (isFlood || rationed === "all" ? rations : prompt).queue(letIn);
      if (held.length === 0 && isEnded) gate.push(null);
      if (heldBytes >= heldBytesMax) socket.pause();
      else if (held.length === 0 && socket.isPaused()) socket.resume();
    }

    function letIn() {
      const slice = held.shift();
      if (!slice || gate.destroyed) return;
      heldBytes -= slice.bytes.length;
      requests -= slice.requests;
      isWanted = gate.push(slice.bytes);
      queue();
    }

    const gate = new Duplex({
      read() {
        isWanted = true;
        queue();
      },
      write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
      writev(chunks, done) {
        socket.cork();
        for (const [index, { chunk }] of chunks.entries())
          socket.write(chunk, index === chunks.length - 1 ? done : undefined);
        socket.uncork();
      },
      final: (done) => void socket.end(done),
      destroy(error, done) {
        forget(letIn);
        socket.destroy();
        done(error);
      },
    });
    socket.on("data", (chunk: Buffer) => {
      for (const slice of slicer.cut(chunk)) {
        held.push(slice);
        heldBytes += slice.bytes.length;
        requests += slice.requests;
      }
      if (requests > requestsMax) gate.destroy();
      else queue();
    });
    socket.on("end", () => {
      isEnded = true;
      queue();
    });
    // What breaks a connection closes it; that is all there is to know.
    socket.on("error", () => {});
    socket.on("close", () => gate.destroy());
    return gate;
  }

  function forget(letIn: () => void) {
    for (const turns of [rations, prompt]) turns.forget(letIn);
  }

  return {
    enter,
    close() {
      for (const turns of [rations, prompt]) turns.close();
    },
  };
}

/** Turns of the loop, but no more than there may be: whoever would have one more rests until it is their turn. */
function createRationedTurns(): LoopTurns<() => void> {
  const ready = createLoopTurns<() => void>(take);
  /** Those who have a turn to come. */
  const given = new Set<() => void>();
  /** Those who rest, in the order in which they came. */
  const resting = new Set<() => void>();
  let [left, isClosed] = [atOnceMax, false];

  function take(letIn: () => void) {
    given.delete(letIn);
    letIn();
  }

  /** Nobody is looked at for whom there is no turn: a thousand who rest cost no more than one. */
  function give() {
    for (const letIn of resting) {
      if (left === 0) return;
      if (left-- === atOnceMax) setTimeout(refill, restMs).unref();
      resting.delete(letIn);
      given.add(letIn);
      ready.queue(letIn);
    }
  }

  function refill() {
    left = Math.min(atOnceMax, left + atATime);
    if (isClosed) return;
    if (left < atOnceMax) setTimeout(refill, restMs).unref();
    give();
  }

  return {
    queue(letIn) {
      if (given.has(letIn)) return;
      resting.add(letIn);
      give();
    },
    forget(letIn) {
      ready.forget(letIn);
      given.delete(letIn);
      resting.delete(letIn);
    },
    close() {
      isClosed = true;
      ready.close();
    },
  };
}

/** Turns of the loop, of which the first is taken at once: who asks while nobody else does is not kept waiting. */
function createPromptTurns(): LoopTurns<() => void> {
  const later = createLoopTurns<() => void>((letIn) => letIn());
  let isTaken = false;
  let next: NodeJS.Immediate | undefined;
  return {
    queue(letIn) {
      if (isTaken) return later.queue(letIn);
      isTaken = true;
      next = setImmediate(() => {
        isTaken = false;
      });
      letIn();
    },
    forget: (letIn) => later.forget(letIn),
    close() {
      clearImmediate(next);
      later.close();
    },
  };
}
