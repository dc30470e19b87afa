/**
 * The rules for selectors of labels.
 */
import { type FieldError, forbidden, invalid, required } from "../field_error.ts";
import type { Frozen, LabelSelector } from "../types.ts";
import { validateLabels } from "./metadata.ts";
import { labelKeyErrors, labelValueErrors } from "./names.ts";

/** What is wrong with a LabelSelector by itself. */
export function validateLabelSelector(selector: Frozen<LabelSelector>, at: string): FieldError[] {
  const errors = validateLabels(selector.matchLabels, `${at}.matchLabels`);
  selector.matchExpressions?.forEach(({ key, operator, values = [] }, index) => {
    const here = `${at}.matchExpressions[${index}]`;
    if (operator === "In" || operator === "NotIn") {
      if (values.length === 0) {
        errors.push(required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (values.length > 0) {
        errors.push(forbidden(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
    } else errors.push(invalid(`${here}.operator`, operator, "not a valid selector operator"));
    for (const text of labelKeyErrors(key)) errors.push(invalid(`${here}.key`, key, text));
    values.forEach((value, valueIndex) => {
      for (const text of labelValueErrors(value)) errors.push(invalid(`${here}.values[${valueIndex}]`, value, text));
    });
  });
  return errors;
}
