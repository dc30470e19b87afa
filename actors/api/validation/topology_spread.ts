/**
 * The rules for how pods are spread over nodes.
 */
import { addErrors, duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen, LabelSelector, TopologySpreadConstraint } from "../types.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { labelKeyErrors } from "./names.ts";

const inclusionPolicies = ["Honor", "Ignore"];
const unsatisfiableActions = ["DoNotSchedule", "ScheduleAnyway"];
const notPositive = "must be greater than zero";

/** What is wrong with how a pod is to be spread; into a pod's selectors the values of its labels were put already. */
export function validateTopologySpread(
  constraints: readonly Frozen<TopologySpreadConstraint>[],
  at: string,
  isPod: boolean,
): FieldError[] {
  // One kind of a constraint may be there once: the earlier of two is the one that is told of.
  const kindOf = ({ topologyKey, whenUnsatisfiable }: Frozen<TopologySpreadConstraint>) =>
    `{${topologyKey}, ${whenUnsatisfiable}}`;
  const last = new Map(constraints.map((each, index) => [kindOf(each), index]));
  const errors: FieldError[] = [];
  for (const [index, constraint] of constraints.entries()) {
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint;
    const here = `${at}[${index}]`;
    if (maxSkew <= 0) errors.push(invalid(`${here}.maxSkew`, maxSkew, notPositive));
    if (!topologyKey) errors.push(required(`${here}.topologyKey`, "can not be empty"));
    if (!unsatisfiableActions.includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${here}.whenUnsatisfiable`, whenUnsatisfiable, unsatisfiableActions));
    }
    const kind = kindOf(constraint);
    if (last.get(kind) !== index) errors.push(duplicate(`${here}.{topologyKey, whenUnsatisfiable}`, kind));
    addErrors(errors, optionErrors(constraint, here, isPod));
    if (labelSelector !== undefined) addErrors(errors, validateLabelSelector(labelSelector, `${here}.labelSelector`));
  }
  return errors;
}

/** Fields that are newer than the package that gives the others. */
interface SpreadOptions {
  readonly minDomains?: number;
  readonly whenUnsatisfiable?: string;
  readonly nodeAffinityPolicy?: string;
  readonly nodeTaintsPolicy?: string;
  readonly matchLabelKeys?: readonly string[];
  readonly labelSelector?: Frozen<LabelSelector>;
}

function optionErrors(options: SpreadOptions, at: string, isPod: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const { minDomains, whenUnsatisfiable } = options;
  if (minDomains !== undefined && minDomains <= 0) errors.push(invalid(`${at}.minDomains`, minDomains, notPositive));
  if (minDomains !== undefined && whenUnsatisfiable !== "DoNotSchedule") {
    const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
    errors.push(invalid(`${at}.minDomains`, minDomains, text));
  }
  for (const name of ["nodeAffinityPolicy", "nodeTaintsPolicy"] as const) {
    const policy = options[name];
    if (policy === undefined || inclusionPolicies.includes(policy)) continue;
    errors.push(notSupported(`${at}.${name}`, policy, inclusionPolicies));
  }
  return [...errors, ...labelKeysErrors(options, `${at}.matchLabelKeys`, isPod)];
}

function labelKeysErrors({ matchLabelKeys: keys = [], labelSelector }: SpreadOptions, at: string, isPod: boolean) {
  const errors: FieldError[] = [];
  if (keys.length === 0) return errors;
  if (labelSelector === undefined) {
    errors.push(forbidden(at, "must not be specified when labelSelector is not set"));
  }
  const { matchLabels = {}, matchExpressions = [] } = labelSelector ?? {};
  const times = new Map<string, number>();
  for (const key of [...Object.keys(matchLabels), ...matchExpressions.map((each) => each.key)]) {
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  for (const [index, key] of keys.entries()) {
    for (const text of labelKeyErrors(key)) errors.push(invalid(`${at}[${index}]`, key, text));
    if ((times.get(key) ?? 0) <= (isPod ? 1 : 0)) continue;
    errors.push(invalid(`${at}[${index}]`, key, "exists in both matchLabelKeys and labelSelector"));
  }
  return errors;
}
