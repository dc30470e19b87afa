import { createMailbox } from "../../core/mailbox.ts";
import type { ShardActor } from "./shard_actor.ts";
import type { ShardGround } from "./shard_ground.ts";

/** Who has its turn when: actors share a thread, and leave it to ports, sockets and disks in between. */
export interface ShardTurns {
  /** Something waits in that actor's mailbox. */
  enqueue(actor: ShardActor): void;
  /** Something waits to be sent. */
  schedule(): void;
}

/** A turn ends after so many steps or so long; then timers, ports, sockets and disks have theirs. */
const turnStepsMax = 1000;
const turnMsMax = 5;
/** An actor takes so many steps before the next one in the shard has its share. */
const shareMax = 64;
const clockLookedAtEvery = 16;

/** Makes the turns of a shard. */
export function createShardTurns(ground: ShardGround): ShardTurns {
  const ready = createMailbox<ShardActor>(Number.POSITIVE_INFINITY);
  let isScheduled = false;

  function schedule() {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(turn);
  }

  function enqueue(actor: ShardActor) {
    if (actor.isQueued || actor.isPaused) return;
    actor.isQueued = true;
    ready.force(actor);
    schedule();
  }

  function turn() {
    const { steps, links } = ground;
    const endMs = performance.now() + turnMsMax;
    const stepsEnd = steps.taken() + turnStepsMax;
    for (let actor = ready.shift(); actor; actor = ready.shift()) {
      actor.isQueued = false;
      takeShare(actor, endMs);
      if (actor.cell && actor.mailbox.size() > 0) enqueue(actor);
      if (steps.taken() >= stepsEnd || performance.now() >= endMs) break;
    }
    links.flush();
    isScheduled = false;
    if (ready.size() > 0) schedule();
  }

  function takeShare(actor: ShardActor, endMs: number) {
    for (let taken = 1; taken <= shareMax && actor.cell && !actor.isPaused; taken++) {
      const event = actor.mailbox.shift();
      if (!event) return;
      ground.steps.take(actor, event);
      if (taken % clockLookedAtEvery === 0 && performance.now() >= endMs) return;
    }
  }

  return { enqueue, schedule };
}
