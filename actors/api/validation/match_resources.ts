/**
 * The rules for which requests policies and their bindings speak of, and for the parameters that they take.
 */
import type { MatchResources, ParamKind, ParamRef } from "kubernetes-types/admissionregistration/v1.js";
import type { RuleWithOperations } from "../defaults/admission.ts";
import { addErrors, duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { dns1035LabelErrors, dnsSubdomainErrors, pathSegmentErrors } from "./names.ts";
import { validateRule } from "./webhooks.ts";

/** Ways to match a request in another version than a rule names. */
export const matchPolicies = ["Equivalent", "Exact"];

/** What is wrong with which requests are meant. */
export function validateMatchResources(match: Frozen<MatchResources> | undefined, at: string): FieldError[] {
  if (match === undefined) return [];
  const { matchPolicy = "", namespaceSelector, objectSelector } = match;
  const errors: FieldError[] = [];
  if (matchPolicy === "") errors.push(required(`${at}.matchPolicy`));
  else if (!matchPolicies.includes(matchPolicy)) {
    errors.push(notSupported(`${at}.matchPolicy`, matchPolicy, matchPolicies));
  }
  for (const [name, selector] of Object.entries({ namespaceSelector, objectSelector })) {
    if (selector === undefined) errors.push(required(`${at}.${name}`));
    else addErrors(errors, validateLabelSelector(selector, `${at}.${name}`));
  }
  for (const list of ["resourceRules", "excludeResourceRules"] as const) {
    for (const [index, rule] of ((match[list] ?? []) as readonly Frozen<NamedRule>[]).entries()) {
      const here = `${at}.${list}[${index}]`;
      addErrors(errors, nameErrors(rule.resourceNames ?? [], `${here}.resourceNames`));
      addErrors(errors, validateRule(rule, here));
    }
  }
  return errors;
}

type NamedRule = RuleWithOperations & { resourceNames?: string[] };

function nameErrors(names: readonly string[], at: string): FieldError[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const errors = pathSegmentErrors(name).map((text) => invalid(`${at}[${index}]`, name, text));
    if (seen.has(name)) errors.push(duplicate(`${at}[${index}]`, name));
    seen.add(name);
    return errors;
  });
}

/** What is wrong with which requests a policy is about: it needs a rule. */
export function validateMatchConstraints(match: Frozen<MatchResources> | undefined, at: string): FieldError[] {
  if (match === undefined) return [required(at)];
  const errors = validateMatchResources(match, at);
  return (match.resourceRules ?? []).length > 0 ? errors : [...errors, required(`${at}.resourceRules`)];
}

/** What is wrong with of what kind parameters are. */
export function validateParamKind(kind: Frozen<ParamKind> | undefined, at: string): FieldError[] {
  if (kind === undefined) return [];
  const { apiVersion = "", kind: name = "" } = kind;
  const errors = versionErrors(apiVersion, `${at}.apiVersion`);
  const texts = dns1035LabelErrors(name.toLowerCase());
  if (name === "") errors.push(required(`${at}.kind`));
  else if (texts.length > 0) {
    const text = `may have mixed case, but should otherwise match: ${texts.join(",")}`;
    errors.push(invalid(`${at}.kind`, name, text));
  }
  return errors;
}

function versionErrors(apiVersion: string, at: string): FieldError[] {
  if (apiVersion === "") return [required(at)];
  const parts = apiVersion === "/" ? [""] : apiVersion.split("/");
  if (parts.length > 2) return [invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const [version = "", group = ""] = [...parts].reverse();
  const errors: FieldError[] = [];
  const groupTexts = group === "" ? [] : dnsSubdomainErrors(group);
  if (groupTexts.length > 0) errors.push(invalid(at, group, groupTexts.join(",")));
  const texts = dns1035LabelErrors(version);
  if (version === "") errors.push(invalid(at, apiVersion, "version must be specified"));
  else if (texts.length > 0) errors.push(invalid(at, version, texts.join(",")));
  return errors;
}

const notFoundActions = ["Deny", "Allow"];

/** What is wrong with which parameters a binding takes. */
export function validateParamRef(ref: Frozen<ParamRef> | undefined, at: string): FieldError[] {
  if (ref === undefined) return [];
  const { name = "", selector, parameterNotFoundAction: action = "" } = ref;
  const errors: FieldError[] = [];
  const both = "name and selector are mutually exclusive";
  if (name !== "") {
    for (const text of pathSegmentErrors(name)) errors.push(invalid(`${at}.name`, name, text));
    if (selector !== undefined) errors.push(forbidden(`${at}.name`, both));
  }
  if (selector !== undefined) {
    addErrors(errors, validateLabelSelector(selector, `${at}.selector`));
    if (name !== "") errors.push(forbidden(`${at}.selector`, both));
  }
  if (name === "" && selector === undefined) errors.push(required(at, "one of name or selector must be specified"));
  if (action === "") errors.push(required(`${at}.parameterNotFoundAction`));
  else if (!notFoundActions.includes(action)) {
    errors.push(notSupported(`${at}.parameterNotFoundAction`, action, notFoundActions));
  }
  return errors;
}

/** What is wrong with the name of the policy that a binding binds. */
export function policyNameErrors(name: string | undefined, at: string): FieldError[] {
  return name ? dnsSubdomainErrors(name).map((text) => invalid(at, name, text)) : [required(at)];
}
