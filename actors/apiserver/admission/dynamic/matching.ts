/**
 * Which requests a webhook or a policy is about.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
 */
import type { RuleWithOperations } from "../../../api/defaults/admission.ts";
import type { KindDefinition } from "../../../api/kind.ts";
import { matchesLabels, type Selector, toSelector } from "../../../api/label_selector.ts";
import type { Frozen, KubeObject, LabelSelector } from "../../../api/types.ts";
import type { Admitting } from "../_plugin.ts";

/** Rules, as webhooks and policies have them. */
export interface Rules {
  readonly rules: readonly Frozen<RuleWithOperations & { resourceNames?: string[] }>[];
  /** `Equivalent`: also in another version of the kind. */
  readonly matchPolicy?: string | undefined;
}

/** Of which objects in which namespaces. */
export interface Selectors {
  readonly namespaceSelector?: Frozen<LabelSelector> | undefined;
  readonly objectSelector?: Frozen<LabelSelector> | undefined;
}

type Labels = Readonly<Record<string, string>>;

const group = "admissionregistration.k8s.io";

/** Nobody who is asked about all could undo what is wrong with who is asked. */
export function isExempt({ call: { kind } }: Admitting): boolean {
  return kind.group === group;
}

/** In which version of its kind a request is meant by rules; undefined when it is not. */
export function matchedKind(admitting: Admitting, { rules, matchPolicy }: Rules): KindDefinition | undefined {
  const { kind } = admitting.call;
  if (rules.some((rule) => isMeant(admitting, rule, kind))) return kind;
  if (matchPolicy === "Exact") return undefined;
  const { kinds } = admitting.server.served.stored;
  for (const other of kinds) {
    if (other === kind || other.storagePrefix !== kind.storagePrefix) continue;
    if (rules.some((rule) => isMeant(admitting, rule, other))) return other;
  }
  return undefined;
}

function isMeant(
  { operation, call }: Admitting,
  {
    operations = [],
    apiGroups = [],
    apiVersions = [],
    resources = [],
    scope,
    resourceNames = [],
  }: Rules["rules"][number],
  kind: KindDefinition,
): boolean {
  const has = (list: readonly string[], one: string) => list.includes("*") || list.includes(one);
  if (!has(operations, operation) || !has(apiGroups, kind.group) || !has(apiVersions, kind.version)) return false;
  if (resourceNames.length > 0 && !resourceNames.includes(call.name)) return false;
  const isInNamespace = call.namespace !== "" && !isNamespace(kind);
  if (scope === "Namespaced" && !isInNamespace) return false;
  if (scope === "Cluster" && isInNamespace) return false;
  const part = call.request.subresource ?? "";
  return resources.some((each) => {
    const [resource = "", sub = ""] = each.split("/", 2);
    return (resource === "*" || resource === kind.plural) && (sub === "*" || sub === part);
  });
}

function isNamespace({ group: own, plural }: KindDefinition): boolean {
  return own === "" && plural === "namespaces";
}

/** Whether selectors mean an object; `namespaceLabels` is undefined for what is in no namespace. */
export function isSelected(
  admitting: Admitting,
  { namespaceSelector = {}, objectSelector = {} }: Selectors,
  namespaceLabels: Labels | undefined,
): boolean {
  const { draft, old, call } = admitting;
  const labels = isNamespace(call.kind) ? (draft ?? old)?.metadata.labels : namespaceLabels;
  const byNamespace = selectorOf(namespaceSelector);
  const isFree = !isNamespace(call.kind) && namespaceLabels === undefined;
  if (byNamespace !== undefined && !isFree && !matchesLabels(byNamespace, labels ?? {})) return false;
  const byObject = selectorOf(objectSelector);
  return byObject === undefined || hasLabels(byObject, draft) || hasLabels(byObject, old);
}

function hasLabels(selector: Selector, object: Frozen<KubeObject> | KubeObject | undefined): boolean {
  return object !== undefined && matchesLabels(selector, object.metadata.labels ?? {});
}

/** Undefined for one that means everything; what cannot be read means nothing. */
function selectorOf(selector: Frozen<LabelSelector>): Selector | undefined {
  const read = toSelector(selector);
  if (!read.ok) return { nothing: true, requirements: [] };
  return read.value.requirements.length === 0 ? undefined : read.value;
}

/** An object of one version of a kind as another version of it shows it. */
export function convert(object: Frozen<KubeObject>, from: KindDefinition, to: KindDefinition): Frozen<KubeObject> {
  return from === to ? object : to.fromStorage(from.toStorage(object));
}
