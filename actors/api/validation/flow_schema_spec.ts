/**
 * The rules for which requests a FlowSchema means, and for how a level shares a server.
 */
import type {
  FlowSchemaSpec,
  PolicyRulesWithSubjects,
  PriorityLevelConfigurationSpec,
  Subject,
} from "kubernetes-types/flowcontrol/v1.js";
import { addErrors, duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";

const methods = ["ByNamespace", "ByUser"];
const subjectKinds = ["Group", "ServiceAccount", "User"];
const verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];
const queuesMax = 10_000_000;
/** Of so many bits is the hash by which requests are dealt to queues. */
const hashBitsMax = 60;

/** What is wrong with how a FlowSchema tells requests apart. */
export function validateFlowRules({ distinguisherMethod, rules = [] }: Frozen<FlowSchemaSpec>): FieldError[] {
  const errors: FieldError[] = [];
  if (distinguisherMethod !== undefined && !methods.includes(distinguisherMethod.type)) {
    const shown = { Type: distinguisherMethod.type ?? "" };
    errors.push(notSupported("spec.distinguisherMethod.type", shown, methods));
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
    const groupList = { missing: "resource rules must supply at least one api group", what: "api groups" };
    addErrors(errors, listErrors(apiGroups, `${here}.apiGroups`, groupList));
    const resourceList = { missing: "resource rules must supply at least one resource", what: "resources" };
    addErrors(errors, listErrors(resources, `${here}.resources`, resourceList));
    addErrors(errors, namespaceErrors(namespaces ?? [], `${here}.namespaces`, { needed: clusterScope !== true }));
  }
  for (const [index, { verbs: own = [], nonResourceURLs = [] }] of nonResourceRules.entries()) {
    const here = `${at}.nonResourceRules[${index}]`;
    addErrors(errors, verbErrors(own, `${here}.verbs`));
    const list = { missing: "nonResourceURLs must contain at least one value", what: "non-resource URLs" };
    addErrors(errors, listErrors(nonResourceURLs, `${here}.nonResourceURLs`, list));
    for (const [at, url] of nonResourceURLs.includes("*") ? [] : nonResourceURLs.entries()) {
      const text = pathProblem(url);
      if (text !== undefined) errors.push(invalid(`${here}.nonResourceURLs[${at}]`, url, text));
    }
  }
  return errors;
}

interface List {
  /** What is said of one that is empty. */
  readonly missing: string;
  /** What its items are. */
  readonly what: string;
}

function listErrors(values: readonly string[], at: string, { missing, what }: List): FieldError[] {
  if (values.length === 0) return [required(at, missing)];
  if (values.length === 1 || !values.includes("*")) return [];
  return [invalid(at, values, `if '*' is present, must not specify other ${what}`)];
}

function namespaceErrors(
  namespaces: readonly string[],
  at: string,
  { needed }: { readonly needed: boolean },
): FieldError[] {
  const missing = "resource rules that are not cluster scoped must supply at least one namespace";
  if (namespaces.length === 0) return needed ? [required(at, missing)] : [];
  if (namespaces.includes("*")) return listErrors(namespaces, at, { missing, what: "namespaces" });
  const errors: FieldError[] = [];
  for (const [index, name] of namespaces.entries()) {
    for (const text of dnsLabelErrors(name)) {
      errors.push(
        invalid(`${at}[${index}]`, name, `each member of this list must be '*' or a DNS-1123 label; ${text}`),
      );
    }
  }
  return errors;
}

function pathProblem(path: string): string | undefined {
  if (path === "") return "must not be empty";
  if (path === "/") return undefined;
  if (!path.startsWith("/")) return "must start with slash";
  if (path.includes(" ")) return "must not contain white-space";
  if (path.includes("//")) return "must not contain double slash";
  const stars = path.split("*").length - 1;
  const isSuffix = stars === 0 || (stars === 1 && path.endsWith("/*"));
  return isSuffix ? undefined : "wildcard can only do suffix matching";
}

function verbErrors(own: readonly string[], at: string): FieldError[] {
  const errors = listErrors(own, at, { missing: "verbs must contain at least one value", what: "verbs" });
  if (own.length === 0 || own.includes("*")) return errors;
  return own.every((each) => verbs.includes(each)) ? errors : [notSupported(at, own, verbs)];
}

function subjectErrors({ kind, user, group, serviceAccount }: Frozen<Subject>, at: string): FieldError[] {
  if (!subjectKinds.includes(kind)) return [notSupported(`${at}.kind`, kind, subjectKinds)];
  const errors: FieldError[] = [];
  const parts = { ServiceAccount: serviceAccount, User: user, Group: group };
  for (const [own, part] of Object.entries(parts)) {
    const field = `${at}.${own[0]?.toLowerCase()}${own.slice(1)}`;
    const what = own === "ServiceAccount" ? "serviceAccount" : own.toLowerCase();
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
  if (kind !== "ServiceAccount" || !serviceAccount) return errors;
  const { namespace = "" } = serviceAccount;
  const field = `${at}.serviceAccount.namespace`;
  if (namespace === "") errors.push(required(field, "must specify namespace for service account"));
  else for (const text of dnsLabelErrors(namespace)) errors.push(invalid(field, namespace, text));
  return errors;
}

type Shares = Frozen<{ nominalConcurrencyShares?: number; lendablePercent?: number; borrowingLimitPercent?: number }>;

/** What is wrong with how much of a server a level has. */
export function shareErrors(given: Shares | undefined, at: string): FieldError[] {
  const {
    nominalConcurrencyShares: shares = 0,
    lendablePercent: lent = 0,
    borrowingLimitPercent: most = 0,
  } = given ?? {};
  const errors: FieldError[] = [];
  if (shares < 0) errors.push(invalid(`${at}.nominalConcurrencyShares`, shares, "must be a non-negative integer"));
  if (lent < 0 || lent > 100)
    errors.push(invalid(`${at}.lendablePercent`, lent, "must be between 0 and 100, inclusive"));
  if (most < 0)
    errors.push(invalid(`${at}.borrowingLimitPercent`, most, "if specified, must be a non-negative integer"));
  return errors;
}

/** What is wrong with what a level does with requests for which there is no seat. */
export function validateLevel({ limited }: Frozen<PriorityLevelConfigurationSpec>): FieldError[] {
  if (limited === undefined) return [];
  const errors = shareErrors(limited, "spec.limited");
  const at = "spec.limited.limitResponse";
  const { type = "", queuing } = limited.limitResponse ?? { type: "" };
  if (type === "Reject") {
    if (queuing !== undefined)
      errors.push(forbidden(`${at}.queuing`, "must be nil if limited.limitResponse.type is not Limited"));
  } else if (type !== "Queue") errors.push(notSupported(`${at}.type`, type, ["Queue", "Reject"]));
  else if (queuing === undefined) {
    errors.push(required(`${at}.queuing`, "must not be empty if limited.limitResponse.type is Limited"));
  } else addErrors(errors, queueErrors(queuing, `${at}.queuing`));
  return errors;
}

type Queuing = Frozen<{ queues?: number; handSize?: number; queueLengthLimit?: number }>;

function queueErrors({ queues = 0, handSize = 0, queueLengthLimit = 0 }: Queuing, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (queueLengthLimit <= 0) errors.push(invalid(`${at}.queueLengthLimit`, queueLengthLimit, "must be positive"));
  if (queues <= 0) errors.push(invalid(`${at}.queues`, queues, "must be positive"));
  else if (queues > queuesMax) errors.push(invalid(`${at}.queues`, queues, `must not be greater than ${queuesMax}`));
  const wrongHand = (text: string) => errors.push(invalid(`${at}.handSize`, handSize, text));
  if (handSize <= 0) wrongHand("must be positive");
  else if (handSize > queues) wrongHand(`should not be greater than queues (${queues})`);
  else if (Math.ceil(Math.log2(queues) * handSize) > hashBitsMax) {
    const text = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than`;
    wrongHand(`${text} ${hashBitsMax}`);
  }
  return errors;
}

/** What is wrong with what is said of a level or a schema. */
export function flowConditionErrors(conditions: Frozen<readonly { type?: string }[]> | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { type = "" }] of (conditions ?? []).entries()) {
    const at = `status.conditions[${index}].type`;
    if (seen.has(type)) errors.push(duplicate(at, type));
    seen.add(type);
    if (type === "") errors.push(required(at, "must not be empty"));
  }
  return errors;
}
