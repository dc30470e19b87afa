/**
 * The rules for which requests a FlowSchema means, and for how a level shares a server.
 */
import type {
  FlowSchemaSpec,
  PolicyRulesWithSubjects,
  PriorityLevelConfigurationSpec,
  Subject,
} from "kubernetes-types/flowcontrol/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { dnsSubdomainErrors } from "./names.ts";

const methods = ["ByNamespace", "ByUser"];
const subjectKinds = ["Group", "ServiceAccount", "User"];
const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];
const queuesMax = 10_000_000;

/** What is wrong with how a FlowSchema tells requests apart. */
export function validateFlowRules({ distinguisherMethod, rules = [] }: Frozen<FlowSchemaSpec>): FieldError[] {
  const errors: FieldError[] = [];
  if (distinguisherMethod !== undefined && !methods.includes(distinguisherMethod.type)) {
    errors.push(notSupported("spec.distinguisherMethod", distinguisherMethod, methods));
  }
  for (const [index, rule] of rules.entries()) addErrors(errors, ruleErrors(rule, `spec.rules[${index}]`));
  return errors;
}

function ruleErrors(rule: Frozen<PolicyRulesWithSubjects>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  if (subjects.length === 0) errors.push(required(`${at}.subjects`, "subjects must contain at least one value"));
  for (const [index, subject] of subjects.entries()) {
    addErrors(errors, subjectErrors(subject, `${at}.subjects[${index}]`));
  }
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    errors.push(required(at, "at least one of resourceRules and nonResourceRules has to be non-empty"));
  }
  for (const [
    index,
    { apiGroups = [], resources = [], verbs: own = [], namespaces, clusterScope },
  ] of resourceRules.entries()) {
    const here = `${at}.resourceRules[${index}]`;
    addErrors(errors, verbErrors(own, `${here}.verbs`));
    addErrors(errors, listErrors(apiGroups, `${here}.apiGroups`, "resource rules must supply at least one api group"));
    addErrors(errors, listErrors(resources, `${here}.resources`, "resource rules must supply at least one resource"));
    if ((namespaces ?? []).length === 0 && clusterScope !== true) {
      const text = "resource rules that are not cluster scoped must supply at least one namespace";
      errors.push(required(`${here}.namespaces`, text));
    }
  }
  for (const [index, { verbs: own = [], nonResourceURLs = [] }] of nonResourceRules.entries()) {
    const here = `${at}.nonResourceRules[${index}]`;
    addErrors(errors, verbErrors(own, `${here}.verbs`));
    const text = "nonResourceURLs must contain at least one value";
    addErrors(errors, listErrors(nonResourceURLs, `${here}.nonResourceURLs`, text));
  }
  return errors;
}

function listErrors(values: readonly string[], at: string, missing: string): FieldError[] {
  if (values.length === 0) return [required(at, missing)];
  if (values.length === 1 || !values.includes("*")) return [];
  return [invalid(at, values, "if '*' is present, must not specify other values")];
}

function verbErrors(own: readonly string[], at: string): FieldError[] {
  const errors = listErrors(own, at, "verbs must contain at least one value");
  const unknown = own.filter((each) => each !== "*" && !verbs.includes(each));
  return unknown.length === 0 ? errors : [...errors, notSupported(at, own, [...verbs, "*"])];
}

function subjectErrors({ kind, user, group, serviceAccount }: Frozen<Subject>, at: string): FieldError[] {
  if (!subjectKinds.includes(kind)) return [notSupported(`${at}.kind`, kind, subjectKinds)];
  const errors: FieldError[] = [];
  const parts = { ServiceAccount: serviceAccount, User: user, Group: group };
  for (const [own, part] of Object.entries(parts)) {
    const field = `${at}.${own[0]?.toLowerCase()}${own.slice(1)}`;
    const what = own === "ServiceAccount" ? "service account" : own.toLowerCase();
    if (own !== kind && part !== undefined) {
      errors.push(
        forbidden(field, `${field.slice(field.lastIndexOf(".") + 1)} is forbidden when subject kind is not '${own}'`),
      );
    }
    if (own !== kind) continue;
    if (part === undefined) errors.push(required(field, `${what} is required when subject kind is '${own}'`));
    else if (!part.name) errors.push(required(`${field}.name`));
    else if (own === "ServiceAccount" && part.name !== "*") {
      for (const text of dnsSubdomainErrors(part.name)) errors.push(invalid(`${field}.name`, part.name, text));
    }
  }
  if (kind === "ServiceAccount" && serviceAccount && !serviceAccount.namespace) {
    errors.push(required(`${at}.serviceAccount.namespace`, "must specify namespace for service account"));
  }
  return errors;
}

/** What is wrong with what a level does with requests for which there is no seat. */
export function validateLevel({ limited }: Frozen<PriorityLevelConfigurationSpec>): FieldError[] {
  if (limited === undefined) return [];
  const errors: FieldError[] = [];
  const { nominalConcurrencyShares: shares = 0, lendablePercent: lent = 0, limitResponse } = limited;
  if (shares < 0) {
    errors.push(invalid("spec.limited.nominalConcurrencyShares", shares, "must be a non-negative integer"));
  }
  if (lent < 0 || lent > 100) {
    errors.push(invalid("spec.limited.lendablePercent", lent, "must be between 0 and 100, inclusive"));
  }
  const at = "spec.limited.limitResponse";
  const { type = "", queuing } = limitResponse ?? { type: "" };
  if (type === "Reject") {
    if (queuing !== undefined)
      errors.push(forbidden(`${at}.queuing`, "must be nil if limited.limitResponse.type is not Limited"));
  } else if (type === "Queue") {
    if (queuing === undefined) {
      return [...errors, required(`${at}.queuing`, "must not be empty if limited.limitResponse.type is Limited")];
    }
    const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
    if (queueLengthLimit <= 0)
      errors.push(invalid(`${at}.queuing.queueLengthLimit`, queueLengthLimit, "must be positive"));
    if (queues <= 0) errors.push(invalid(`${at}.queuing.queues`, queues, "must be positive"));
    else if (queues > queuesMax)
      errors.push(invalid(`${at}.queuing.queues`, queues, `must not be greater than ${queuesMax}`));
    if (handSize <= 0) errors.push(invalid(`${at}.queuing.handSize`, handSize, "must be positive"));
    else if (handSize > queues) {
      errors.push(invalid(`${at}.queuing.handSize`, handSize, `should not be greater than queues (${queues})`));
    }
  } else errors.push(notSupported(`${at}.type`, type, ["Queue", "Reject"]));
  return errors;
}
