import { attributeErrors, metadataErrors, namedSubject, type Review, reviewKind, subjectErrors } from "./_review.ts";

/** Asks what somebody may do. */
export const subjectAccessReview: Review = {
  kind: reviewKind("SubjectAccessReview"),
  errors: ({ metadata, spec }) => [
    ...attributeErrors(spec),
    ...subjectErrors(spec),
    ...metadataErrors(metadata, { allowed: ["managedFields"], why: "must be empty except for managedFields" }),
  ],
  subject: namedSubject,
};
