/**
 * The rules for which nodes and which other pods a pod wants to be near.
 */
import { addErrors, type FieldError, forbidden, invalid, required } from "../field_error.ts";
import type { Affinity, Frozen, LabelSelector, PodAffinityTerm } from "../types.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { dnsLabelErrors, labelKeyErrors } from "./names.ts";
import { validateNodeSelector, validateNodeTerm } from "./node_selector.ts";

/** What is wrong with where a pod wants to be. */
export function validateAffinity(affinity: Frozen<Affinity> | undefined, at: string): FieldError[] {
  if (affinity === undefined) return [];
  const errors: FieldError[] = [];
  const { nodeAffinity } = affinity;
  const hard = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (hard !== undefined) {
    const here = `${at}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`;
    addErrors(errors, validateNodeSelector(hard, here));
  }
  for (const [index, { weight, preference }] of (
    nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  ).entries()) {
    const here = `${at}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    addErrors(errors, weightErrors(weight, `${here}.weight`));
    addErrors(errors, validateNodeTerm(preference, `${here}.preference`, true));
  }
  for (const name of ["podAffinity", "podAntiAffinity"] as const) {
    const pods = affinity[name];
    for (const [index, term] of (pods?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      addErrors(errors, termErrors(term, `${at}.${name}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`));
    }
    const soft = pods?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const [index, { weight, podAffinityTerm }] of soft.entries()) {
      const here = `${at}.${name}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      addErrors(errors, weightErrors(weight, `${here}.weight`));
      addErrors(errors, termErrors(podAffinityTerm, `${here}.podAffinityTerm`));
    }
  }
  return errors;
}

function weightErrors(weight: number, at: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(at, weight, "must be in the range 1-100")];
}

/** Fields that are newer than the package that gives the others. */
interface LabelKeys {
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
  readonly labelSelector?: Frozen<LabelSelector>;
}

function termErrors(term: Frozen<PodAffinityTerm>, at: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey } = term;
  const errors: FieldError[] = [];
  if (labelSelector !== undefined) addErrors(errors, validateLabelSelector(labelSelector, `${at}.labelSelector`));
  if (namespaceSelector !== undefined) {
    addErrors(errors, validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`));
  }
  for (const name of namespaces) {
    for (const text of dnsLabelErrors(name)) errors.push(invalid(`${at}.namespace`, name, text));
  }
  addErrors(errors, labelKeysErrors(term as LabelKeys, at));
  if (!topologyKey) errors.push(required(`${at}.topologyKey`, "can not be empty"));
  for (const text of labelKeyErrors(topologyKey)) errors.push(invalid(`${at}.topologyKey`, topologyKey, text));
  return errors;
}

function labelKeysErrors(keys: LabelKeys, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { labelSelector } = keys;
  for (const field of ["matchLabelKeys", "mismatchLabelKeys"] as const) {
    const list = keys[field] ?? [];
    if (list.length > 0 && labelSelector === undefined) {
      errors.push(forbidden(`${at}.${field}`, "must not be specified when labelSelector is not set"));
      continue;
    }
    for (const [index, key] of list.entries()) {
      for (const text of labelKeyErrors(key)) errors.push(invalid(`${at}.${field}[${index}]`, key, text));
    }
  }
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = keys;
  const places = new Map(matchLabelKeys.map((key, index) => [key, index]));
  // A key of these was put into the selector once already: who selects by it, too, has it there twice.
  const selected = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const place = places.get(key);
    if (place !== undefined && selected.has(key)) {
      errors.push(invalid(`${at}[${place}]`, key, "exists in both matchLabelKeys and labelSelector"));
    }
    selected.add(key);
  }
  const mismatched = new Set(mismatchLabelKeys);
  for (const [index, key] of matchLabelKeys.entries()) {
    if (!mismatched.has(key)) continue;
    const text = "exists in both matchLabelKeys and mismatchLabelKeys";
    errors.push(invalid(`${at}.matchLabelKeys[${index}]`, key, text));
  }
  return errors;
}
