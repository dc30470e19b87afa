import { failed, ok } from "../kit/result.ts";
import { balancerFor, withBalancer } from "./balancers.ts";
import { filledUp, type Ground, groupOf, nodeGroup, without, withState } from "./instances.ts";
import type { CloudAnswer, CloudFailure, CloudRequest, VolumeRequest } from "./messages.ts";
import type { CloudState } from "./state.ts";
import { volumesAfter } from "./volumes.ts";

/** What a request makes of what a provider has. */
export interface Answered {
  readonly state: CloudState;
  readonly answer: CloudAnswer;
}

type RequestOf<Op extends CloudRequest["op"]> = Extract<CloudRequest, { readonly op: Op }>;

/**
 * Does what a provider is asked for: whole, or by half, as providers do that fail in the middle.
 *
 * @param isHalf the answer says that it has failed, though some of it was done
 */
export function answered(
  state: CloudState,
  { request, ground, isHalf }: { readonly request: CloudRequest; readonly ground: Ground; readonly isHalf: boolean },
): Answered {
  switch (request.op) {
    case "ListInstances":
      return { state, answer: ok(state.instances) };
    case "ListNodeGroups":
      return { state, answer: ok([nodeGroup(ground, state)]) };
    case "ListLoadBalancers":
      return { state, answer: ok(state.balancers) };
    case "ListRoutes":
      return { state, answer: ok(state.routes) };
    case "EnsureLoadBalancer":
    case "UpdateLoadBalancer":
      return balanced(state, request, { ground, isHalf });
    case "EnsureLoadBalancerDeleted":
      return unbalanced(state, request, isHalf);
    case "ListVolumes":
    case "CreateVolume":
    case "KeepVolume":
    case "ExpandVolume":
    case "DeleteVolume":
    case "AttachVolume":
    case "DetachVolume":
      return aboutVolumes(state, request, { ground, isHalf });
    case "CreateRoute": {
      const others = state.routes.filter(({ name }) => name !== request.route.name);
      return told({ ...state, routes: [...others, request.route] }, isHalf);
    }
    case "DeleteRoute":
      return told({ ...state, routes: state.routes.filter(({ name }) => name !== request.name) }, isHalf);
    case "StopInstance":
    case "StartInstance":
      return powered(state, request, isHalf);
    default:
      return resized(state, request, { ground, isHalf });
  }
}

function aboutVolumes(state: CloudState, request: VolumeRequest, { ground, isHalf }: How): Answered {
  const done = volumesAfter(state, request, ground);
  if (!done.ok) return refusal(state, done.failure);
  const { volumes, value } = done.value;
  // By half: it is done, and who asked is told that it is not.
  const after = volumes === state.volumes ? state : { ...state, volumes };
  return isHalf ? told(after, true) : { state: after, answer: ok(value) };
}

interface How {
  readonly ground: Ground;
  readonly isHalf: boolean;
}

function powered(state: CloudState, request: RequestOf<"StopInstance" | "StartInstance">, isHalf: boolean): Answered {
  if (!state.instances.some(({ id }) => id === request.id)) return refusal(state, missing(request.id));
  return told(withState(state, request.id, request.op === "StopInstance" ? "stopped" : "running"), isHalf);
}

function resized(
  state: CloudState,
  request: RequestOf<"IncreaseSize" | "DeleteNodes">,
  { ground, isHalf }: How,
): Answered {
  if (request.group !== groupOf(ground.provider)) return refusal(state, missing(request.group));
  if (request.op === "IncreaseSize") {
    const size = state.size + request.by;
    const { length: sizeMax } = ground.slots;
    const message = `size increase too large - desired:${size} max:${sizeMax}`;
    if (size > sizeMax) return refusal(state, { reason: "limit", message });
    return told(filledUp({ ...state, size }, ground), isHalf);
  }
  const gone = without(state, ({ id }) => request.ids.includes(id));
  const count = state.instances.length - gone.instances.length;
  // By half: what is gone is gone, and the group, whose size is as it was, makes another.
  return told(isHalf ? filledUp(gone, ground) : { ...gone, size: state.size - count }, isHalf);
}

function balanced(
  state: CloudState,
  { op, order }: RequestOf<"EnsureLoadBalancer" | "UpdateLoadBalancer">,
  { ground, isHalf }: How,
): Answered {
  const isThere = state.balancers.some(({ name }) => name === order.name);
  if (op === "UpdateLoadBalancer" && !isThere) return refusal(state, missing(order.name));
  const balancer = balancerFor(order, state, ground.provider);
  if (!balancer) return refusal(state, { reason: "limit", message: "no address is left for another load balancer" });
  // By half: it has its address, and sends to nobody.
  const half = withBalancer(state, { ...balancer, nodes: [] });
  return isHalf ? told(half, true) : { state: withBalancer(state, balancer), answer: ok(balancer) };
}

function unbalanced(
  state: CloudState,
  { name: gone }: RequestOf<"EnsureLoadBalancerDeleted">,
  isHalf: boolean,
): Answered {
  const found = state.balancers.find(({ name }) => name === gone);
  // By half: it sends to nobody any more, and keeps its address.
  if (isHalf && found) return told(withBalancer(state, { ...found, nodes: [] }), true);
  return told({ ...state, balancers: state.balancers.filter(({ name }) => name !== gone) }, isHalf);
}

function told(state: CloudState, isHalf: boolean): Answered {
  const message = "InternalError: An internal error has occurred.";
  return isHalf ? refusal(state, { reason: "internal", message }) : { state, answer: ok(undefined) };
}

function refusal(state: CloudState, failure: CloudFailure): Answered {
  return { state, answer: failed(failure) };
}

function missing(what: string): CloudFailure {
  return { reason: "notFound", message: `NotFound: "${what}" does not exist` };
}
