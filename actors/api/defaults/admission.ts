/**
 * What admissionregistration v1 fills in for the rules of webhooks and policies.
 */
import type {
  MatchResources,
  MutatingWebhook,
  RuleWithOperations as NamedRule,
  ValidatingWebhook,
} from "kubernetes-types/admissionregistration/v1.js";

/** What a webhook or a policy is asked about; the package that gives the other fields has forgotten these two. */
export interface RuleWithOperations extends NamedRule {
  resources?: string[];
  scope?: string;
}

const httpsPort = 443;
const timeoutSeconds = 10;

/** Fills in what a webhook leaves out. */
export function defaultWebhook(webhook: ValidatingWebhook | MutatingWebhook): void {
  webhook.failurePolicy ??= "Fail";
  webhook.matchPolicy ??= "Equivalent";
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= timeoutSeconds;
  for (const rule of webhook.rules ?? []) defaultRule(rule);
  if (webhook.clientConfig?.service !== undefined) webhook.clientConfig.service.port ??= httpsPort;
}

/** Fills in what the resources that a policy speaks of leave out. */
export function defaultMatchResources(match: MatchResources): void {
  match.matchPolicy ??= "Equivalent";
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) defaultRule(rule);
}

function defaultRule(rule: RuleWithOperations): void {
  rule.scope ??= "*";
}
