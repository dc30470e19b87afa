import type { Address, FailedEvent } from "../../core/actor.ts";
import type { FaultEngine } from "../../faults/engine.ts";
import { createDeadLetterBox } from "../dead_letters.ts";
import type { DeadLetters } from "../host.ts";
import type { ShardActor, ShardEvent } from "./shard_actor.ts";
import type { ShardClock } from "./shard_clock.ts";
import { op, type Piece, typeOfPiece } from "./wire.ts";

/** What mail needs of the shard around it. */
export interface ShardMailOptions {
  readonly clock: ShardClock;
  readonly faults: FaultEngine;
  readonly actors: ReadonlyMap<Address, ShardActor>;
  /** Takes a piece whose address does not live here. */
  sendAway(piece: Piece): void;
  enqueue(actor: ShardActor): void;
}

/** Pieces on their way: to actors here, to other threads, or to nobody. */
export interface ShardMail {
  /** Sends for an actor here; the fault layer has its say. */
  transmit(piece: Piece): void;
  /** Takes what came for an actor here. */
  arrive(piece: Piece): void;
  undelivered(piece: Piece, reason: FailedEvent["reason"]): void;
  /** Tells an asker here that there will be no answer. */
  fail(actor: ShardActor, ask: number, reason: FailedEvent["reason"]): void;
  /** Whether a fault keeps what the runtime itself tells from passing. */
  isCut(from: Address, to: Address, type: string): boolean;
  deadLetters(): DeadLetters;
}

/** While faults delay messages: what is held between two actors, so that later ones do not overtake it. */
interface Held {
  /** How many links hold something. */
  readonly size: number;
  /** When the last of it is let go; undefined: nothing is held. */
  lastDueMs(link: string): number | undefined;
  hold(link: string, dueMs: number, piece: Piece): void;
}

function createHeld(clock: ShardClock, letGo: (piece: Piece) => void): Held {
  const links = new Map<string, { dueMs: number; count: number }>();
  return {
    get size() {
      return links.size;
    },
    lastDueMs: (link) => links.get(link)?.dueMs,
    hold(link, dueMs, piece) {
      const account = links.get(link) ?? { dueMs, count: 0 };
      links.set(link, account);
      account.dueMs = dueMs;
      account.count++;
      clock.at(dueMs, () => {
        account.count--;
        if (account.count === 0) links.delete(link);
        letGo(piece);
      });
    },
  };
}

/** Makes the mail side of a shard. */
export function createShardMail({ clock, faults, actors, sendAway, enqueue }: ShardMailOptions): ShardMail {
  const letters = createDeadLetterBox();
  const held = createHeld(clock, route);

  function route(piece: Piece) {
    if (actors.has(piece.to)) arrive(piece);
    else sendAway(piece);
  }

  function transmitFaulty(piece: Piece) {
    const body = piece.op === op.failed ? undefined : (piece.body as { readonly type: string } | undefined);
    const verdict = faults.link({ from: piece.from, to: piece.to, body, type: typeOfPiece(piece) });
    if (verdict?.lost) return;
    const arriving = withMishap(piece, verdict?.mishap);
    const nowMs = clock.uptimeMs();
    const link = `${piece.from} ${piece.to} ${verdict?.lane ?? ""}`;
    const ownDueMs = nowMs + (verdict?.delayMs ?? 0);
    const before = verdict?.overtakes ? undefined : held.lastDueMs(link);
    const dueMs = Math.max(ownDueMs, before ?? 0);
    // A thread that is late has yet to let go what is due by now.
    const isHeld = dueMs > nowMs || before !== undefined;
    for (let copy = 0; copy <= (verdict?.copies ?? 0); copy++) {
      if (!isHeld) route(arriving);
      else if (verdict?.overtakes) clock.at(dueMs, () => route(arriving));
      else held.hold(link, dueMs, arriving);
    }
  }

  function transmit(piece: Piece) {
    if (faults.active() || held.size > 0) transmitFaulty(piece);
    else route(piece);
  }

  function arrive(piece: Piece) {
    const actor = actors.get(piece.to);
    if (!actor) return undelivered(piece, "undeliverable");
    const { from, ask, body } = piece;
    if (piece.op === op.mail) {
      const event = { type: (body as { readonly type: string }).type, body, from, ask };
      if (!actor.mailbox.push(event)) return undelivered(piece, "overflow");
    } else {
      if (ask !== 0 && !actor.pending.delete(ask)) return;
      const event =
        piece.op === op.reply ? { type: "reply", ask, from, body } : { type: "failed", ask, from, reason: body };
      actor.mailbox.force(event);
    }
    enqueue(actor);
  }

  function undelivered(piece: Piece, reason: FailedEvent["reason"]) {
    letters.put({ from: piece.from, to: piece.to, type: typeOfPiece(piece) });
    if (piece.op !== op.mail || (piece.ask === 0 && reason !== "overflow")) return;
    transmit({ op: op.failed, to: piece.from, from: piece.to, ask: piece.ask, body: reason });
  }

  return {
    transmit,
    arrive,
    undelivered,
    fail(actor, ask, reason) {
      const from = actor.pending.get(ask);
      if (from === undefined) return;
      transmit({ op: op.failed, to: actor.address, from, ask, body: reason });
    },
    isCut: (from, to, type) => faults.active() && faults.link({ from, to, body: undefined, type })?.lost === true,
    deadLetters: letters.read,
  };
}

/** Hands an event of the host's own to an actor: there is always room for it. */
export function force(actor: ShardActor, event: ShardEvent, enqueue: (actor: ShardActor) => void): void {
  if (!actor.cell) return;
  actor.mailbox.force(event);
  enqueue(actor);
}

/** The same message with what befell it on its way; what is no message has no place for that. */
function withMishap(piece: Piece, mishap: string | undefined): Piece {
  if (mishap === undefined || piece.op === op.reply || piece.op === op.failed) return piece;
  return { ...piece, body: { ...(piece.body as object), mishap } };
}
