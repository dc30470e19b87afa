/**
 * Label selectors in both their forms: the text of a query (`a=b,c in (x,y),!f`) and the LabelSelector object.
 */

import { failed, ok, type Result } from "../kit/result.ts";
import { compareInt64 } from "./int64.ts";
import type { LabelOperator, Requirement } from "./label_requirement.ts";
import { requirementError } from "./label_requirement.ts";
import { parseRequirements } from "./label_selector_parser.ts";
import { type Frozen, type LabelSelector, ownValue } from "./types.ts";

/** A conjunction of requirements; `nothing` is the selector of an absent LabelSelector. */
export interface Selector {
  readonly nothing: boolean;
  readonly requirements: readonly Requirement[];
}

/** The selector that every object matches. */
export const everything: Selector = { nothing: false, requirements: [] };

/** The selector that no object matches. */
export const nothing: Selector = { nothing: true, requirements: [] };

/** The selector that a query's text asks for, or why it asks for none. */
export function parseLabelSelector(text: string): Result<Selector, string> {
  if (text === "") return ok(everything);
  const parsed = parseRequirements(text);
  if (!parsed.ok) return parsed;
  const requirements = [...parsed.value].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return ok({ nothing: false, requirements });
}

const objectOperators: ReadonlyMap<string, LabelOperator> = new Map([
  ["In", "in"],
  ["NotIn", "notin"],
  ["Exists", "exists"],
  ["DoesNotExist", "!"],
]);

const selectorCache = new WeakMap<object, Result<Selector, string>>();

/** The selector that a LabelSelector object asks for; none at all selects nothing, an empty one everything. */
export function toSelector(selector: Frozen<LabelSelector> | undefined): Result<Selector, string> {
  if (selector === undefined) return ok(nothing);
  // Only frozen selectors are remembered: they cannot change behind the memory's back.
  if (!Object.isFrozen(selector)) return convert(selector);
  let known = selectorCache.get(selector);
  if (known === undefined) {
    known = convert(selector);
    selectorCache.set(selector, known);
  }
  return known;
}

function convert(selector: Frozen<LabelSelector>): Result<Selector, string> {
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push({ key, operator: "=", values: [value] });
  }
  for (const expression of selector.matchExpressions ?? []) {
    const operator = objectOperators.get(expression.operator);
    if (operator === undefined) {
      return failed(`${JSON.stringify(expression.operator)} is not a valid label selector operator`);
    }
    requirements.push({ key: expression.key, operator, values: [...(expression.values ?? [])].sort() });
  }
  for (const requirement of requirements) {
    const error = requirementError(requirement);
    if (error !== undefined) return failed(error);
  }
  return ok({ nothing: false, requirements });
}

/** Whether labels match a selector. */
export function matchesLabels(selector: Selector, labels: Readonly<Record<string, string>> | undefined): boolean {
  if (selector.nothing) return false;
  for (const requirement of selector.requirements) {
    if (!matchesRequirement(requirement, ownValue(labels, requirement.key))) return false;
  }
  return true;
}

function matchesRequirement({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case "=":
    case "==":
      return value !== undefined && value === values[0];
    case "in":
      return value !== undefined && includes(values, value);
    case "!=":
    case "notin":
      return value === undefined || !includes(values, value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "gt":
      return compareInt64(value ?? "", values[0] ?? "") === 1;
    case "lt":
      return compareInt64(value ?? "", values[0] ?? "") === -1;
  }
}

const fewValues = 16;
const valueSets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Whether a value is one of a requirement's: those may be tens of thousands, and are asked for each object of a list. */
function includes(values: readonly string[], value: string): boolean {
  if (values.length <= fewValues) return values.includes(value);
  let set = valueSets.get(values);
  if (set === undefined) {
    set = new Set(values);
    valueSets.set(values, set);
  }
  return set.has(value);
}

/** Whether labels match a LabelSelector object; one that is not valid matches nothing. */
export function matchesLabelSelector(
  selector: Frozen<LabelSelector> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const converted = toSelector(selector);
  return converted.ok && matchesLabels(converted.value, labels);
}

/** The text of a selector, which parses to the same selector. */
export function formatSelector(selector: Selector): string {
  return selector.requirements.map(formatRequirement).join(",");
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "in":
    case "notin":
      return `${key} ${operator} (${[...values].sort().join(",")})`;
    case "gt":
      return `${key}>${values[0] ?? ""}`;
    case "lt":
      return `${key}<${values[0] ?? ""}`;
    default:
      return `${key}${operator}${values[0] ?? ""}`;
  }
}

/** The text of a LabelSelector object, as the `selector` of a Scale shows it. */
export function formatLabelSelector(selector: Frozen<LabelSelector> | undefined): string {
  const converted = toSelector(selector);
  if (!converted.ok) return "<error>";
  const selected = converted.value;
  const requirements = [...selected.requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return selected.nothing ? "<none>" : formatSelector({ nothing: false, requirements });
}
