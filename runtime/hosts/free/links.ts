import type { MessagePort } from "node:worker_threads";
import type { Address, FailedEvent } from "../../core/actor.ts";
import { createOutboxes } from "./outboxes.ts";
import { nowhere, type PeerId, type Piece } from "./wire.ts";

/** What links need of the thread they are in. */
export interface LinksOptions {
  /** This thread: what is for itself never leaves it. */
  readonly self: PeerId;
  /** Asks the main thread where an address lives; `located` brings the answer. */
  locate(address: Address): void;
  receive(piece: Piece): void;
  /** The piece reached nobody. */
  undelivered(piece: Piece, reason: FailedEvent["reason"]): void;
  /** The piece holds what cannot be cloned, a function for example. */
  unsendable(piece: Piece, error: Error): void;
  /** Something waits to be flushed. */
  wake(): void;
}

/** A thread's ways to all other threads: direct ports, made on first use, one message a flush. */
export interface Links {
  /** Puts a piece on its way to whoever holds its address; pieces for one address stay in order. */
  send(piece: Piece): void;
  /** Where an address lives, or `nowhere`. */
  located(address: Address, peer: PeerId): void;
  /** The port to a peer; what was sent before it came has waited. */
  accept(peer: PeerId, port: MessagePort): void;
  /** The actor at that address is gone: ask again before the next message to it. */
  forget(address: Address): void;
  /** A peer is gone, with all that lived in it. */
  drop(peer: PeerId): void;
  flush(): void;
  /** Whether something waits for a place or a port. */
  isWaiting(): boolean;
  close(): void;
}

/** Where an address lives; while that is being asked, what waits for the answer. */
type Place = { readonly peer: PeerId } | { readonly waiting: Piece[] };

const waitingMax = 10_000;

/** Makes the links of one thread. */
export function createLinks(options: LinksOptions): Links {
  const { self, locate, receive, undelivered } = options;
  const places = new Map<Address, Place>();
  const outboxes = createOutboxes({ ...options, learn });

  /** Who sends lives where it sends from: an answer goes straight back, before anybody had to be asked. */
  function learn(from: Address, peer: PeerId) {
    const place = places.get(from);
    if (place && "peer" in place && place.peer === peer) return;
    settle(from, peer);
    // So that the main thread knows who is to be told when it moves or goes.
    if (!place) locate(from);
  }

  function settle(address: Address, peer: PeerId) {
    const place = places.get(address);
    places.set(address, { peer });
    if (place && "waiting" in place) for (const piece of place.waiting) outboxes.post(peer, piece);
  }

  return {
    send(piece) {
      const place = places.get(piece.to);
      if (!place) {
        places.set(piece.to, { waiting: [piece] });
        return locate(piece.to);
      }
      if ("peer" in place) return outboxes.post(place.peer, piece);
      if (place.waiting.length >= waitingMax) return undelivered(piece, "overflow");
      place.waiting.push(piece);
    },
    located(address, peer) {
      if (peer !== nowhere && peer !== self) return settle(address, peer);
      const place = places.get(address);
      places.delete(address);
      if (!place || !("waiting" in place)) return;
      for (const piece of place.waiting) {
        if (peer === self) receive(piece);
        else undelivered(piece, "undeliverable");
      }
    },
    accept: outboxes.accept,
    forget(address) {
      const place = places.get(address);
      if (place && "peer" in place) places.delete(address);
    },
    drop(id) {
      outboxes.drop(id);
      for (const [address, place] of places) if ("peer" in place && place.peer === id) places.delete(address);
    },
    flush: outboxes.flush,
    isWaiting() {
      for (const place of places.values()) if ("waiting" in place) return true;
      return outboxes.isWaiting();
    },
    close: outboxes.close,
  };
}
