import { type FieldError, invalid } from "../../api/field_error.ts";
import { formatFieldSelector } from "../../api/field_selector.ts";
import { defineKind, type KindDefinition } from "../../api/kind.ts";
import type { ObjectMeta } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import type { User } from "../messages.ts";

/** What somebody wants to do to a resource; what is empty is all of its sort. */
export interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  /** Which objects of several: as text, or in parts. */
  readonly fieldSelector?: {
    readonly rawSelector?: string;
    readonly requirements?: readonly SelectorRequirement[] | null;
  };
}

interface SelectorRequirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[] | null;
}

/** What a review asks: one of both attributes, and, where others may be asked about, who. */
export interface ReviewSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A question to the authorizers, as a client creates it. */
export interface ReviewObject {
  readonly metadata: ObjectMeta;
  readonly spec: ReviewSpec;
}

/**
 * A kind whose objects are questions: they can only be created, nothing is stored, and the answer is their status.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export interface Review {
  readonly kind: KindDefinition;
  /** What is wrong with a question. */
  errors(review: ReviewObject): FieldError[];
  /** About whom it asks. */
  subject(review: ReviewObject, asker: User): User;
}

/** The definition of a review's kind. */
export function reviewKind(
  kind: string,
  { namespaced = false }: { readonly namespaced?: boolean } = {},
): KindDefinition {
  return defineKind({
    group: "authorization.k8s.io",
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced,
    verbs: ["create"],
    schema: `io.k8s.api.authorization.v1.${kind}`,
  });
}

/** The one that a review names. */
export function namedSubject({ spec }: ReviewObject): User {
  const { user = "", groups, uid, extra } = spec;
  return { name: user, groups: groups ?? [], ...present({ uid, extra }) };
}

/** The fields by which objects are selected; what cannot be said in one condition each selects nothing less. */
export function fieldSelectorOf({ fieldSelector }: ResourceAttributes): { readonly fieldSelector?: string } {
  const { rawSelector = "", requirements } = fieldSelector ?? {};
  if (rawSelector !== "") return { fieldSelector: rawSelector };
  const parts = (requirements ?? []).flatMap(({ key = "", operator, values }) => {
    const [value, ...more] = values ?? [];
    if (value === undefined || more.length > 0) return [];
    return operator === "In" || operator === "NotIn" ? [{ field: key, equal: operator === "In", value }] : [];
  });
  return parts.length === 0 ? {} : { fieldSelector: formatFieldSelector(parts) };
}

/** What is wrong with the attributes: exactly one sort must be there. */
export function attributeErrors({ resourceAttributes, nonResourceAttributes }: ReviewSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (resourceAttributes && nonResourceAttributes) {
    const why = "cannot be specified in combination with resourceAttributes";
    errors.push(invalid("spec.nonResourceAttributes", nonResourceAttributes, why));
  }
  if (!resourceAttributes && !nonResourceAttributes) {
    const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
    errors.push(invalid("spec.resourceAttributes", undefined, why));
  }
  return errors;
}

/** What is wrong with whom a review names: somebody must be. */
export function subjectErrors({ user = "", groups = [] }: ReviewSpec): FieldError[] {
  if (user !== "" || groups.length > 0) return [];
  return [invalid("spec.user", user, "at least one of user or group must be specified")];
}

/** What is wrong with a review's metadata, of which it has none but those that are `allowed`. */
export function metadataErrors(
  metadata: ObjectMeta,
  { allowed, why }: { readonly allowed: readonly string[]; readonly why: string },
): FieldError[] {
  const filled = Object.entries(metadata).filter(([name, value]) => value !== "" && !allowed.includes(name));
  return filled.length === 0 ? [] : [invalid("metadata", metadata, why)];
}
