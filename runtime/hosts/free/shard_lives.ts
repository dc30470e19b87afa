import type { ActorDefinition, Address, AskId } from "../../core/actor.ts";
import { type Cell, startCell } from "../../core/cell.ts";
import { type Exit, exitOf } from "../../supervision/restarts.ts";
import type { LifeOrder } from "./control.ts";
import {
  createLifeJournal,
  createShardActor,
  type LifeJournal,
  type ShardActor,
  type ShardEvent,
} from "./shard_actor.ts";
import type { ShardGround } from "./shard_ground.ts";
import { op } from "./wire.ts";

/** Lives as they begin and end in this shard. */
export interface ShardLives {
  start(order: LifeOrder): void;
  /** A life ends here; the supervisors learn of it. */
  exit(actor: ShardActor, how: Exit): void;
  /** The actor, if that very life of it is under way. */
  living(address: Address, incarnation: number): ShardActor | undefined;
  /** Of its present life here, or of its last one. */
  journalOf(address: Address): LifeJournal | undefined;
  /** What actors here asked of it fails. */
  failAsksTo(address: Address): void;
}

const pastJournalsMax = 100;

/** Makes the lives' side of a shard; nobody lives in it yet. */
export function createShardLives(ground: ShardGround): ShardLives {
  const { actors, options } = ground;
  const { director } = options;
  const definitions = new Map(options.actors.map((each) => [each.kind, each]));
  /** The journals of lives that have ended: the last few, for finding out why. */
  const pastJournals = new Map<Address, LifeJournal>();

  function start(order: LifeOrder) {
    const { address, incarnation } = order;
    let actor: ShardActor;
    try {
      actor = createLife(ground, order, definitions.get(order.kind));
    } catch (error) {
      return director.supervise({ kind: "ended", address, incarnation, exit: exitOf(error) });
    }
    actors.set(address, actor);
    // What others here have sent to it meanwhile comes before what they send from now on.
    ground.links.located(address, options.peer);
    director.supervise({ kind: "begun", address, incarnation });
    ground.steps.begin(actor, actor.cell?.firstEffects ?? []);
    ground.turns.schedule();
  }

  function exit(actor: ShardActor, how: Exit) {
    if (!actor.cell) return;
    const { address, order } = actor;
    actor.cell = undefined;
    actors.delete(address);
    if (actor.journal) keepJournal(address, actor.journal);
    for (const device of actor.devices.values()) device.close(how.crashed);
    for (let event = actor.mailbox.shift(); event; event = actor.mailbox.shift()) returnUnread(ground, actor, event);
    failAsksTo(address);
    // What it sent before it ended goes before the news that it has.
    ground.links.flush();
    director.supervise({ kind: "ended", address, incarnation: order.incarnation, exit: how });
  }

  function keepJournal(address: Address, journal: LifeJournal) {
    pastJournals.delete(address);
    pastJournals.set(address, journal);
    if (pastJournals.size <= pastJournalsMax) return;
    for (const [oldest] of pastJournals) return void pastJournals.delete(oldest);
  }

  function failAsksTo(address: Address) {
    for (const actor of actors.values()) {
      for (const [ask, to] of actor.pending) if (to === address) ground.mail.fail(actor, ask, "down");
    }
  }

  return {
    start,
    exit,
    failAsksTo,
    living(address, incarnation) {
      const actor = actors.get(address);
      return actor?.order.incarnation === incarnation ? actor : undefined;
    },
    journalOf: (address) => actors.get(address)?.journal ?? pastJournals.get(address),
  };
}

function createLife(ground: ShardGround, order: LifeOrder, definition: ActorDefinition | undefined): ShardActor {
  const { kind, address, parent, input, incarnation } = order;
  if (!definition) {
    throw new Error(
      `Cannot start actor "${address}": no "${kind}" is exported by the module that its definition names, export it there`,
    );
  }
  const { seed, clock, journalMax } = ground.options;
  const [nowMs, uptimeMs] = [ground.wallMs(address), clock.uptimeMs()];
  const cell: Cell = startCell({ definition, address, parent, input, incarnation, seed, nowMs, uptimeMs });
  if (journalMax === 0) return createShardActor(order, cell, undefined);
  const { firstEffects } = cell;
  const life = { kind, address, parent, input, incarnation, seed, nowMs, uptimeMs, firstEffects };
  return createShardActor(order, cell, createLifeJournal(life, journalMax));
}

/** Mail that nobody will read: whoever awaits an answer learns that none comes. */
function returnUnread({ mail }: ShardGround, { address }: ShardActor, event: ShardEvent): void {
  const { from, ask, body } = event as { from?: Address; ask?: AskId; body?: unknown };
  const isMail = from !== undefined && ask !== undefined && event.type === (body as ShardEvent | undefined)?.type;
  if (!isMail || from.startsWith("device:")) return;
  mail.undelivered({ op: op.mail, to: address, from, ask, body }, "down");
}
