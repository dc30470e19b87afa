import type { Address, AskId, FailedEvent, Message } from "../../core/actor.ts";
import { AskError, outside } from "../host.ts";
import { createLinks, type Links } from "./links.ts";
import { mainPeer, op, type Piece, typeOfPiece } from "./wire.ts";

/** The main thread among its workers: it sends and asks as anybody does, over ports of its own. */
export interface Outside {
  readonly links: Links;
  send(to: Address, body: Message): void;
  ask(to: Address, body: Message, timeoutMs: number): Promise<unknown>;
  /** An actor is gone: what was asked of it fails. */
  gone(address: Address): void;
  /** Asks that wait fail: the host closes. */
  close(): void;
}

interface Waiting {
  readonly to: Address;
  resolve(answer: unknown): void;
  fail(reason: FailedEvent["reason"]): void;
}

/** Makes the main thread's end. */
export function createOutside(
  locate: (address: Address) => void,
  lost: (letter: { from: Address; to: Address; type: string }) => void,
): Outside {
  const waiting = new Map<AskId, Waiting>();
  let ids = 0;
  let isScheduled = false;

  function flushSoon() {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      links.flush();
    });
  }

  function receive({ op: kind, to, from, ask, body }: Piece) {
    if (kind === op.mail) return lost({ from, to, type: (body as Message).type });
    const asked = waiting.get(ask);
    if (kind === op.reply) asked?.resolve(body);
    else asked?.fail(body as FailedEvent["reason"]);
  }

  const links = createLinks({
    self: mainPeer,
    locate,
    receive,
    undelivered(piece, reason) {
      lost({ from: piece.from, to: piece.to, type: typeOfPiece(piece) });
      waiting.get(piece.ask)?.fail(reason);
    },
    unsendable(piece) {
      lost({ from: piece.from, to: piece.to, type: typeOfPiece(piece) });
      waiting.get(piece.ask)?.fail("undeliverable");
    },
    wake: flushSoon,
  });

  return {
    links,
    send: (to, body) => links.send({ op: op.mail, to, from: outside, ask: 0, body }),
    ask: (to, body, timeoutMs) =>
      new Promise((resolve, reject) => {
        const id = ++ids;
        const fail = (reason: FailedEvent["reason"]) => {
          settle();
          reject(new AskError(to, body.type, reason));
        };
        const timer = setTimeout(() => fail("timeout"), timeoutMs);
        const settle = () => {
          clearTimeout(timer);
          waiting.delete(id);
        };
        waiting.set(id, {
          to,
          fail,
          resolve(answer) {
            settle();
            resolve(answer);
          },
        });
        links.send({ op: op.mail, to, from: outside, ask: id, body });
      }),
    gone(address) {
      links.forget(address);
      for (const asked of [...waiting.values()]) if (asked.to === address) asked.fail("down");
    },
    close() {
      for (const asked of [...waiting.values()]) asked.fail("down");
      links.close();
    },
  };
}
