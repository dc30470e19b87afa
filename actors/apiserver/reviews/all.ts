// Written by `npm run fix`: to add to this list, add a file to this folder.
import { localSubjectAccessReview } from "./local_subject_access_review.ts";
import { selfSubjectAccessReview } from "./self_subject_access_review.ts";
import { selfSubjectReview } from "./self_subject_review.ts";
import { selfSubjectRulesReview } from "./self_subject_rules_review.ts";
import { subjectAccessReview } from "./subject_access_review.ts";
import { tokenReview } from "./token_review.ts";

/** All that this folder has, by file name. */
export const all = [
  localSubjectAccessReview,
  selfSubjectAccessReview,
  selfSubjectReview,
  selfSubjectRulesReview,
  subjectAccessReview,
  tokenReview,
] as const;
