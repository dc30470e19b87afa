import type { MessagePort } from "node:worker_threads";
import type { Address, FailedEvent } from "../../core/actor.ts";
import { type Batch, batchStride, type Op, type PeerId, type Piece } from "./wire.ts";

/** What outboxes need of the thread they are in. */
export interface OutboxesOptions {
  receive(piece: Piece): void;
  /** A piece has come from there: whoever sent it lives there. */
  learn(from: Address, peer: PeerId): void;
  /** The piece reached nobody. */
  undelivered(piece: Piece, reason: FailedEvent["reason"]): void;
  /** The piece holds what cannot be cloned, a function for example. */
  unsendable(piece: Piece, error: Error): void;
  /** Something waits to be flushed. */
  wake(): void;
}

/** A thread's ports to all other threads: what is for one of them goes as one message a flush. */
export interface Outboxes {
  post(peer: PeerId, piece: Piece): void;
  /** The port to a peer; what was posted before it came has waited. */
  accept(peer: PeerId, port: MessagePort): void;
  /** A peer is gone, with all that lived in it. */
  drop(peer: PeerId): void;
  flush(): void;
  /** Whether something waits for a port. */
  isWaiting(): boolean;
  close(): void;
}

interface Peer {
  port: MessagePort | undefined;
  outbox: Batch;
  isDirty: boolean;
}

const outboxMax = 200_000 * batchStride;

/** Makes the outboxes of one thread. */
export function createOutboxes(options: OutboxesOptions): Outboxes {
  const { undelivered, wake } = options;
  const peers = new Map<PeerId, Peer>();
  let dirty: Peer[] = [];

  function peerOf(id: PeerId): Peer {
    let peer = peers.get(id);
    if (!peer) {
      peer = { port: undefined, outbox: [], isDirty: false };
      peers.set(id, peer);
    }
    return peer;
  }

  function soil(peer: Peer) {
    peer.isDirty = true;
    if (dirty.push(peer) === 1) wake();
  }

  return {
    post(id, piece) {
      const peer = peerOf(id);
      if (peer.outbox.length >= outboxMax) return undelivered(piece, "overflow");
      peer.outbox.push(piece.op, piece.to, piece.from, piece.ask, piece.body);
      if (!peer.isDirty && peer.port) soil(peer);
    },
    accept(id, port) {
      const peer = peerOf(id);
      peer.port = port;
      // What a peer sent before it went may come after the news: nobody lives there any more.
      port.on("message", (batch: Batch) => unpack(options, batch, peers.has(id) ? id : undefined));
      if (peer.outbox.length > 0) soil(peer);
    },
    // Its port is left to close by itself: first it gives what the peer sent while it lived.
    drop: (id) => void peers.delete(id),
    flush() {
      if (dirty.length === 0) return;
      const flushed = dirty;
      dirty = [];
      for (const peer of flushed) {
        peer.isDirty = false;
        const batch = peer.outbox;
        peer.outbox = [];
        if (peer.port) transfer(options, peer.port, batch);
      }
    },
    isWaiting() {
      for (const { port, outbox } of peers.values()) if (!port && outbox.length > 0) return true;
      return false;
    },
    close() {
      for (const { port } of peers.values()) port?.close();
      peers.clear();
    },
  };
}

function transfer(options: OutboxesOptions, port: MessagePort, batch: Batch): void {
  try {
    port.postMessage(batch);
  } catch {
    for (let at = 0; at < batch.length; at += batchStride)
      transferOne(options, port, batch.slice(at, at + batchStride));
  }
}

/** One piece that cannot be cloned must not take the others of its batch with it. */
function transferOne({ unsendable }: OutboxesOptions, port: MessagePort, batch: Batch): void {
  try {
    port.postMessage(batch);
  } catch (error) {
    unsendable(pieceAt(batch, 0), error as Error);
  }
}

function unpack({ receive, learn }: OutboxesOptions, batch: Batch, peer: PeerId | undefined): void {
  let lastFrom: Address | undefined;
  for (let at = 0; at < batch.length; at += batchStride) {
    const from = batch[at + 2] as Address;
    if (peer !== undefined && from !== lastFrom) {
      lastFrom = from;
      learn(from, peer);
    }
    receive(pieceAt(batch, at));
  }
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
