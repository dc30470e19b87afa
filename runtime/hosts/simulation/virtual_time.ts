import type { Address } from "../../core/actor.ts";
import { mix32 } from "../../core/random.ts";
import { outside } from "../host.ts";
import { createEventHeap, type Due } from "./event_heap.ts";
import type { SimulatedActor } from "./simulated_actor.ts";

/** Virtual time is kept in whole microseconds. */
export const microsPerMs = 1000;

/** Something that is to happen. */
export interface Scheduled {
  /** Mail, a reply, a timer that runs out, asks that may be too old, or a call back. */
  readonly run: "mail" | "reply" | "timer" | "asks" | "call";
  readonly target: SimulatedActor | undefined;
  readonly from: Address;
  readonly payload: unknown;
}

/** Something in the heap. */
export interface Item extends Due, Scheduled {
  /** The life that it is meant for. */
  readonly incarnation: number;
}

/** The time of a simulation, and what is to happen in it: it moves from one event to the next. */
export interface VirtualTime {
  /** Microseconds since the start. */
  now(): number;
  uptimeMs(): number;
  /** @throws Error when that is in the past, or no number */
  schedule(at: number, what: Scheduled): void;
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

  function schedule(at: number, { run, target, from, payload }: Scheduled) {
    // A time that is no number would silently break the order of the heap: a fault's parameter is missing, then.
    if (!(at >= now))
      throw new Error(`Cannot schedule a ${run} at ${at} us: it is ${now} us, look for a missing parameter`);
    sequence++;
    const tie = target ? mix32(target.addressHash ^ seed, target.arrivals++) : 0;
    const incarnation = target ? target.member.incarnation : 0;
    heap.push({ at, tie, sequence, run, target, incarnation, from, payload });
  }

  return {
    now: () => now,
    uptimeMs: () => now / microsPerMs,
    schedule,
    callLater(delayMs, body) {
      schedule(now + Math.round(delayMs * microsPerMs), {
        run: "call",
        target: undefined,
        from: outside,
        payload: body,
      });
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
