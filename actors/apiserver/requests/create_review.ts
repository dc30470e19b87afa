import type { Step } from "../../../runtime/mod.ts";
import { invalidObject, methodNotAllowedPath } from "../../api/status.ts";
import { judgePath, judgeResource } from "../authorization/_authorize.ts";
import type { Opinion } from "../authorization/_authorizer.ts";
import type { Rights } from "../authorization/_rights.ts";
import type { User } from "../messages.ts";
import type { AnsweredReview } from "../reviews/_answered.ts";
import { fieldSelectorOf, type Review, type ReviewObject, type ReviewSpec } from "../reviews/_review.ts";
import { all } from "../reviews/all.ts";
import type { Server } from "../server.ts";
import { readObject } from "./body.ts";
import { type Call, type Draft, groupKind, respondStatus, respondText } from "./call.ts";

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
    return respondStatus(call, step, methodNotAllowedPath());
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
  askAuthorizers(server.rights, { call, review, draft }, step);
}

interface Asking {
  readonly call: Call;
  readonly review: Review;
  readonly draft: Draft;
}

function askAuthorizers(rights: Rights, { call, review, draft }: Asking, step: Step) {
  // The schema of every review has the spec.
  const object = draft as Draft & ReviewObject;
  const errors = review.errors(object);
  if (errors.length > 0) return respondStatus(call, step, invalidObject(groupKind(call), "", errors));
  const { decision, reason } = judge(rights, review.subject(object, call.user), object.spec);
  const { namespace } = object.metadata;
  const metadata = namespace ? { namespace } : {};
  const status = {
    allowed: decision === "allow",
    ...(decision === "deny" ? { denied: true } : {}),
    ...(reason === "" ? {} : { reason }),
  };
  respondText(call, step, { code: 201, body: JSON.stringify({ ...draft, metadata, status }) });
}

function judge(rights: Rights, user: User, { resourceAttributes, nonResourceAttributes }: ReviewSpec): Opinion {
  if (nonResourceAttributes) {
    const { verb = "", path = "" } = nonResourceAttributes;
    return judgePath(rights, { user, verb, path });
  }
  const asked = resourceAttributes ?? {};
  const { verb = "", group = "", namespace = "", name = "", subresource } = asked;
  const resource = subresource ? `${asked.resource ?? ""}/${subresource}` : (asked.resource ?? "");
  const selected = fieldSelectorOf(asked);
  return judgeResource(rights, { user, verb, group, resource, namespace, name, ...selected });
}
