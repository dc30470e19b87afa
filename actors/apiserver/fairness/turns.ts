import type { Step } from "../../../runtime/mod.ts";
import { type Status, tooManyRequests } from "../../api/status.ts";
import { failed } from "../../kit/result.ts";
import type { Asker } from "../http/respond.ts";
import type { Target } from "../http/target.ts";
import type { User } from "../messages.ts";
import type { Incoming } from "../requests/incoming.ts";
import type { Server } from "../server.ts";
import type { ClientSide } from "../streams/client_side.ts";
import { type Classified, classify } from "./classify.ts";
import { enter, type Fairness, leave, tableOf } from "./seats.ts";

/** What is known of a request before it is read. */
interface Known {
  readonly user: User;
  readonly method: string;
  readonly target: Target;
  readonly path: string;
}

/** Under which schema and level a request from outside goes. */
export function classifiedOf({ fairness }: Pick<Server, "fairness">, known: Known): Classified | undefined {
  const { user, method, target, path } = known;
  if (target.kind !== "resource") return classify(tableOf(fairness), { user, verb: method.toLowerCase(), path });
  const { verb, group, resource, subresource, namespace = "" } = target;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  return classify(tableOf(fairness), { user, verb, group, resource: whole, namespace, path });
}

/** Who is answered is told under which schema and level. */
export function marked(asker: Asker, classified: Classified | undefined): Asker {
  if (!classified) return asker;
  const { schema, level } = classified;
  return { ...asker, flow: { schema: schema.metadata.uid ?? "", level: level.metadata.uid ?? "" } };
}

/** A request's turn among those of its level. */
export interface Turn {
  begin(step: Step, then: { go(step: Step): void; rejected(status: Status, step: Step): void }): void;
  /** It is answered, or goes on as a stream; more than once does no harm. */
  end(step: Step): void;
}

/** Makes the turn of a request. What has no schema waits for nobody. */
export function createTurn(
  fairness: Fairness,
  { classified, exchange }: { readonly classified: Classified | undefined; readonly exchange: number },
): Turn {
  let isOn = false;
  const end = (step: Step) => {
    if (!isOn || !classified) return;
    isOn = false;
    fairness.ends.delete(exchange);
    leave(fairness, classified, step);
  };
  return {
    end,
    begin(step, { go, rejected }) {
      if (!classified) {
        go(step);
        return;
      }
      const waiting = {
        exchange,
        sinceMs: step.uptimeMs,
        go(later: Step) {
          isOn = true;
          fairness.ends.set(exchange, end);
          go(later);
        },
        rejected: (_why: string, later: Step) =>
          rejected(tooManyRequests("Too many requests, please try again later.", 1), later),
      };
      enter(fairness, { classified, asked: waiting }, step);
    },
  };
}

/** Reads what a client sends, and then waits for the request's turn. */
export function inTurn(turn: Turn, read: NonNullable<Incoming["readBody"]>): NonNullable<Incoming["readBody"]> {
  return (step, done) =>
    read(step, (body, later) => {
      if (!body.ok) return done(body, later);
      turn.begin(later, { go: (now) => done(body, now), rejected: (status, now) => done(failed(status), now) });
    });
}

/** An answer that goes on is a turn no more. */
export function endingTurn(turn: Turn, client: ClientSide): ClientSide {
  return {
    ...client,
    openText(step, closed, head) {
      turn.end(step);
      return client.openText(step, closed, head);
    },
    accept(step, protocol, handler) {
      turn.end(step);
      return client.accept(step, protocol, handler);
    },
  };
}
