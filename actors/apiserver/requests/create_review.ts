import type { Step } from "../../../runtime/mod.ts";
import { invalidObject, methodNotAllowed } from "../../api/status.ts";
import { isAllowed, isPathAllowed } from "../authorization/_authorize.ts";
import type { User } from "../messages.ts";
import type { AnsweredReview } from "../reviews/_answered.ts";
import type { Review, ReviewObject, ReviewSpec } from "../reviews/_review.ts";
import { all } from "../reviews/all.ts";
import type { Server } from "../server.ts";
import { readObject } from "./body.ts";
import { type Call, type Draft, groupKind, groupResource, respondStatus, respondText } from "./call.ts";

/** The review that a path names. */
export function reviewAt(place: {
  group: string;
  version: string;
  resource: string;
}): Review | AnsweredReview | undefined {
  return all.find(
    ({ kind }) => kind.group === place.group && kind.version === place.version && kind.plural === place.resource,
  );
}

/** Answers a review, and stores nothing. */
export function createReview(
  server: Server,
  { call, review }: { readonly call: Call; readonly review: Review | AnsweredReview },
  step: Step,
) {
  if (call.request.verb !== "create" || call.request.subresource) {
    return respondStatus(call, step, methodNotAllowed(groupResource(call), call.request.verb));
  }
  const read = readObject(call);
  if (!read.ok) return respondStatus(call, step, read.failure);
  const draft = read.value;
  if ("answer" in review) {
    return review.answer(
      server,
      {
        object: draft,
        asker: call.user,
        done: (status, later) => {
          if (!status.ok) return respondStatus(call, later, status.failure);
          respondText(call, later, { code: 201, body: JSON.stringify({ ...draft, status: status.value }) });
        },
      },
      step,
    );
  }
  askAuthorizers(call, { review, draft }, step);
}

function askAuthorizers(call: Call, { review, draft }: { readonly review: Review; readonly draft: Draft }, step: Step) {
  // The schema of every review has the spec.
  const object = draft as Draft & ReviewObject;
  const errors = review.errors(object);
  if (errors.length > 0) return respondStatus(call, step, invalidObject(groupKind(call), "", errors));
  const allowed = isAnswerYes(review.subject(object, call.user), object.spec);
  const { namespace } = object.metadata;
  const metadata = namespace ? { namespace } : {};
  const body = JSON.stringify({ ...draft, metadata, status: { allowed } });
  respondText(call, step, { code: 201, body });
}

function isAnswerYes(user: User, { resourceAttributes, nonResourceAttributes }: ReviewSpec): boolean {
  if (nonResourceAttributes) {
    const { verb = "", path = "" } = nonResourceAttributes;
    return isPathAllowed({ user, verb, path });
  }
  const { verb = "", group = "", namespace = "", name = "", subresource, ...rest } = resourceAttributes ?? {};
  const resource = subresource ? `${rest.resource ?? ""}/${subresource}` : (rest.resource ?? "");
  return isAllowed({ user, verb, group, resource, namespace, name });
}
