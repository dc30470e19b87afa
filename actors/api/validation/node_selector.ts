/**
 * The rules for selectors of nodes, by their labels and their names.
 */
import { addErrors, type FieldError, forbidden, invalid, required } from "../field_error.ts";
import type { Frozen, NodeSelectorTerm } from "../types.ts";
import { dnsSubdomainErrors, labelKeyErrors, labelValueErrors } from "./names.ts";

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

const badOperator = "not a valid selector operator";

/** What is wrong with a selector of nodes. */
export function validateNodeSelector(
  { nodeSelectorTerms: terms = [] }: { readonly nodeSelectorTerms?: readonly Frozen<NodeSelectorTerm>[] },
  at: string,
): FieldError[] {
  const here = `${at}.nodeSelectorTerms`;
  if (terms.length === 0) return [required(here, "must have at least one node selector term")];
  return terms.flatMap((term, index) => validateNodeTerm(term, `${here}[${index}]`));
}

/** What is wrong with one term; `looselyValued` where values of labels are not judged, as in what is only preferred. */
export function validateNodeTerm(term: Frozen<NodeSelectorTerm>, at: string, looselyValued = false): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, each] of (term.matchExpressions ?? []).entries()) {
    addErrors(errors, expressionErrors(each, `${at}.matchExpressions[${index}]`, looselyValued));
  }
  for (const [index, each] of (term.matchFields ?? []).entries()) {
    addErrors(errors, fieldErrors(each, `${at}.matchFields[${index}]`));
  }
  return errors;
}

function expressionErrors({ key, operator, values = [] }: Requirement, at: string, looselyValued: boolean) {
  const errors: FieldError[] = [];
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) {
      errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) {
      errors.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
  } else if (operator === "Gt" || operator === "Lt") {
    if (values.length !== 1) {
      errors.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
    }
  } else errors.push(invalid(`${at}.operator`, operator, badOperator));
  for (const text of labelKeyErrors(key)) errors.push(invalid(`${at}.key`, key, text));
  if (looselyValued) return errors;
  for (const [index, value] of values.entries()) {
    for (const text of labelValueErrors(value)) errors.push(invalid(`${at}.values[${index}]`, value, text));
  }
  return errors;
}

/** Of a node's fields its name alone can be asked for. */
function fieldErrors({ key, operator, values = [] }: Requirement, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== "In" && operator !== "NotIn") errors.push(invalid(`${at}.operator`, operator, badOperator));
  else if (values.length !== 1) {
    const text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${at}.values`, text));
  }
  if (key !== "metadata.name") return [...errors, invalid(`${at}.key`, key, "not a valid field selector key")];
  for (const [index, value] of values.entries()) {
    for (const text of dnsSubdomainErrors(value)) errors.push(invalid(`${at}.values[${index}]`, value, text));
  }
  return errors;
}
