import { answer, klog, problem } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "./_serve_http.ts";

const warning =
  "kubetroupe plays the webhook of a controller that it does not play: it lets everything pass, judges nothing and fills nothing in";

/** Of so many kinds and versions is told. */
const toldMax = 1_000;

interface Review {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly request?: {
    readonly uid?: string;
    readonly desiredAPIVersion?: string;
    readonly objects?: readonly { readonly apiVersion?: string; readonly kind?: string }[];
  };
}

/**
 * A webhook that nobody plays: everything may pass, and whoever writes is warned that nobody judged it; of an object that
 * is to be in another version no more than the version is changed, as the conversion `None` does, and the log says so.
 */
export function letsPass(): (self: Process, request: Request) => Running<Response> {
  const told = new Set<string>();
  return function* (self, { body }) {
    let review: Review;
    try {
      review = JSON.parse(body) as Review;
    } catch {
      return problem(self, "unable to decode the request", 400);
    }
    const { apiVersion, kind } = review;
    const isKnown = kind === "AdmissionReview" || kind === "ConversionReview";
    if (!isKnown) return problem(self, `kubetroupe plays this webhook, and answers no ${kind}`, 501);
    if (kind === "ConversionReview") yield* tell(self, review, told);
    const response = kind === "AdmissionReview" ? passing(review) : converted(review);
    return answer(self, JSON.stringify({ apiVersion, kind, response }), {
      headers: [["Content-Type", "application/json"]],
    });
  };
}

function passing({ request }: Review) {
  return { uid: request?.uid, allowed: true, warnings: [warning] };
}

function converted({ request: { uid, desiredAPIVersion, objects = [] } = {} }: Review) {
  const convertedObjects = objects.map((object) => ({ ...object, apiVersion: desiredAPIVersion }));
  return { uid, convertedObjects, result: { status: "Success" } };
}

function* tell(self: Process, { request = {} }: Review, told: Set<string>): Running<void> {
  const [first] = request.objects ?? [];
  const between = `${first?.apiVersion}, Kind=${first?.kind} to ${request.desiredAPIVersion}`;
  if (told.has(between) || told.size >= toldMax) return;
  told.add(between);
  yield* klog(self, "W", `No field is converted from ${between}: the version is changed, and nothing else`);
}
