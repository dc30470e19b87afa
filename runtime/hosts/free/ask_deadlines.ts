import type { AskId } from "../../core/actor.ts";
import type { ShardActor } from "./shard_actor.ts";
import type { ShardClock } from "./shard_clock.ts";

/** Watches over asks that nobody answers. */
export interface AskDeadlines {
  watch(actor: ShardActor, id: AskId, timeoutMs: number): void;
}

interface Entry {
  readonly actor: ShardActor;
  readonly id: AskId;
  readonly dueMs: number;
}

interface Queue {
  entries: Entry[];
  head: number;
}

const headMax = 4096;

/** Asks with the same timeout are due in the order they were asked: one clock call stands for a whole queue. */
export function createAskDeadlines(clock: ShardClock, expire: (actor: ShardActor, id: AskId) => void): AskDeadlines {
  const queues = new Map<number, Queue>();
  const isOpen = ({ actor, id }: Entry) => actor.cell !== undefined && actor.pending.has(id);

  /** Drops what was settled from the front; asks are mostly answered in order, so little else waits. */
  function trim(queue: Queue) {
    for (let entry = queue.entries[queue.head]; entry && !isOpen(entry); entry = queue.entries[queue.head])
      queue.head++;
    if (queue.head < headMax && queue.head < queue.entries.length) return;
    queue.entries = queue.entries.slice(queue.head);
    queue.head = 0;
  }

  function sweep(timeoutMs: number, queue: Queue) {
    for (;;) {
      trim(queue);
      const entry = queue.entries[queue.head];
      if (!entry) return queues.delete(timeoutMs);
      if (entry.dueMs > clock.uptimeMs()) return clock.at(entry.dueMs, () => sweep(timeoutMs, queue));
      expire(entry.actor, entry.id);
    }
  }

  return {
    watch(actor, id, timeoutMs) {
      const dueMs = clock.uptimeMs() + timeoutMs;
      let queue = queues.get(timeoutMs);
      if (!queue) {
        const made: Queue = { entries: [], head: 0 };
        queue = made;
        queues.set(timeoutMs, made);
        clock.at(dueMs, () => sweep(timeoutMs, made));
      }
      trim(queue);
      queue.entries.push({ actor, id, dueMs });
    },
  };
}
