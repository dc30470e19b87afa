/**
 * The rules for webhooks of admission.
 */
import type {
  MutatingWebhook,
  ValidatingWebhook,
  WebhookClientConfig,
} from "kubernetes-types/admissionregistration/v1.js";
import { type MatchCondition, webhookNames } from "../cel/admission.ts";
import type { RuleWithOperations } from "../defaults/admission.ts";
import { addErrors, duplicate, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { conditionErrors } from "./admission_expressions.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { dns1035LabelErrors, dnsSubdomainErrors } from "./names.ts";

const operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const scopes = ["*", "Cluster", "Namespaced"];
const sideEffects = ["None", "NoneOnDryRun"];
const timeoutMax = 30;
const readable = new Set(["v1", "v1beta1"]);

type Webhook = Frozen<ValidatingWebhook> | Frozen<MutatingWebhook>;

/** What is wrong with the webhooks of a configuration. */
export function validateWebhooks(webhooks: readonly Webhook[] | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  webhooks?.forEach((webhook, index) => {
    const at = `webhooks[${index}]`;
    addErrors(errors, validateWebhook(webhook, at));
    if (names.has(webhook.name)) errors.push(duplicate(`${at}.name`, webhook.name));
    names.add(webhook.name);
  });
  return errors;
}

function validateWebhook(webhook: Webhook, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { name = "", matchPolicy, timeoutSeconds } = webhook;
  addErrors(errors, qualifiedNameErrors(name, `${at}.name`));
  for (const [index, rule] of (webhook.rules ?? []).entries())
    addErrors(errors, validateRule(rule, `${at}.rules[${index}]`));
  if (webhook.failurePolicy !== undefined) {
    addErrors(errors, failurePolicyErrors(webhook.failurePolicy, `${at}.failurePolicy`));
  }
  if (matchPolicy !== undefined && matchPolicy !== "Equivalent" && matchPolicy !== "Exact") {
    errors.push(notSupported(`${at}.matchPolicy`, matchPolicy, ["Equivalent", "Exact"]));
  }
  if (!webhook.sideEffects) errors.push(required(`${at}.sideEffects`, `must specify one of ${sideEffects.join(", ")}`));
  else if (!sideEffects.includes(webhook.sideEffects)) {
    errors.push(notSupported(`${at}.sideEffects`, webhook.sideEffects, sideEffects));
  }
  if (timeoutSeconds !== undefined && (timeoutSeconds > timeoutMax || timeoutSeconds < 1)) {
    errors.push(
      invalid(`${at}.timeoutSeconds`, timeoutSeconds, `the timeout value must be between 1 and ${timeoutMax} seconds`),
    );
  }
  for (const selector of ["namespaceSelector", "objectSelector"] as const) {
    const own = webhook[selector];
    if (own !== undefined) addErrors(errors, validateLabelSelector(own, `${at}.${selector}`));
  }
  const { reinvocationPolicy: policy } = webhook as Frozen<MutatingWebhook>;
  if (policy !== undefined && policy !== "Never" && policy !== "IfNeeded") {
    errors.push(notSupported(`${at}.reinvocationPolicy`, policy, ["IfNeeded", "Never"]));
  }
  addErrors(errors, validateClientConfig(webhook.clientConfig, `${at}.clientConfig`));
  const { matchConditions } = webhook as { readonly matchConditions?: readonly MatchCondition[] };
  addErrors(errors, conditionErrors(matchConditions, `${at}.matchConditions`, webhookNames));
  addErrors(errors, reviewVersionErrors(webhook.admissionReviewVersions ?? [], `${at}.admissionReviewVersions`));
  return errors;
}

/** What is wrong with what is done where somebody cannot be asked. */
export function failurePolicyErrors(policy: string, at: string): FieldError[] {
  if (policy === "") return [required(at)];
  return policy === "Fail" || policy === "Ignore" ? [] : [notSupported(at, policy, ["Fail", "Ignore"])];
}

function reviewVersionErrors(versions: readonly string[], at: string): FieldError[] {
  if (versions.length === 0) return [required(at, "must specify one of v1, v1beta1")];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const isTwice = seen.has(version);
    seen.add(version);
    const texts = isTwice ? ["duplicate version"] : dns1035LabelErrors(version);
    for (const text of texts) errors.push(invalid(`${at}[${index}]`, version, text));
  }
  if (!versions.some((each) => readable.has(each))) {
    errors.push(invalid(at, versions, "must include at least one of v1, v1beta1"));
  }
  return errors;
}

/** What is wrong with a name that must have a domain of at least three parts. */
export function qualifiedNameErrors(name: string, field: string): FieldError[] {
  if (name === "") return [required(field)];
  const texts = dnsSubdomainErrors(name);
  if (texts.length > 0) return [invalid(field, name, texts.join(","))];
  if (name.split(".").length >= 3) return [];
  return [invalid(field, name, "should be a domain with at least three segments separated by dots")];
}

/** What is wrong with what a webhook or a policy is asked about. */
export function validateRule(rule: Frozen<RuleWithOperations>, at: string): FieldError[] {
  const errors = operationErrors(rule.operations ?? [], `${at}.operations`);
  const lists = { apiGroups: rule.apiGroups, apiVersions: rule.apiVersions } as const;
  for (const [field, values = []] of Object.entries(lists)) {
    if (values.length === 0) errors.push(required(`${at}.${field}`));
    else if (values.length > 1 && values.includes("*")) {
      errors.push(invalid(`${at}.${field}`, values, `if '*' is present, must not specify other ${words[field]}`));
    }
    if (field === "apiVersions") {
      values.forEach((each, index) => {
        if (each === "") errors.push(required(`${at}.${field}[${index}]`));
      });
    }
  }
  addErrors(errors, resourceErrors(rule.resources ?? [], `${at}.resources`));
  if (rule.scope !== undefined && !scopes.includes(rule.scope)) {
    errors.push(notSupported(`${at}.scope`, rule.scope, scopes));
  }
  return errors;
}

function operationErrors(verbs: readonly string[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (verbs.length === 0) errors.push(required(at));
  if (verbs.length > 1 && verbs.includes("*")) {
    errors.push(invalid(at, verbs, "if '*' is present, must not specify other operations"));
  }
  verbs.forEach((each, index) => {
    if (!operations.includes(each)) errors.push(notSupported(`${at}[${index}]`, each, operations));
  });
  return errors;
}

/** What is wrong with the resources of a rule: `*` means all but their parts, and a part may be named of one or of all. */
function resourceErrors(resources: readonly string[], at: string): FieldError[] {
  if (resources.length === 0) return [required(at)];
  const errors: FieldError[] = [];
  const partsOf = new Set<string>();
  const partOfAll = new Set<string>();
  let hasWhole = false;
  for (const [index, each] of resources.entries()) {
    const slash = each.indexOf("/");
    if (each === "") {
      errors.push(required(`${at}[${index}]`));
      continue;
    }
    if (slash < 0) {
      // Of those without a part the last one decides, as in Kubernetes.
      hasWhole = each !== "*";
      continue;
    }
    const [resource, part] = [each.slice(0, slash), each.slice(slash + 1)];
    const refuse = (other: string) =>
      errors.push(invalid(`${at}[${index}]`, each, `if '${other}' is present, must not specify ${each}`));
    if (partsOf.has(resource)) refuse(`${resource}/*`);
    if (partOfAll.has(part)) refuse(`*/${part}`);
    if (part === "*") partsOf.add(resource);
    if (resource === "*") partOfAll.add(part);
  }
  if (resources.length > 1 && resources.includes("*/*"))
    errors.push(invalid(at, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes("*") && hasWhole)
    errors.push(invalid(at, resources, "if '*' is present, must not specify other resources without subresources"));
  return errors;
}

const words: Readonly<Record<string, string>> = {
  apiGroups: "API groups",
  apiVersions: "API versions",
};

/** What is wrong with where a webhook is. */
export function validateClientConfig(config: Frozen<WebhookClientConfig> | undefined, at: string): FieldError[] {
  const { url, service } = config ?? {};
  if ((url === undefined) === (service === undefined)) {
    return [required(at, "exactly one of url or service is required")];
  }
  if (url !== undefined) return urlErrors(url, `${at}.url`);
  const errors: FieldError[] = [];
  if (!service?.name) errors.push(required(`${at}.service.name`, "service name is required"));
  if (!service?.namespace) errors.push(required(`${at}.service.namespace`, "service namespace is required"));
  const { port = 443, path } = service ?? {};
  if (port < 1 || port > 65_535)
    errors.push(invalid(`${at}.service.port`, port, "port is not valid: must be between 1 and 65535, inclusive"));
  if (path) errors.push(...servicePathErrors(path, `${at}.service.path`));
  return errors;
}

/** Each step of a path is like a name of a domain. */
function servicePathErrors(path: string, at: string): FieldError[] {
  if (path === "/") return [];
  if (path === "//") return [invalid(at, path, "segment[0] may not be empty")];
  const errors = path.startsWith("/") ? [] : [invalid(at, path, "must start with a '/'")];
  const steps = path.slice(1).replace(/\/$/, "").split("/");
  for (const [index, step] of steps.entries()) {
    if (step === "") errors.push(invalid(at, path, `segment[${index}] may not be empty`));
    else for (const text of dnsSubdomainErrors(step)) errors.push(invalid(at, path, `segment[${index}]: ${text}`));
  }
  return errors;
}

function urlErrors(url: string, field: string): FieldError[] {
  const form = "; desired format: https://host[/path]";
  const [, scheme = "", rest = ""] = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/(.*)$/.exec(url) ?? [];
  const errors: FieldError[] = [];
  if (scheme !== "https") errors.push(invalid(field, scheme, `'https' is the only allowed URL scheme${form}`));
  const host = rest.split("/", 1)[0] ?? "";
  if (host === "") errors.push(invalid(field, host, `host must be specified${form}`));
  if (host.includes("@"))
    errors.push(invalid(field, host.split("@", 1)[0], "user information is not permitted in the URL"));
  if (url.includes("#"))
    errors.push(invalid(field, url.slice(url.indexOf("#") + 1), "fragments are not permitted in the URL"));
  if (url.includes("?"))
    errors.push(invalid(field, url.slice(url.indexOf("?") + 1), "query parameters are not permitted in the URL"));
  return errors;
}
