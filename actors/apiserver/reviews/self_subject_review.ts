import { ok } from "../../kit/result.ts";
import { type AnsweredReview, identityKind, userInfo } from "./_answered.ts";

/** Asks who the asker is: `kubectl auth whoami`. */
export const selfSubjectReview: AnsweredReview = {
  kind: identityKind("SelfSubjectReview"),
  answer: (_server, { asker, done }, step) => done(ok({ userInfo: userInfo(asker) }), step),
};
