import type { Connection } from "../kernel/connection.ts";
import { readSome, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { type Packet, packed, unpacked } from "./wire.ts";

/** One end of a connection, packet by packet. */
export interface Conversation {
  /** The next that has come; undefined: the other end is gone, or makes no sense. */
  hear(): Running<Packet | undefined>;
  /** Sends some, numbered on from one that came. */
  say(after: number, ...payloads: readonly string[]): Running<void>;
}

/** Speaks MySQL's protocol over a connection. */
export function conversationOver(self: Process, connection: Connection): Conversation {
  let held = "";
  let wanted = 4;
  const waiting: Packet[] = [];
  return {
    *hear() {
      while (waiting.length === 0) {
        const bytes = yield* readSome(self, connection);
        if (bytes === "") return undefined;
        held += bytes;
        // A long packet comes in many pieces: it is looked at once, when it may be whole.
        if (held.length < wanted) continue;
        const read = unpacked(held);
        if (!read) return undefined;
        held = read.rest;
        wanted = held.length + 1;
        waiting.push(...read.packets);
      }
      return waiting.shift();
    },
    *say(after, ...payloads) {
      let out = "";
      for (const [at, payload] of payloads.entries()) out += packed({ number: (after + 1 + at) % 256, payload });
      yield* writeTo(self, connection, out);
    },
  };
}
