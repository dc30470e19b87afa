import { badRequest } from "../../api/status.ts";
import { failed, ok } from "../../kit/result.ts";
import { knownRules } from "../authorization/_authorize.ts";
import type { AnsweredReview } from "./_answered.ts";
import { reviewKind } from "./_review.ts";

/** Asks for all that the asker may do in a namespace: `kubectl auth can-i --list`. */
export const selfSubjectRulesReview: AnsweredReview = {
  kind: reviewKind("SelfSubjectRulesReview"),
  answer({ rights }, { object, asker, done }, step) {
    const { namespace = "" } = (object.spec ?? {}) as { readonly namespace?: string };
    if (namespace === "") return done(failed(badRequest("no namespace on request")), step);
    const { resourceRules, nonResourceRules, incomplete, error } = knownRules(rights, asker, namespace);
    const evaluation = error === "" ? {} : { evaluationError: error };
    done(ok({ resourceRules, nonResourceRules, incomplete, ...evaluation }), step);
  },
};
