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
import { dnsSubdomainErrors } from "./names.ts";

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
  const { name = "", admissionReviewVersions: versions = [], failurePolicy, timeoutSeconds } = webhook;
  addErrors(errors, qualifiedNameErrors(name, `${at}.name`));
  for (const [index, rule] of (webhook.rules ?? []).entries())
    addErrors(errors, validateRule(rule, `${at}.rules[${index}]`));
  if (failurePolicy !== undefined && failurePolicy !== "Fail" && failurePolicy !== "Ignore") {
    errors.push(notSupported(`${at}.failurePolicy`, failurePolicy, ["Fail", "Ignore"]));
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
  if (versions.length === 0) {
    errors.push(required(`${at}.admissionReviewVersions`, "must specify one of v1, v1beta1"));
  } else if (!versions.some((each) => readable.has(each))) {
    errors.push(invalid(`${at}.admissionReviewVersions`, versions, "must include at least one of v1, v1beta1"));
  }
  if (webhook.namespaceSelector !== undefined) {
    addErrors(errors, validateLabelSelector(webhook.namespaceSelector, `${at}.namespaceSelector`));
  }
  if (webhook.objectSelector !== undefined) {
    addErrors(errors, validateLabelSelector(webhook.objectSelector, `${at}.objectSelector`));
  }
  const { matchConditions } = webhook as { readonly matchConditions?: readonly MatchCondition[] };
  addErrors(errors, conditionErrors(matchConditions, `${at}.matchConditions`, webhookNames));
  addErrors(errors, validateClientConfig(webhook.clientConfig, `${at}.clientConfig`));
  return errors;
}

/** What is wrong with a name that must have a domain of at least three parts. */
export function qualifiedNameErrors(name: string, field: string): FieldError[] {
  if (name === "") return [required(field)];
  const errors = dnsSubdomainErrors(name).map((text) => invalid(field, name, text));
  if (name.split(".").length < 3) {
    errors.push(invalid(field, name, "should be a domain with at least three segments separated by dots"));
  }
  return errors;
}

/** What is wrong with what a webhook or a policy is asked about. */
export function validateRule(rule: Frozen<RuleWithOperations>, at: string): FieldError[] {
  const errors: FieldError[] = [];
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
  const verbs = rule.operations ?? [];
  if (verbs.length === 0) errors.push(required(`${at}.operations`));
  verbs.forEach((each, index) => {
    if (!operations.includes(each)) errors.push(notSupported(`${at}.operations[${index}]`, each, operations));
  });
  if (verbs.length > 1 && verbs.includes("*")) {
    errors.push(invalid(`${at}.operations`, verbs, "if '*' is present, must not specify other operations"));
  }
  if (rule.scope !== undefined && !scopes.includes(rule.scope)) {
    errors.push(notSupported(`${at}.scope`, rule.scope, scopes));
  }
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
