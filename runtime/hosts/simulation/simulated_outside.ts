import type { Address, AskId, FailedEvent } from "../../core/actor.ts";
import { hash32 } from "../../core/random.ts";
import { outside } from "../host.ts";
import type { Link } from "./simulated_actor.ts";

/** What came of an ask from outside. */
export type OutsideAnswer = { readonly body: unknown } | { readonly failed: FailedEvent["reason"] };

/** Who drives the simulation, as actors see it: it sends in order, and awaits answers. */
export interface SimulatedOutside {
  /** Its end of the links to actors. */
  readonly sender: { readonly links: Map<Address, Link>; readonly addressHash: number };
  expect(): { readonly ask: AskId; readonly answer: () => OutsideAnswer | undefined };
  settle(ask: AskId, answer: OutsideAnswer): void;
  /** It waits no longer. */
  forget(ask: AskId): void;
}

/** Makes an outside that has asked nothing. */
export function createSimulatedOutside(): SimulatedOutside {
  const open = new Map<AskId, OutsideAnswer | undefined>();
  let asks = 0;
  return {
    sender: { links: new Map(), addressHash: hash32(outside) },
    expect() {
      const ask = ++asks;
      open.set(ask, undefined);
      return { ask, answer: () => open.get(ask) };
    },
    settle(ask, answer) {
      if (open.has(ask) && open.get(ask) === undefined) open.set(ask, answer);
    },
    forget: (ask) => void open.delete(ask),
  };
}
