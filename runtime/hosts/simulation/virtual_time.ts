import { mix32 } from "../../core/random.ts";
import { createEventHeap, type Due } from "./event_heap.ts";
import type { Sent } from "./sent.ts";
import type { AskQueue, SimulatedActor, SimulatedTimer } from "./simulated_actor.ts";

/** Virtual time is kept in whole microseconds. */
export const microsPerMs = 1000;

/** Something that is to be done: for nobody, or for an actor. */
export interface Call {
  readonly run: "call";
  readonly body: () => void;
}

/** What can happen: mail or a reply comes, a timer runs out, asks may be too old, or a call is due. */
export type Happening = Sent | SimulatedTimer | AskQueue | Call;

/** Something in the heap. */
export interface Item extends Due {
  readonly target: SimulatedActor | undefined;
  /** The life that it is meant for. */
  readonly incarnation: number;
  readonly what: Happening;
}

/** The time of a simulation, and what is to happen in it: it moves from one event to the next. */
export interface VirtualTime {
  /** Microseconds since the start. */
  now(): number;
  uptimeMs(): number;
  /** @throws Error when that is in the past, or no number */
  schedule(at: number, target: SimulatedActor | undefined, what: Happening): void;
  callLater(delayMs: number, body: () => void): void;
  /** Moves on to what is due next, and takes it; undefined when nothing is, ever. */
  next(): Item | undefined;
  /** When the next one is due; infinite when nothing is. */
  nextAt(): number;
  /** Lets time pass until then; what is due before must have been taken. */
  passUntil(at: number): void;
}

/** Makes a time in which nothing has happened. Ties are broken by the seed. */
export function createVirtualTime(seed: number): VirtualTime {
  const heap = createEventHeap<Item>();
  let [now, sequence] = [0, 0];

  function schedule(at: number, target: SimulatedActor | undefined, what: Happening) {
    // A time that is no number would silently break the order of the heap: a fault's parameter is missing, then.
    if (!(at >= now))
      throw new Error(`Cannot schedule a ${what.run} at ${at} us: it is ${now} us, look for a missing parameter`);
    sequence++;
    const tie = target ? mix32(target.addressHash ^ seed, target.arrivals++) : 0;
    const incarnation = target ? target.member.incarnation : 0;
    heap.push({ at, tie, sequence, target, incarnation, what });
  }

  return {
    now: () => now,
    uptimeMs: () => now / microsPerMs,
    schedule,
    callLater(delayMs, body) {
      schedule(now + Math.round(delayMs * microsPerMs), undefined, { run: "call", body });
    },
    next() {
      const item = heap.pop();
      if (item) now = item.at;
      return item;
    },
    nextAt: () => heap.peek()?.at ?? Number.POSITIVE_INFINITY,
    passUntil(at) {
      now = Math.max(now, at);
    },
  };
}
