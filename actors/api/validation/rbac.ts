/**
 * The rules for roles and for who has them.
 */
import type { PolicyRule, RoleRef, Subject } from "kubernetes-types/rbac/v1.js";
import { addErrors, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { toSelector } from "../label_selector.ts";
import type { Frozen, LabelSelector } from "../types.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { validateImmutable } from "./metadata.ts";
import { dnsSubdomainErrors, pathSegmentErrors } from "./names.ts";

/** The group of roles, and of the users and groups that are given them. */
export const rbacGroup = "rbac.authorization.k8s.io";

/** What is wrong with the rules of a role; those of a namespace say nothing of paths. */
export function validateRules(
  rules: readonly Frozen<PolicyRule>[] | null | undefined,
  { at, namespaced }: { at: string; namespaced: boolean },
): FieldError[] {
  const errors: FieldError[] = [];
  rules?.forEach((rule, index) => {
    const here = `${at}[${index}]`;
    if ((rule.verbs ?? []).length === 0)
      errors.push(required(`${here}.verbs`, "verbs must contain at least one value"));
    if ((rule.nonResourceURLs ?? []).length > 0) {
      if (namespaced) {
        const text = "namespaced rules cannot apply to non-resource URLs";
        errors.push(invalid(`${here}.nonResourceURLs`, rule.nonResourceURLs, text));
      }
      const hasMore = [rule.apiGroups, rule.resources, rule.resourceNames].some((each) => (each ?? []).length > 0);
      if (hasMore) {
        const text = "rules cannot apply to both regular resources and non-resource URLs";
        errors.push(invalid(`${here}.nonResourceURLs`, rule.nonResourceURLs, text));
      }
      return;
    }
    if ((rule.apiGroups ?? []).length === 0) {
      errors.push(required(`${here}.apiGroups`, "resource rules must supply at least one api group"));
    }
    if ((rule.resources ?? []).length === 0) {
      errors.push(required(`${here}.resources`, "resource rules must supply at least one resource"));
    }
  });
  return errors;
}

/** Fills in what a binding leaves out. */
export function defaultBinding(draft: { roleRef: RoleRef; subjects?: Subject[] | null }): void {
  if (draft.roleRef !== undefined) draft.roleRef.apiGroup ||= rbacGroup;
  for (const subject of draft.subjects ?? []) {
    subject.apiGroup ??= subject.kind === "User" || subject.kind === "Group" ? rbacGroup : "";
    if (subject.apiGroup === "") delete subject.apiGroup;
  }
}

interface Binding {
  readonly roleRef: Frozen<RoleRef>;
  readonly subjects?: readonly Frozen<Subject>[] | null;
}

/** What is wrong with a binding; those of a cluster bind cluster roles alone, and name accounts with a namespace. */
export function validateBinding({ roleRef, subjects }: Binding, { namespaced }: { namespaced: boolean }): FieldError[] {
  const errors: FieldError[] = [];
  const { apiGroup = "", kind = "", name = "" } = roleRef ?? {};
  if (apiGroup !== rbacGroup) errors.push(notSupported("roleRef.apiGroup", apiGroup, [rbacGroup]));
  const kinds = namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
  if (!kinds.includes(kind)) errors.push(notSupported("roleRef.kind", kind, kinds));
  if (name === "") errors.push(required("roleRef.name"));
  else for (const text of pathSegmentErrors(name)) errors.push(invalid("roleRef.name", name, text));
  subjects?.forEach((subject, index) => {
    addErrors(errors, validateSubject(subject, { at: `subjects[${index}]`, namespaced }));
  });
  return errors;
}

interface SubjectPlace {
  readonly at: string;
  /** The binding's namespace is that of accounts that name none. */
  readonly namespaced: boolean;
}

function validateSubject(subject: Frozen<Subject>, { at, namespaced }: SubjectPlace): FieldError[] {
  const { apiGroup = "", kind, name = "", namespace = "" } = subject;
  const errors: FieldError[] = [];
  if (name === "") errors.push(required(`${at}.name`));
  if (kind === "ServiceAccount") {
    if (name !== "") for (const text of dnsSubdomainErrors(name)) errors.push(invalid(`${at}.name`, name, text));
    if (apiGroup !== "") errors.push(notSupported(`${at}.apiGroup`, apiGroup, [""]));
    if (namespace === "" && !namespaced) errors.push(required(`${at}.namespace`));
  } else if (kind === "User" || kind === "Group") {
    if (apiGroup !== rbacGroup) errors.push(notSupported(`${at}.apiGroup`, apiGroup, [rbacGroup]));
  } else errors.push(notSupported(`${at}.kind`, kind, ["ServiceAccount", "User", "Group"]));
  return errors;
}

/** What is wrong with a changed binding: it may be given to others, but to be another role it must be made anew. */
export function validateBindingUpdate(binding: Binding, old: Binding): FieldError[] {
  const isSame = validateImmutable("roleRef", { value: binding.roleRef, old: old.roleRef }).length === 0;
  return isSame ? [] : [invalid("roleRef", binding.roleRef, "cannot change roleRef")];
}

/** What is wrong with how a role is put together from others. */
export function validateAggregation(selectors: readonly Frozen<LabelSelector>[] = [], at: string): FieldError[] {
  const here = `${at}.clusterRoleSelectors`;
  if (selectors.length === 0) {
    return [required(here, "at least one clusterRoleSelector required if aggregationRule is non-nil")];
  }
  const errors: FieldError[] = [];
  for (const [index, selector] of selectors.entries()) {
    addErrors(errors, validateLabelSelector(selector, `${here}[${index}]`));
    if (!toSelector(selector).ok) errors.push(invalid(`${here}[${index}]`, selector, "invalid label selector."));
  }
  return errors;
}

/** Names of roles are parts of paths. */
export const roleNameErrors = pathSegmentErrors;
