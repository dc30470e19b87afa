import { answer, problem } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "./_serve_http.ts";

const warning =
  "kubetroupe plays the webhook of a controller that it does not play: it lets everything pass, judges nothing and fills nothing in";

interface Review {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly request?: { readonly uid?: string };
}

/** The answer of a webhook that nobody plays: everything may pass, and whoever writes is warned that nobody judged it. */
export function letsPass(self: Process, { body }: Request): Running<Response> | Response {
  let review: Review;
  try {
    review = JSON.parse(body) as Review;
  } catch {
    return problem(self, "unable to decode the request", 400);
  }
  const { apiVersion, kind, request } = review;
  if (kind !== "AdmissionReview") return problem(self, `kubetroupe plays this webhook, and answers no ${kind}`, 501);
  const response = { uid: request?.uid, allowed: true, warnings: [warning] };
  return answer(self, JSON.stringify({ apiVersion, kind, response }), {
    headers: [["Content-Type", "application/json"]],
  });
}
