import type { NetAnswer, NetRequest, Step } from "../../../runtime/mod.ts";
import { requestEntityTooLarge, type Status, timeout, tooManyRequests } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";
import type { RawBody } from "../streams/client_side.ts";
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

/** What is as good as said when the device says nothing. */
const gone = { ok: false, code: "ECONNRESET" } as const;

/** Asks the device for the body of a request, once it is known who sends it and that they may. */
export function askBody(
  { asks }: Exchanges,
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
  asks.wait<NetAnswer>(step.device("net", request), (answer, later) => {
    const body = answer.ok ? answer.value : gone;
    done(body.ok ? ok(body) : failed(refusalOf(body.code, limits)), later);
  });
}

function refusalOf(code: string, { bytesMax }: Limits): Status {
  if (code === "EMSGSIZE") return requestEntityTooLarge(bytesMax);
  if (code === "ENOBUFS") return tooManyRequests("Too many requests, please try again later.", 1);
  // Who is gone does not read it.
  return timeout("request did not complete within the allotted timeout");
}
