import { isFields } from "../../api/custom/json_schema.ts";
import type { Fields } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { AuditPolicy, AuditRule } from "./policy.ts";

const levels = ["None", "Metadata", "Request", "RequestResponse"];
const stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];
const lists = ["users", "userGroups", "verbs", "namespaces", "nonResourceURLs", "omitStages"];
const ruleFields = new Set(["level", "resources", "omitManagedFields", ...lists]);

/** A policy of audit, as `audit.k8s.io/v1` has it; a failure is all that is wrong with it. */
export function readPolicy(parsed: unknown): Result<AuditPolicy, readonly string[]> {
  if (!isFields(parsed)) return failed(["it is no object"]);
  const { apiVersion, kind, rules, omitStages } = parsed;
  if (apiVersion !== "audit.k8s.io/v1" || kind !== "Policy") {
    return failed([`it is a ${String(apiVersion)} ${String(kind)}, give an audit.k8s.io/v1 Policy`]);
  }
  if (!Array.isArray(rules) || rules.length === 0) return failed(["rules: it has none, give one at least"]);
  const wrongs = [
    ...stageErrors(omitStages, "omitStages"),
    ...rules.flatMap((rule: unknown, index) => ruleErrors(rule, `rules[${index}]`)),
  ];
  return wrongs.length > 0 ? failed(wrongs) : ok(parsed as unknown as AuditPolicy);
}

function ruleErrors(rule: unknown, at: string): string[] {
  if (!isFields(rule)) return [`${at}: it is no object`];
  const { level, resources, nonResourceURLs, namespaces, omitStages } = rule as Fields & Partial<AuditRule>;
  const wrongs = Object.keys(rule).flatMap((name) => (ruleFields.has(name) ? [] : [`${at}.${name}: no such field`]));
  if (!levels.includes(String(level)))
    wrongs.push(`${at}.level: ${String(level)} is none, give one of ${levels.join(", ")}`);
  for (const name of lists) {
    const value = rule[name];
    if (value !== undefined && !(Array.isArray(value) && value.every((each) => typeof each === "string"))) {
      wrongs.push(`${at}.${name}: it is no list of texts`);
    }
  }
  if (resources !== undefined && !(Array.isArray(resources) && resources.every(isFields))) {
    wrongs.push(`${at}.resources: it is no list of objects`);
  }
  const isAboutBoth = (resources?.length ?? 0) + (namespaces?.length ?? 0) > 0 && (nonResourceURLs?.length ?? 0) > 0;
  if (isAboutBoth)
    wrongs.push(`${at}.nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs`);
  return [...wrongs, ...stageErrors(omitStages, `${at}.omitStages`)];
}

function stageErrors(given: unknown, at: string): string[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((each) =>
    stages.includes(each) ? [] : [`${at}: ${String(each)} is none, give one of ${stages.join(", ")}`],
  );
}
