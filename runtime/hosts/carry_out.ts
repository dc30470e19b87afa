import type { Address, AskId } from "../core/actor.ts";
import type { Cell } from "../core/cell.ts";
import type { Effect } from "../core/effect.ts";
import type { TreeEvent } from "../supervision/orders.ts";

/** An actor as a host holds it. */
export interface Performer {
  readonly address: Address;
  /** Its present life; undefined while it has none. */
  readonly cell: Cell | undefined;
}

type EffectOf<Kind extends Effect["kind"]> = Extract<Effect, { readonly kind: Kind }>;

/** By what a host carries effects out: its links, its timers, its devices, its supervisors. */
export interface Carriers<Actor extends Performer> {
  /** Puts mail on its way; `ask` is 0 when no answer is awaited. */
  send(actor: Actor, effect: EffectOf<"send" | "ask">, ask: AskId): void;
  /** Minds that an answer is awaited, and for how long. */
  expectAnswer(actor: Actor, effect: EffectOf<"ask">): void;
  reply(actor: Actor, effect: EffectOf<"reply">): void;
  setTimer(actor: Actor, name: string, delayMs: number): void;
  cancelTimer(actor: Actor, name: string): void;
  device(actor: Actor, effect: EffectOf<"device">): void;
  supervise(event: TreeEvent): void;
  log(address: Address, text: string): void;
}

/** Carries out what a step wants, in order; what is left when the life ends over it is void. */
export function carryOut<Actor extends Performer>(
  actor: Actor,
  effects: readonly Effect[],
  carriers: Carriers<Actor>,
): void {
  const { cell } = actor;
  for (const effect of effects) {
    if (!cell || actor.cell !== cell) return;
    carryOutOne(actor, effect, carriers);
  }
}

function carryOutOne<Actor extends Performer>(actor: Actor, effect: Effect, carriers: Carriers<Actor>) {
  const { address } = actor;
  switch (effect.kind) {
    case "send":
      return carriers.send(actor, effect, 0);
    case "ask":
      carriers.expectAnswer(actor, effect);
      return carriers.send(actor, effect, effect.id);
    case "reply":
      return carriers.reply(actor, effect);
    case "timer":
      return carriers.setTimer(actor, effect.name, effect.delayMs);
    case "cancel":
      return carriers.cancelTimer(actor, effect.name);
    case "device":
      return carriers.device(actor, effect);
    case "spawn":
      return carriers.supervise({ kind: "spawn", spec: effect.spec, by: lifeOf(actor) });
    case "stop":
      return carriers.supervise({ kind: "stop", address: effect.address });
    case "monitor":
    case "demonitor":
      return carriers.supervise({ kind: effect.kind, watcher: address, watched: effect.address });
    case "log":
      return carriers.log(address, effect.text);
  }
}

function lifeOf({ address, cell }: Performer) {
  return { address, incarnation: cell?.incarnation ?? 0 };
}
