import { conflict, internalError, type Status, tooManyRequests } from "../../../actors/api/status.ts";
import type { ApiRequest } from "../../../actors/apiserver/messages.ts";
import type { Step } from "../../../runtime/mod.ts";
import type { ModelApiData } from "./data.ts";

/** A request that is answered by an error. */
export interface Refused {
  readonly status: Status;
  /** Whether it is carried out all the same. */
  readonly isDone: boolean;
}

/** How a request is refused by its run's plan; undefined when it is not. */
export function refusalOf(data: ModelApiData, request: ApiRequest, step: Step): Refused | undefined {
  const { refusals = [], counted } = data;
  const { verb, resource, name = "" } = request;
  const sort = `${verb} ${resource}`;
  if (!refusals.some((each) => `${each.verb} ${each.resource}` === sort)) return undefined;
  const nth = (counted.get(sort) ?? 0) + 1;
  counted.set(sort, nth);
  const found = refusals.find((each) => each.nth === nth && `${each.verb} ${each.resource}` === sort);
  if (!found) return undefined;
  data.refused.push(step.uptimeMs);
  const { group } = request;
  if (found.code === 409) return { status: conflict({ group, resource }, name), isDone: false };
  if (found.code === 429) return { status: tooManyRequests("too many requests", 1), isDone: false };
  return { status: internalError("the store does not answer"), isDone: found.isDone };
}
