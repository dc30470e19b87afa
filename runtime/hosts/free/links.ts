import type { MessagePort } from "node:worker_threads";
import type { Address, FailedEvent } from "../../core/actor.ts";
import { type Batch, batchStride, nowhere, type Op, type PeerId, type Piece } from "./wire.ts";

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

interface Peer {
  port: MessagePort | undefined;
  outbox: Batch;
  isDirty: boolean;
}

/** Where an address lives; while that is being asked, what waits for the answer. */
type Place = { readonly peer: PeerId } | { readonly waiting: Piece[] };

const waitingMax = 10_000;
const outboxMax = 200_000 * batchStride;

/** Makes the links of one thread. */
export function createLinks({ self, locate, receive, undelivered, unsendable, wake }: LinksOptions): Links {
  const peers = new Map<PeerId, Peer>();
  const places = new Map<Address, Place>();
  let dirty: Peer[] = [];

  function peerOf(id: PeerId): Peer {
    let peer = peers.get(id);
    if (!peer) {
      peer = { port: undefined, outbox: [], isDirty: false };
      peers.set(id, peer);
    }
    return peer;
  }

  function post(id: PeerId, piece: Piece) {
    const peer = peerOf(id);
    if (peer.outbox.length >= outboxMax) return undelivered(piece, "overflow");
    peer.outbox.push(piece.op, piece.to, piece.from, piece.ask, piece.body);
    if (peer.isDirty || !peer.port) return;
    peer.isDirty = true;
    if (dirty.push(peer) === 1) wake();
  }

  function transfer(port: MessagePort, batch: Batch) {
    try {
      port.postMessage(batch);
    } catch {
      for (let at = 0; at < batch.length; at += batchStride) transferOne(port, batch.slice(at, at + batchStride));
    }
  }

  /** One piece that cannot be cloned must not take the others of its batch with it. */
  function transferOne(port: MessagePort, batch: Batch) {
    try {
      port.postMessage(batch);
    } catch (error) {
      unsendable(pieceAt(batch, 0), error as Error);
    }
  }

  function unpack(id: PeerId, batch: Batch) {
    // What a peer sent before it went may come after the news: nobody lives there any more.
    const isHere = peers.has(id);
    let lastFrom: Address | undefined;
    for (let at = 0; at < batch.length; at += batchStride) {
      const from = batch[at + 2] as Address;
      if (isHere && from !== lastFrom) {
        lastFrom = from;
        learn(from, id);
      }
      receive(pieceAt(batch, at));
    }
  }

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
    if (place && "waiting" in place) for (const piece of place.waiting) post(peer, piece);
  }

  return {
    send(piece) {
      const place = places.get(piece.to);
      if (!place) {
        places.set(piece.to, { waiting: [piece] });
        return locate(piece.to);
      }
      if ("peer" in place) return post(place.peer, piece);
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
    accept(id, port) {
      const peer = peerOf(id);
      peer.port = port;
      port.on("message", (batch: Batch) => unpack(id, batch));
      if (peer.outbox.length === 0) return;
      peer.isDirty = true;
      if (dirty.push(peer) === 1) wake();
    },
    forget(address) {
      const place = places.get(address);
      if (place && "peer" in place) places.delete(address);
    },
    drop(id) {
      // Its port is left to close by itself: first it gives what the peer sent while it lived.
      peers.delete(id);
      for (const [address, place] of places) if ("peer" in place && place.peer === id) places.delete(address);
    },
    flush() {
      if (dirty.length === 0) return;
      const flushed = dirty;
      dirty = [];
      for (const peer of flushed) {
        peer.isDirty = false;
        const batch = peer.outbox;
        peer.outbox = [];
        if (peer.port) transfer(peer.port, batch);
      }
    },
    isWaiting() {
      for (const place of places.values()) if ("waiting" in place) return true;
      for (const { port, outbox } of peers.values()) if (!port && outbox.length > 0) return true;
      return false;
    },
    close() {
      for (const { port } of peers.values()) port?.close();
      peers.clear();
    },
  };
}

function pieceAt(batch: Batch, at: number): Piece {
  return {
    op: batch[at] as Op,
    to: batch[at + 1] as Address,
    from: batch[at + 2] as Address,
    ask: batch[at + 3] as number,
    body: batch[at + 4],
  };
}
