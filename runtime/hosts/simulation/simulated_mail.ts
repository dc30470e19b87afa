import type { Address, FailedEvent } from "../../core/actor.ts";
import { mix32 } from "../../core/random.ts";
import type { LinkVerdict } from "../../faults/kind.ts";
import { outside } from "../host.ts";
import { deepFreeze } from "./deep_freeze.ts";
import { type Sent, sentFailure, sentNotice, withMishap } from "./sent.ts";
import { type Link, linkOf, type SimulatedActor } from "./simulated_actor.ts";
import type { Stage } from "./simulated_stage.ts";
import { microsPerMs } from "./virtual_time.ts";

/** What passes between actors. */
export interface SimulatedMail {
  /** Puts an event on its way; the fault layer may lose, hold, copy it, or let it overtake. Nobody sends: the outside. */
  transmit(sender: SimulatedActor | undefined, to: Address, sent: Sent): void;
  /** It has reached nobody: who awaits an answer learns so. */
  undeliverable(to: Address, sent: Sent, reason: FailedEvent["reason"]): void;
  /** A life is over: what it was asked fails. */
  failAsksTo(address: Address): void;
  /** What the runtime itself tells; a broken link loses that too. */
  notify(from: Address, to: Address, event: { readonly type: string }): void;
}

/** Makes the links of one simulation. */
export function createSimulatedMail(stage: Stage): SimulatedMail {
  const { time, actors, seed, engine, letters, latency, isFrozen } = stage;

  function transmit(sender: SimulatedActor | undefined, to: Address, sent: Sent) {
    if (isFrozen) deepFreeze(sent.event);
    const target = actors.get(to);
    const link = linkOf(sender ?? stage.outside.sender, to, seed);
    const takes = latency.least + (mix32(link.key, link.sent++) % latency.range);
    const from = sender?.address ?? outside;
    const verdict = engine.active() ? engine.link({ from, to, body: sent.body, type: sent.type }) : undefined;
    if (verdict?.lost) return;
    const at = arrivalAt(link, time.now() + takes, verdict);
    if (!target) return undeliverable(to, sent, "undeliverable");
    const arriving = verdict?.mishap === undefined ? sent : withMishap(sent, verdict.mishap);
    for (let copy = 0; copy <= (verdict?.copies ?? 0); copy++) {
      time.schedule(at + copy * latency.range, target, arriving);
    }
  }

  function undeliverable(to: Address, { run, from, type, ask }: Sent, reason: FailedEvent["reason"]) {
    letters.put({ from, to, type });
    if (run === "mail" && (ask !== 0 || reason === "overflow"))
      failAsk(from, { type: "failed", ask, from: to, reason });
  }

  /** Tells the asker that there will be no answer; a broken link loses that too. */
  function failAsk(asker: Address, event: FailedEvent) {
    if (asker === outside) return stage.outside.settle(event.ask, { failed: event.reason });
    const target = actors.get(asker);
    if (!target || (event.ask !== 0 && !target.pending.has(event.ask))) return;
    if (isCut(event.from, asker, "failed")) return;
    time.schedule(time.now() + latency.least, target, sentFailure(event));
  }

  /** Whether a fault keeps what the runtime itself tells from passing. */
  function isCut(from: Address, to: Address, type: string): boolean {
    return engine.active() && engine.link({ from, to, body: undefined, type })?.lost === true;
  }

  return {
    transmit,
    undeliverable,
    failAsksTo(address) {
      for (const asker of actors.values()) {
        for (const [ask, from] of asker.pending) {
          if (from === address) failAsk(asker.address, { type: "failed", ask, from, reason: "down" });
        }
      }
    },
    notify(from, to, event) {
      const target = actors.get(to);
      if (!target || isCut(from, to, event.type)) return;
      time.schedule(time.now() + latency.least, target, sentNotice(from, event, 0));
    },
  };
}

/** When something arrives: behind what was sent before it, unless a fault lets it overtake or gives it a lane. */
function arrivalAt(link: Link, soonest: number, verdict: LinkVerdict | undefined): number {
  let at = soonest + Math.round((verdict?.delayMs ?? 0) * microsPerMs);
  if (verdict?.lane !== undefined) {
    link.lanes ??= new Map();
    at = Math.max(at, (link.lanes.get(verdict.lane) ?? 0) + 1);
    link.lanes.set(verdict.lane, at);
  } else if (!verdict?.overtakes) {
    at = Math.max(at, link.lastArrivalAt + 1);
    link.lastArrivalAt = at;
  }
  return at;
}
