import type { Address, AskId } from "../../core/actor.ts";
import type { ActorJournal, JournalStep } from "../../core/actor_journal.ts";
import type { Cell } from "../../core/cell.ts";
import type { Effect } from "../../core/effect.ts";
import { createMailbox, type Mailbox } from "../../core/mailbox.ts";
import type { Device } from "../../devices/device.ts";
import type { LifeOrder } from "./control.ts";

/** An event on its way into a machine. */
export type ShardEvent = { readonly type: string };

/** A named timer. The event that it gave waits in the mailbox until the actor gets to it: until then it can be undone. */
export interface ShardTimer {
  readonly event: ShardEvent;
  /** Infinite when it is cancelled. */
  dueMs: number;
  /** When the clock calls; moved on then, if the timer was put off. */
  calledMs: number;
  isFired: boolean;
}

/** An actor that lives in a shard. */
export interface ShardActor {
  readonly order: LifeOrder;
  readonly address: Address;
  /** Undefined once its life is over. */
  cell: Cell | undefined;
  readonly mailbox: Mailbox<ShardEvent>;
  readonly pending: Map<AskId, Address>;
  readonly timers: Map<string, ShardTimer>;
  /** Timer events in the mailbox that were cancelled after they fired. */
  readonly undone: Set<ShardEvent>;
  readonly devices: Map<string, Device>;
  journal: LifeJournal | undefined;
  isQueued: boolean;
  isPaused: boolean;
}

/** Makes the record of a life that has just begun. */
export function createShardActor(order: LifeOrder, cell: Cell, journal: LifeJournal | undefined): ShardActor {
  return {
    order,
    address: order.address,
    cell,
    mailbox: createMailbox(cell.definition.mailboxMax),
    pending: new Map(),
    timers: new Map(),
    undone: new Set(),
    devices: new Map(),
    journal,
    isQueued: false,
    isPaused: false,
  };
}

/** Writes down the first `max` steps of a life. */
export interface LifeJournal {
  record(step: JournalStep): void;
  read(): ActorJournal;
}

/** Starts the journal of a life. */
export function createLifeJournal(
  life: Omit<ActorJournal, "steps" | "dropped" | "firstEffects"> & { firstEffects: readonly Effect[] },
  max: number,
): LifeJournal {
  const steps: JournalStep[] = [];
  let dropped = 0;
  return {
    record(step) {
      if (steps.length < max) steps.push(step);
      else dropped++;
    },
    read: () => ({ ...life, input: withoutSecrets(life.input), steps, dropped }),
  };
}

/** What an input has under the name `secrets` is for the actor alone: no journal shows it. */
export function withoutSecrets(input: unknown): unknown {
  if (typeof input !== "object" || input === null || !("secrets" in input)) return input;
  const { secrets: _secrets, ...shown } = input;
  return shown;
}
