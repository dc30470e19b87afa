import type { NetAnswer, NetRequest, ReplyEvent, Step } from "../../../runtime/mod.ts";
import { requestEntityTooLarge, type Status, timeout, tooManyRequests } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import type { Exchanges } from "./exchanges.ts";

/** What a body may cost. */
interface Limits {
  readonly bytesMax: number;
  readonly withinMs: number;
}

/** Kubernetes' own: three mebibytes, and the minute in which a request has to be done. */
const known: Limits = { bytesMax: 3 * 1024 * 1024, withinMs: 60_000 };
/** Whoever has not shown who they are has nothing large to say, and no right to take long over it. */
const strangers: Limits = { bytesMax: 64 * 1024, withinMs: 5_000 };

/** A body as the device hands it over. */
export type RawBody = Pick<Extract<NetAnswer, { readonly ok: true }>, "body" | "bodyEncoding">;

/** Asks the device for the body of a request, once it is known who sends it and that they may. */
export function askBody(
  { reads }: Exchanges,
  step: Step,
  asking: {
    readonly exchange: number;
    readonly user: User;
    readonly done: (body: Result<RawBody, Status>, step: Step) => void;
  },
): void {
  const { exchange, user, done } = asking;
  const limits = user.groups.includes("system:authenticated") ? known : strangers;
  const request: NetRequest = { op: "read", exchange, ...limits };
  reads.set(step.device("net", request), (answer, later) => {
    done(answer.ok ? ok(answer) : failed(refusalOf(answer.code, limits)), later);
  });
}

/** Takes a body, or the device's word that there is none to be had; false when the reply is about something else. */
export function takeBody({ reads }: Exchanges, { ask, body }: ReplyEvent, step: Step): boolean {
  const done = reads.get(ask);
  if (!done) return false;
  reads.delete(ask);
  done(body as NetAnswer, step);
  return true;
}

function refusalOf(code: string, { bytesMax }: Limits): Status {
  if (code === "EMSGSIZE") return requestEntityTooLarge(bytesMax);
  if (code === "ENOBUFS") return tooManyRequests("Too many requests, please try again later.", 1);
  // Who is gone does not read it.
  return timeout("request did not complete within the allotted timeout");
}
