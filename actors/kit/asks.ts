import { failed, ok, type Result } from "./result.ts";

/** Why a question has no answer: the runtime says so. */
export type Unanswered = "timeout" | "undeliverable" | "down" | "overflow";

/** What comes of a question. What the answer is like is between who asks and who answers. */
export type Then<Body, At> = (answer: Result<Body, Unanswered>, at: At) => void;

/**
 * The questions of an actor that have no answer yet, and what is to be done with each. How long to wait the question
 * itself says, to the runtime; a question to a device is always answered.
 *
 * @example
 * const asks = createAsks<Step>()
 * asks.wait<PingAnswer>(step.ask("other", { type: "ping" }, 1_000), (answer, later) => { ... })
 * // and in the chart's handlers:
 * reply: (data, event, step) => data.asks.replied(event, step)
 */
export interface Asks<At> {
  /** Does `then` when the question with that number is answered, or cannot be. */
  wait<Body>(ask: number, then: Then<Body, At>): void;
  /** Takes an answer; false when nobody waits for it. */
  replied(event: { readonly ask: number; readonly body: unknown }, at: At): boolean;
  /** Takes what the runtime says when there is no answer; false when nobody waits for one. */
  failed(event: { readonly ask: number; readonly reason: Unanswered }, at: At): boolean;
  /** Forgets all: nobody waits any more. */
  clear(): void;
  /** How many wait. */
  readonly size: number;
}

/** Makes a table of questions of which none was asked yet. */
export function createAsks<At>(): Asks<At> {
  const waiting = new Map<number, Then<never, At>>();

  function take(ask: number): Then<never, At> | undefined {
    const then = waiting.get(ask);
    if (then) waiting.delete(ask);
    return then;
  }

  return {
    wait: (ask, then) => void waiting.set(ask, then),
    replied({ ask, body }, at) {
      const then = take(ask);
      then?.(ok(body as never), at);
      return then !== undefined;
    },
    failed({ ask, reason }, at) {
      const then = take(ask);
      then?.(failed(reason), at);
      return then !== undefined;
    },
    clear: () => waiting.clear(),
    get size() {
      return waiting.size;
    },
  };
}
