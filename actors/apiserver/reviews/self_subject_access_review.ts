import { attributeErrors, metadataErrors, type Review, reviewKind } from "./_review.ts";

/** Asks what the asker may do: `kubectl auth can-i`. */
export const selfSubjectAccessReview: Review = {
  kind: reviewKind("SelfSubjectAccessReview"),
  errors: ({ metadata, spec }) => [
    ...attributeErrors(spec),
    ...metadataErrors(metadata, { allowed: ["managedFields"], why: "must be empty" }),
  ],
  subject: (_review, asker) => asker,
};
