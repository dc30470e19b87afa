import type { AskId, HttpsRequest, HttpsStreamRequest, Step } from "../../../runtime/mod.ts";
import type { Destination } from "../aggregation/service_destination.ts";
import type { PodsSideRequest } from "../pods_side/pods_side.ts";

/** Asks a server outside, or in a pod; answered with an `HttpsAnswer`. */
export function askServer({ inPods }: Destination, request: HttpsRequest, step: Step): AskId {
  if (!inPods) return step.device("https", request);
  const asked: PodsSideRequest = { op: "pods.ask", to: inPods, request };
  return step.device("net", asked);
}

/** Asks for an answer piece by piece, or goes on with one; answered as the `https` device answers. */
export function askForPieces({ inPods }: Destination, request: HttpsStreamRequest, step: Step): AskId {
  if (!inPods) return step.device("https", request);
  const asked: PodsSideRequest = { op: "pods.stream", to: inPods, request };
  return step.device("net", asked);
}
