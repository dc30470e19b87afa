import type { Effect } from "../../core/effect.ts";
import { exitOf } from "../../supervision/restarts.ts";
import { type Carriers, carryOut } from "../carry_out.ts";
import type { ShardActor, ShardEvent } from "./shard_actor.ts";
import type { ShardGround } from "./shard_ground.ts";
import { op } from "./wire.ts";

/** The steps that actors take, and what becomes of their effects. */
export interface ShardSteps {
  take(actor: ShardActor, event: ShardEvent): void;
  /** Carries out the effects of starting. */
  begin(actor: ShardActor, effects: readonly Effect[]): void;
  /** How many were taken. */
  taken(): number;
}

/** Makes the steps of a shard. */
export function createShardSteps(ground: ShardGround): ShardSteps {
  const { timers, lives, options } = ground;
  const { clock } = options;
  const carriers = carriersOf(ground);
  let steps = 0;

  function take(actor: ShardActor, event: ShardEvent) {
    const { cell, journal } = actor;
    if (!cell || (isTimer(event) && !timers.take(actor, event))) return;
    steps++;
    const [nowMs, uptimeMs] = [ground.wallMs(actor.address), clock.uptimeMs()];
    let effects: Effect[] = [];
    try {
      effects = cell.deliver(event, nowMs, uptimeMs);
      journal?.record({ event, nowMs, uptimeMs, effects });
      carryOut(actor, effects, carriers);
    } catch (error) {
      const exit = exitOf(error);
      const crash = exit.trace ?? exit.reason;
      if (effects.length === 0) journal?.record({ event, nowMs, uptimeMs, effects, crash });
      return lives.exit(actor, exit);
    }
    endIfEnded(actor);
  }

  function begin(actor: ShardActor, effects: readonly Effect[]) {
    try {
      carryOut(actor, effects, carriers);
    } catch (error) {
      return lives.exit(actor, exitOf(error));
    }
    endIfEnded(actor);
  }

  function endIfEnded(actor: ShardActor) {
    if (actor.cell?.machine.ended()) lives.exit(actor, { crashed: false, reason: "ended" });
  }

  return { take, begin, taken: () => steps };
}

function isTimer({ type }: ShardEvent): boolean {
  return type.startsWith("timer.") || type.startsWith("xstate.");
}

function carriersOf({ mail, timers, deadlines, devices, options }: ShardGround): Carriers<ShardActor> {
  const { director, isLogged } = options;
  return {
    send: ({ address }, { to, body }, ask) => mail.transmit({ op: op.mail, to, from: address, ask, body }),
    expectAnswer(actor, { id, to, timeoutMs }) {
      actor.pending.set(id, to);
      deadlines.watch(actor, id, timeoutMs);
    },
    reply: ({ address }, { to, id, body }) => mail.transmit({ op: op.reply, to, from: address, ask: id, body }),
    setTimer: timers.set,
    cancelTimer: timers.cancel,
    device: devices.request,
    supervise: (event) => director.supervise(event),
    log: (address, text) => void (isLogged && director.log(address, text)),
  };
}
