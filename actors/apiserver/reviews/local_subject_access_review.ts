import { type FieldError, invalid } from "../../api/field_error.ts";
import {
  attributeErrors,
  metadataErrors,
  namedSubject,
  type Review,
  type ReviewObject,
  reviewKind,
  subjectErrors,
} from "./_review.ts";

/** Asks what somebody may do in one namespace, and needs permission only there. */
export const localSubjectAccessReview: Review = {
  kind: reviewKind("LocalSubjectAccessReview", { namespaced: true }),
  errors: (review) => [
    ...attributeErrors(review.spec),
    ...subjectErrors(review.spec),
    ...metadataErrors(review.metadata, {
      allowed: ["namespace", "managedFields"],
      why: "must be empty except for namespace and managedFields",
    }),
    ...placeErrors(review),
  ],
  subject: namedSubject,
};

function placeErrors({ metadata, spec }: ReviewObject): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceAttributes, nonResourceAttributes } = spec;
  const asked = resourceAttributes?.namespace ?? "";
  if (resourceAttributes && asked !== metadata.namespace) {
    errors.push(invalid("spec.resourceAttributes.namespace", asked, "must match metadata.namespace"));
  }
  if (nonResourceAttributes) {
    const why = "disallowed on this kind of request";
    errors.push(invalid("spec.nonResourceAttributes", nonResourceAttributes, why));
  }
  return errors;
}
