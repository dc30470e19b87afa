import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import type { Frozen } from "../../../api/types.ts";

/** A rule as it is read: of resources, or of paths. */
export type Rule = Frozen<PolicyRule>;

/** What somebody wants to do to a resource, as rules see it. */
export interface Wish {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/status`. */
  readonly resource: string;
}

const none: readonly string[] = [];

function means(list: readonly string[] | undefined, value: string): boolean {
  return list?.includes("*") || list?.includes(value) || false;
}

/** Whether a rule is about a wish; which objects it names is another matter. */
export function isAbout(rule: Rule, { verb, group, resource }: Wish): boolean {
  return means(rule.verbs, verb) && means(rule.apiGroups, group) && meansResource(rule.resources, resource);
}

function meansResource(resources: readonly string[] | undefined, resource: string): boolean {
  if (means(resources, resource)) return true;
  const slash = resource.indexOf("/");
  return slash >= 0 && resources?.includes(`*${resource.slice(slash)}`) === true;
}

/** Whether a rule allows what it is about for an object; no names are all names. */
export function isForName({ resourceNames = none }: Rule, name: string): boolean {
  return resourceNames.length === 0 || resourceNames.includes(name);
}

/** Whether a rule lets a path be asked for; a `*` at the end of one stands for the rest. */
export function allowsPath(rule: Rule, { verb, path }: { readonly verb: string; readonly path: string }): boolean {
  return means(rule.verbs, verb) && (rule.nonResourceURLs ?? none).some((each) => coversPath(each, path));
}

function coversPath(covering: string, path: string): boolean {
  if (covering === "*" || covering === path) return true;
  return covering.endsWith("*") && path.startsWith(covering.replace(/\*+$/, ""));
}

/** The smallest rules that a rule is made of: one verb of one resource (and name), or of one path. */
export function* partsOf(rule: Rule): Generator<Rule> {
  const { verbs, apiGroups = none, resources = none, resourceNames = none, nonResourceURLs = none } = rule;
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames.length === 0) yield part;
        for (const name of resourceNames) yield { ...part, resourceNames: [name] };
      }
    }
  }
  for (const path of nonResourceURLs) for (const verb of verbs) yield { nonResourceURLs: [path], verbs: [verb] };
}

/** What of `wanted` none of the rules that are held covers, in smallest rules. */
export function missingRules(held: readonly Rule[], wanted: readonly Rule[]): Rule[] {
  const missing: Rule[] = [];
  for (const rule of wanted) {
    for (const part of partsOf(rule)) if (!held.some((each) => covers(each, part))) missing.push(part);
  }
  return missing;
}

/** Whether one rule holds all of a smallest one. */
function covers(held: Rule, part: Rule): boolean {
  const [verb = ""] = part.verbs;
  if (!means(held.verbs, verb)) return false;
  const [path] = part.nonResourceURLs ?? none;
  if (path !== undefined) return (held.nonResourceURLs ?? none).some((each) => coversPath(each, path));
  const [group = ""] = part.apiGroups ?? none;
  const [resource = ""] = part.resources ?? none;
  if (!means(held.apiGroups, group) || !meansResource(held.resources, resource)) return false;
  const names = held.resourceNames ?? none;
  const [name] = part.resourceNames ?? none;
  return names.length === 0 || (name !== undefined && names.includes(name));
}

/** Rules of one resource each are put together again by their verbs, as people would write them. */
export function compacted(rules: readonly Rule[]): Rule[] {
  const others: Rule[] = [];
  const simple = new Map<string, Rule>();
  for (const rule of rules) {
    const { apiGroups = none, resources = none, resourceNames = none, nonResourceURLs = none } = rule;
    const isSimple = apiGroups.length === 1 && resources.length === 1 && nonResourceURLs.length === 0;
    if (!isSimple || resourceNames.length > 1) {
      others.push(rule);
      continue;
    }
    const key = JSON.stringify([apiGroups, resources, resourceNames]);
    const before = simple.get(key);
    const verbs = [...(before?.verbs ?? none), ...rule.verbs];
    simple.set(key, { ...rule, verbs: [...new Set(verbs)] });
  }
  return [...others, ...simple.values()];
}

/** A rule in Kubernetes' words: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: Rule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ["APIGroups", apiGroups],
    ["Resources", resources],
    ["NonResourceURLs", nonResourceURLs],
    ["ResourceNames", resourceNames],
    ["Verbs", verbs],
  ];
  const shown = parts.flatMap(([name, list]) => (list && list.length > 0 ? [`${name}:${listText(list)}`] : []));
  return `{${shown.join(", ")}}`;
}

/** A list as Go's `%q` writes it. */
export function listText(list: readonly string[]): string {
  return `[${list.map((each) => JSON.stringify(each)).join(" ")}]`;
}
