/**
 * One condition of a label selector, and the rules for it.
 */
import { createBoundedTexts } from "./bounded_texts.ts";
import { fieldErrorText, invalid } from "./field_error.ts";
import { parseInt64 } from "./int64.ts";
import { labelKeyErrors, labelValueErrors } from "./validation/names.ts";

/** How a requirement relates a label to its values. */
export type LabelOperator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";

/** One condition on one label. */
export interface Requirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** What is wrong with a requirement, in the words of labels.NewRequirement. */
export function requirementError({ key, operator, values }: Requirement): string | undefined {
  const errors = createBoundedTexts();
  for (const text of labelKeyErrors(key)) errors.push(fieldErrorText(invalid("key", key, text)));
  const bad = (value: unknown, text: string): void => errors.push(fieldErrorText(invalid("values", value, text)));
  if ((operator === "in" || operator === "notin") && values.length === 0) {
    bad([], "for 'in', 'notin' operators, values set can't be empty");
  } else if ((operator === "exists" || operator === "!") && values.length > 0) {
    bad(values, "values set must be empty for exists and does not exist");
  } else if ((operator === "gt" || operator === "lt") && parseInt64(values[0] ?? "") === undefined) {
    bad(values, "for 'Gt', 'Lt' operators, the value must be an integer");
  }
  values.forEach((value, index) => {
    for (const text of labelValueErrors(value)) {
      errors.push(fieldErrorText(invalid(`values[${index}][${key}]`, value, text)));
    }
  });
  const texts = errors.all();
  return texts.length <= 1 ? texts[0] : `[${texts.join(", ")}]`;
}
